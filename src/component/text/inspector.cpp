#include "component/text/inspector.h"

#include <map>
#include <string_view>
#include <vector>

#include "component/binary/component_decoder.h"
#include "jit/wasm/module_decoder.h"
#include "jit/wasm/module_outline.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

constexpr size_t kPreambleBytes = 8;
constexpr size_t kMaxNamesShown = 12;
constexpr size_t kMaxTextBytes = 64u << 20;

struct Section {
  uint8_t id = 0;
  std::span<const uint8_t> content;
  std::string_view name;  // of a custom section (0)
};

// What was decoded before has well-formed sections; otherwise this ends early.
std::vector<Section> sections_of(std::span<const uint8_t> bytes) {
  std::vector<Section> sections;
  ByteReader reader(bytes.subspan(std::min(kPreambleBytes, bytes.size())));
  while (!reader.at_end()) {
    Section section;
    Result<uint8_t> id = reader.read_byte();
    Result<uint32_t> size = reader.read_u32();
    if (!id.has_value() || !size.has_value() || *size > reader.remaining()) break;
    section.id = *id;
    section.content = *reader.read_bytes(*size);
    if (*id == 0) {
      Result<std::string_view> name = ByteReader(section.content).read_name();
      if (name.has_value()) section.name = *name;
    }
    sections.push_back(section);
  }
  return sections;
}

std::string counted(uint64_t count, const char* what, const char* plural = nullptr) {
  std::string text = std::to_string(count) + " ";
  if (count == 1) return text + what;
  return text + (plural != nullptr ? plural : std::string(what) + "s");
}

// "a, b, c and 3 more".
std::string listed(std::span<const std::string> names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMaxNamesShown; i++) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kMaxNamesShown) {
    text += " and " + std::to_string(names.size() - kMaxNamesShown) + " more";
  }
  return text;
}

std::string hexadecimal(uint64_t number) {
  std::string digits;
  do {
    digits.insert(0, 1, "0123456789abcdef"[number & 15]);
    number >>= 4;
  } while (number != 0);
  return "0x" + digits;
}

std::string limits_text(const jit::Limits& limits, const char* unit) {
  std::string text = counted(limits.min, unit);
  if (limits.max) text += ", at most " + std::to_string(*limits.max);
  return text;
}

