#include "component/text/wit_printer.h"

#include <algorithm>
#include <unordered_set>

#include "component/binary/component_decoder.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

// Types are shared, their text is not: a small file can ask for a lot of it.
constexpr size_t kMaxTextBytes = 64u << 20;

constexpr std::string_view kNoInterface = {};

struct Interface {
  std::string_view name;     // "wasi:io/streams@0.2.6"
  std::string_view label;    // "streams"
  std::string_view package;  // "wasi:io"
  std::string_view version;  // may be empty
  const InstanceType* type = nullptr;
};

// Where a type was defined.
struct Origin {
  std::string_view interface;
  std::string_view name;
};

// The annotated functions of one resource, and all others, in their order.
struct Functions {
  std::vector<const ExternItem*> free;
  std::unordered_map<std::string_view, std::vector<const ExternItem*>> of_resources;
};

ExternName parse_name(std::string_view text) {
  Result<ExternName> name = parse_extern_name(text);
  if (!name.has_value()) name = parse_extern_name(text, VersionForm::kCanonical);
  return name.has_value() ? *name : ExternName{NameKind::kDependency, text, {}, {}, {}, {}};
}

ExternName name_of(const ExternItem& item) { return parse_name(item.name); }

// The interface that an instance of the world is one of.
std::string_view interface_of(const ExternItem& item) {
  return item.implements.empty() ? item.name : item.implements;
}

const void* node_of(const TypeDef& type) {
  return type.kind == TypeDefKind::kValue ? static_cast<const void*>(type.value) : type.resource;
}

bool is_type(const ExternItem& item) {
  return item.type.sort == ExternSort::kType && (item.type.type.kind == TypeDefKind::kValue ||
                                                 item.type.type.kind == TypeDefKind::kResource);
}

class WitPrinter {
 public:
  explicit WitPrinter(const ComponentType& world) : world_(world) {}

  Result<std::string> run() {
    for (const ExternItem& item : world_.imports) collect(item);
    for (const ExternItem& item : world_.exports) collect(item);
    print_world();
    print_packages();
    if (out_.size() >= kMaxTextBytes) {
      return Error(ErrorCode::kLimit, "the WIT text would be larger than 64 MiB");
    }
    return std::move(out_);
  }

 private:
  void collect(const ExternItem& item);
  const Origin* origin_of(const TypeDef& type) const;
  // Of a type that another interface defined; null for one's own.
  const Origin* foreign_origin(const ExternItem& item, std::string_view interface) const;

  void print_world();
  void print_packages();
  void print_interface(const Interface& interface, std::string_view indent);
  // The types of an interface or of the world, with the functions of resources.
  void print_types(std::span<const ExternItem> items, const Interface& interface,
                   const Functions& functions, WitTypes& types, std::string_view indent);
  void print_uses(std::span<const ExternItem> items, const Interface& interface,
                  std::string_view indent);
  void print_resource(const ExternItem& item, const Functions& functions, WitTypes& types,
                      std::string_view indent);
  void print_world_item(const ExternItem& item, const char* keyword, WitTypes& types);
  void print_path(std::string_view interface, const Interface& from);
  Functions sort_functions(std::span<const ExternItem> items) const;
  void name_types(std::span<const ExternItem> items, WitTypes& types) const;
  bool is_full() const { return out_.size() >= kMaxTextBytes; }
  // A blank line between items.
  void begin_item() {
    if (has_items_) out_ += '\n';
    has_items_ = true;
  }

  const ComponentType& world_;
  std::string out_;
  bool has_items_ = false;
  std::vector<Interface> interfaces_;  // in the order in which the world names them, once each
  std::unordered_map<const void*, Origin> origins_;  // of nodes; of a resource the first as well
};

// --- Who defines what

void WitPrinter::collect(const ExternItem& item) {
  if (item.type.sort != ExternSort::kInstance) return;
  const ExternName name = parse_name(interface_of(item));
  if (name.kind != NameKind::kInterface) return;
  for (const ExternItem& inner : item.type.instance->exports) {
    if (!is_type(inner)) continue;
    const TypeDef& type = inner.type.type;
    origins_.emplace(node_of(type), Origin{name.text, inner.name});
    if (type.kind == TypeDefKind::kResource) {
      origins_.emplace(type.resource->identity, Origin{name.text, inner.name});
    }
  }
  for (Interface& known : interfaces_) {
    if (known.name != name.text) continue;
    // Tools leave out what an import does not need: the fullest one is shown.
    const InstanceType* type = item.type.instance;
    if (type->exports.size() > known.type->exports.size()) known.type = type;
    return;
  }
  interfaces_.push_back({name.text, name.label, name.package, name.version, item.type.instance});
}

const Origin* WitPrinter::origin_of(const TypeDef& type) const {
  if (type.kind == TypeDefKind::kResource) {
    for (const ResourceType* each = type.resource->named; each != nullptr; each = each->named) {
      if (auto found = origins_.find(each); found != origins_.end()) return &found->second;
    }
    auto found = origins_.find(type.resource->identity);
    return found == origins_.end() ? nullptr : &found->second;
  }
  for (const ValType* each = type.value->named; each != nullptr; each = each->named) {
    if (auto found = origins_.find(each); found != origins_.end()) return &found->second;
  }
  return nullptr;
}

const Origin* WitPrinter::foreign_origin(const ExternItem& item, std::string_view interface) const {
  const Origin* origin = origin_of(item.type.type);
  return origin == nullptr || origin->interface == interface ? nullptr : origin;
}

Functions WitPrinter::sort_functions(std::span<const ExternItem> items) const {
  Functions functions;
  for (const ExternItem& item : items) {
    if (item.type.sort != ExternSort::kFunc) continue;
    const ExternName name = name_of(item);
    if (name.resource.empty()) {
      functions.free.push_back(&item);
    } else {
      functions.of_resources[name.resource].push_back(&item);
    }
  }
  return functions;
}

void WitPrinter::name_types(std::span<const ExternItem> items, WitTypes& types) const {
  for (const ExternItem& item : items) {
    if (!is_type(item)) continue;
    if (item.type.type.kind == TypeDefKind::kValue) {
      types.add_name(item.type.type.value, item.name);
    } else {
      types.add_name(item.type.type.resource, item.name);
    }
  }
}

// --- Interfaces

void WitPrinter::print_path(std::string_view interface, const Interface& from) {
  for (const Interface& each : interfaces_) {
    if (each.name != interface) continue;
    const bool is_near = each.package == from.package && each.version == from.version;
    out_ += is_near ? wit_label(each.label) : std::string(interface);
    return;
  }
}

void WitPrinter::print_uses(std::span<const ExternItem> items, const Interface& interface,
                            std::string_view indent) {
  std::string_view open;
  for (const ExternItem& item : items) {
    const Origin* origin = is_type(item) ? foreign_origin(item, interface.name) : nullptr;
    if (origin == nullptr) continue;
    if (origin->interface == open) {
      out_ += ", ";
    } else {
      if (!open.empty()) out_ += "};\n";
      has_items_ = true;
      out_ += std::string(indent) + "use ";
      print_path(origin->interface, interface);
      out_ += ".{";
      open = origin->interface;
    }
    out_ += wit_label(origin->name);
    if (origin->name != item.name) out_ += " as " + wit_label(item.name);
  }
  if (!open.empty()) out_ += "};\n";
}

void WitPrinter::print_resource(const ExternItem& item, const Functions& functions, WitTypes& types,
                                std::string_view indent) {
  out_ += std::string(indent) + "resource " + wit_label(item.name);
  auto found = functions.of_resources.find(item.name);
  if (found == functions.of_resources.end()) {
    out_ += ";\n";
    return;
  }
  out_ += " {\n";
  for (const ExternItem* function : found->second) {
    const ExternName name = name_of(*function);
    out_ += std::string(indent) + "  ";
    if (name.kind != NameKind::kConstructor) out_ += wit_label(name.label) + ": ";
    if (name.kind == NameKind::kStatic) out_ += "static ";
    types.print(*function->type.func, name.kind);
    out_ += ";\n";
  }
  out_ += std::string(indent) + "}\n";
}

void WitPrinter::print_types(std::span<const ExternItem> items, const Interface& interface,
                             const Functions& functions, WitTypes& types, std::string_view indent) {
  print_uses(items, interface, indent);
  std::unordered_set<const ResourceType*> resources;  // by identity
  for (const ExternItem& item : items) {
    if (!is_type(item) || foreign_origin(item, interface.name) != nullptr || is_full()) continue;
    begin_item();
    if (item.type.type.kind == TypeDefKind::kValue) {
      types.declare(*item.type.type.value, item.name, indent);
      continue;
    }
    if (resources.insert(item.type.type.resource->identity).second) {
      print_resource(item, functions, types, indent);
    } else {
      out_ += std::string(indent) + "type " + wit_label(item.name) + " = " +
              wit_label(types.name_of(item.type.type.resource->named)) + ";\n";
    }
  }
}