class Inspector {
 public:
  // `module` is null for one that Wisp cannot read: its outline is shown.
  void module(std::span<const uint8_t> bytes, uint64_t file_offset, const jit::Module* module);
  void component(std::span<const uint8_t> bytes, uint64_t file_offset,
                 const DecodedComponent& component, const Decoded& decoded);
  void line(const std::string& text) {
    if (text_.size() < kMaxTextBytes) text_ += std::string(indent_ * 2, ' ') + text + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  // What the indices of instantiations refer to.
  struct Counts {
    uint32_t modules = 0, core_instances = 0, components = 0, instances = 0;
    void add(ExternSort sort) {
      modules += sort == ExternSort::kModule;
      components += sort == ExternSort::kComponent;
      instances += sort == ExternSort::kInstance;
    }
  };

  void module_items(const jit::Module& module);
  void module_imports(const jit::ModuleOutline& outline);
  void module_exports(const jit::ModuleOutline& outline);
  void custom_sections(std::span<const Section> sections);
  void externs(const char* title, std::span<const ExternItem> items);
  void definition(const Definition& definition, Counts& counts);
  std::string with_arguments(const Definition& definition) const;

  std::string text_;
  size_t indent_ = 0;
};

void Inspector::custom_sections(std::span<const Section> sections) {
  std::vector<std::string> names;
  uint64_t total = 0;
  for (const Section& section : sections) {
    if (section.id != 0) continue;
    total += section.content.size();
    names.push_back(printable(section.name) + " " + std::to_string(section.content.size()));
  }
  if (!names.empty()) {
    line("custom sections: " + counted(total, "byte") + " (" + listed(names) + ")");
  }
}

// --- Core modules

void Inspector::module_imports(const jit::ModuleOutline& outline) {
  std::map<std::string_view, std::vector<std::string>> by_module;
  for (const jit::ModuleOutline::Item& import : outline.imports) {
    std::string name = printable(import.name);
    if (import.kind != jit::ModuleOutline::Kind::kFunc) {
      name += std::string(" (") + jit::to_string(import.kind) + ")";
    }
    by_module[import.module].push_back(std::move(name));
  }
  if (by_module.empty()) return;
  line("imports");
  indent_++;
  for (const auto& [from, names] : by_module) line(quoted(from) + ": " + listed(names));
  indent_--;
}

void Inspector::module_exports(const jit::ModuleOutline& outline) {
  std::map<jit::ModuleOutline::Kind, std::vector<std::string>> by_kind;
  for (const jit::ModuleOutline::Item& each : outline.exports) {
    by_kind[each.kind].push_back(printable(each.name));
  }
  if (by_kind.empty()) return;
  line("exports");
  indent_++;
  for (const auto& [kind, names] : by_kind) {
    line(counted(names.size(), jit::to_string(kind),
                 kind == jit::ModuleOutline::Kind::kMemory ? "memories" : nullptr) +
         ": " + listed(names));
  }
  indent_--;
}

void Inspector::module_items(const jit::Module& module) {
  std::string functions = counted(module.functions.size(), "function");
  if (module.imported_functions != 0) {
    functions += " (" + std::to_string(module.imported_functions) + " imported)";
  }
  line(functions + ", " + counted(module.code_section_size, "byte") + " of code");
  uint64_t data_bytes = 0;
  for (const jit::DataSegment& segment : module.data) data_bytes += segment.bytes.size();
  if (!module.data.empty()) {
    line(counted(data_bytes, "byte") + " of data in " + counted(module.data.size(), "segment"));
  }
  for (size_t i = 0; i < module.memories.size(); i++) {
    line("memory " + std::to_string(i) + (i < module.imported_memories ? " (imported): " : ": ") +
         limits_text(module.memories[i].limits, "page"));
  }
  for (size_t i = 0; i < module.tables.size(); i++) {
    line("table " + std::to_string(i) + (i < module.imported_tables ? " (imported): " : ": ") +
         limits_text(module.tables[i].limits, "element") + " of type " +
         jit::to_string(module.tables[i].element));
  }
  if (!module.globals.empty()) line(counted(module.globals.size(), "global"));
  if (module.start) line("starts with function " + std::to_string(*module.start));
}

void Inspector::module(std::span<const uint8_t> bytes, uint64_t file_offset,
                       const jit::Module* module) {
  const Result<void> valid = jit::validate_module(bytes, file_offset);
  if (!valid) {
    const Error& error = valid.error();
    const bool is_unsupported = error.code() == ErrorCode::kUnsupported;
    line((is_unsupported ? "cannot run: " : "is not valid: ") + error.message() + " (at offset " +
         hexadecimal(error.offset()) + ")");
  }
  const jit::ModuleOutline outline = jit::outline_module(bytes);
  if (module != nullptr) {
    module_items(*module);
  } else {
    line(counted(outline.code_section_size, "byte") + " of code, " +
         counted(outline.data_section_size, "byte") + " of data");
  }
  custom_sections(sections_of(bytes));
  module_imports(outline);
  module_exports(outline);
}

// --- Components

std::string describe(const ExternType& type) {
  switch (type.sort) {
    case ExternSort::kFunc:
      return to_string(*type.func);
    case ExternSort::kInstance: {
      size_t functions = 0, types = 0;
      for (const ExternItem& item : type.instance->exports) {
        functions += item.type.sort == ExternSort::kFunc;
        types += item.type.sort == ExternSort::kType;
      }
      std::string text = counted(functions, "function");
      if (types != 0) text += ", " + counted(types, "type");
      return text;
    }
    case ExternSort::kType:
      if (type.type.kind == TypeDefKind::kResource) return "resource";
      if (type.type.kind == TypeDefKind::kValue) return "type " + to_string(*type.type.value);
      return "type";
    default:
      return to_string(type.sort);
  }
}

void Inspector::externs(const char* title, std::span<const ExternItem> items) {
  if (items.empty()) return;
  line(title);
  indent_++;
  for (const ExternItem& item : items) {
    line(printable(item.name) + ": " + describe(item.type));
  }
  indent_--;
}

std::string Inspector::with_arguments(const Definition& definition) const {
  std::vector<std::string> arguments;
  const bool is_core = definition.kind == DefinitionKind::kCoreInstantiate;
  for (const DecodedArgument& argument : definition.arguments) {
    const char* sort = is_core ? "core instance" : to_string(argument.sort);
    std::string text = quoted(argument.name) + " = " + sort;
    if (is_core || argument.sort != ExternSort::kType) text += " " + std::to_string(argument.index);
    arguments.push_back(std::move(text));
  }
  return arguments.empty() ? "" : " with " + listed(arguments);
}

void Inspector::definition(const Definition& definition, Counts& counts) {
  std::vector<std::string> names;
  for (const DecodedArgument& argument : definition.arguments) {
    names.push_back(printable(argument.name));
  }
  const std::string index = std::to_string(definition.index);
  switch (definition.kind) {
    case DefinitionKind::kCoreInstantiate:
      line("core instance " + std::to_string(counts.core_instances++) + ": core module " + index +
           with_arguments(definition));
      return;
    case DefinitionKind::kCoreInlineExports:
      line("core instance " + std::to_string(counts.core_instances++) + ": made of " +
           listed(names));
      return;
    case DefinitionKind::kInstantiate:
      line("instance " + std::to_string(counts.instances++) + ": component " + index +
           with_arguments(definition));
      return;
    case DefinitionKind::kInlineExports:
      line("instance " + std::to_string(counts.instances++) + ": made of " + listed(names));
      return;
    case DefinitionKind::kAliasExport:
    case DefinitionKind::kAliasOuter:
    case DefinitionKind::kImport:
    case DefinitionKind::kExport:
      counts.add(definition.kind == DefinitionKind::kImport ? definition.type.sort
                                                            : definition.sort);
      return;
    default:
      return;
  }
}

void Inspector::component(std::span<const uint8_t> bytes, uint64_t file_offset,
                          const DecodedComponent& component, const Decoded& decoded) {
  const std::vector<Section> sections = sections_of(bytes);
  constexpr uint8_t kComponentSection = 4;
  auto nested = sections.begin();
  custom_sections(sections);
  externs("imports", component.type->imports);
  externs("exports", component.type->exports);
  Counts counts;
  for (const Definition& each : component.definitions) {
    if (each.kind == DefinitionKind::kCoreModule) {
      const DecodedModule& module = decoded.modules[each.index];
      line("core module " + std::to_string(counts.modules++) + " at " +
           hexadecimal(module.file_offset) + ": " + counted(module.bytes.size(), "byte"));
      indent_++;
      this->module(module.bytes, module.file_offset, module.module.get());
      indent_--;
    } else if (each.kind == DefinitionKind::kComponent) {
      while (nested->id != kComponentSection) ++nested;
      const uint64_t offset =
          file_offset + static_cast<uint64_t>(nested->content.data() - bytes.data());
      line("component " + std::to_string(counts.components++) + " at " + hexadecimal(offset) +
           ": " + counted(nested->content.size(), "byte"));
      indent_++;
      this->component(nested->content, offset, *each.component, decoded);
      indent_--;
      ++nested;
    } else {
      definition(each, counts);
    }
  }
}

}  // namespace

Result<std::string> inspect_component(std::span<const uint8_t> bytes) {
  Arena arena;
  Decoded decoded;
  WISP_TRY(decode_component(bytes, arena, decoded));
  Inspector inspector;
  inspector.line("component: " + counted(bytes.size(), "byte"));
  if (decoded.gated) {
    inspector.line("cannot run: " + decoded.gated->message + " (at offset " +
                   hexadecimal(decoded.gated->file_offset) + ")");
  }
  inspector.component(bytes, 0, *decoded.root, decoded);
  return inspector.take();
}

Result<std::string> inspect_module(std::span<const uint8_t> bytes) {
  Result<jit::Module> module = jit::decode_module(bytes);
  if (!module && module.error().code() != ErrorCode::kUnsupported) {
    return std::move(module).error();
  }
  Inspector inspector;
  inspector.line("core module: " + counted(bytes.size(), "byte"));
  inspector.module(bytes, 0, module ? &module.value() : nullptr);
  return inspector.take();
}

}  // namespace wisp::component