void WitPrinter::print_interface(const Interface& interface, std::string_view indent) {
  const bool had_items = std::exchange(has_items_, false);
  const std::span<const ExternItem> items = interface.type->exports;
  WitTypes types(out_);
  name_types(items, types);
  const Functions functions = sort_functions(items);
  print_types(items, interface, functions, types, indent);
  for (const ExternItem* function : functions.free) {
    if (is_full()) break;
    begin_item();
    out_ += std::string(indent) + wit_label(function->name) + ": ";
    types.print(*function->type.func, NameKind::kLabel);
    out_ += ";\n";
  }
  for (const ExternItem& item : items) {
    if (is_type(item) || item.type.sort == ExternSort::kFunc) continue;
    begin_item();
    out_ += std::string(indent) + "// a " + to_string(item.type.sort) + ": " +
            printable(item.name) + "\n";
  }
  has_items_ = had_items;
}

// --- The world

void WitPrinter::print_world_item(const ExternItem& item, const char* keyword, WitTypes& types) {
  if (is_full()) return;
  const ExternName name = name_of(item);
  const bool is_interface = name.kind == NameKind::kInterface;
  const std::string start = std::string("  ") + keyword + " ";
  if (item.type.sort == ExternSort::kInstance && is_interface) {
    out_ += start + std::string(item.name) + ";\n";
  } else if (!item.implements.empty()) {
    out_ += start + wit_label(item.name) + ": " + std::string(item.implements) + ";\n";
  } else if (item.type.sort == ExternSort::kInstance && name.kind == NameKind::kLabel) {
    out_ += start + wit_label(item.name) + ": interface {\n";
    print_interface({kNoInterface, item.name, kNoInterface, {}, item.type.instance}, "    ");
    out_ += "  }\n";
  } else if (item.type.sort == ExternSort::kFunc && name.kind == NameKind::kLabel) {
    out_ += start + wit_label(item.name) + ": ";
    types.print(*item.type.func, NameKind::kLabel);
    out_ += ";\n";
  } else {
    out_ += std::string("  // ") + keyword + " of a " + to_string(item.type.sort) + ": " +
            printable(item.name) + "\n";
  }
  has_items_ = true;
}

void WitPrinter::print_world() {
  out_ += "package root:component;\n\nworld root {\n";
  WitTypes types(out_);
  for (const std::span<const ExternItem> items : {world_.imports, world_.exports}) {
    // A function of the world may use what an instance has given a name to.
    for (const ExternItem& item : items) {
      if (item.type.sort == ExternSort::kInstance) name_types(item.type.instance->exports, types);
    }
    name_types(items, types);
  }
  const Functions functions = sort_functions(world_.imports);
  const auto is_listed = [](const ExternItem& item) {
    return !is_type(item) && item.type.sort != ExternSort::kFunc;
  };
  for (const ExternItem& item : world_.imports) {
    if (is_listed(item)) print_world_item(item, "import", types);
  }
  print_types(world_.imports, {kNoInterface, {}, kNoInterface, {}, nullptr}, functions, types,
              "  ");
  for (const ExternItem* function : functions.free) print_world_item(*function, "import", types);
  if (!world_.exports.empty()) begin_item();
  for (const ExternItem& item : world_.exports) print_world_item(item, "export", types);
  out_ += "}\n";
}

void WitPrinter::print_packages() {
  std::vector<bool> printed(interfaces_.size());
  for (size_t i = 0; i < interfaces_.size(); i++) {
    if (printed[i] || is_full()) continue;
    const Interface& first = interfaces_[i];
    out_ += "\npackage " + std::string(first.package);
    if (!first.version.empty()) out_ += "@" + std::string(first.version);
    out_ += " {\n";
    for (size_t j = i; j < interfaces_.size(); j++) {
      const Interface& interface = interfaces_[j];
      if (interface.package != first.package || interface.version != first.version) continue;
      printed[j] = true;
      out_ += (j == i ? "  interface " : "\n  interface ") + wit_label(interface.label) + " {\n";
      print_interface(interface, "    ");
      out_ += "  }\n";
    }
    out_ += "}\n";
  }
}

}  // namespace

Result<std::string> print_wit(std::span<const uint8_t> component) {
  Arena arena;
  Decoded decoded;
  WISP_TRY(decode_component(component, arena, decoded));
  return WitPrinter(*decoded.root->type).run();
}

}  // namespace wisp::component
