#include "component/component_linker.h"

#include <algorithm>
#include <string>

#include "component/host_type_check.h"
#include "component/interface_name.h"

namespace wisp::component {

// Resolves the imports of one component and gathers everything that is wrong.
class ImportResolver {
 public:
  ImportResolver(const ComponentLinker& linker, const Component& component)
      : linker_(linker), component_(component) {}

  Result<ResolvedImports> run() {
    for (const ResourceDefinition& resource : component_.resources()) {
      resolved_.resources.push_back(resolve_resource(resource));
    }
    for (const ImportedFunction& function : component_.imported_functions()) {
      resolved_.functions.push_back(resolve_function(function));
    }
    if (problems_.empty()) return std::move(resolved_);
    std::string message = problems_.size() == 1
                              ? "the component cannot be linked: "
                              : std::to_string(problems_.size()) + " imports cannot be linked:";
    for (const std::string& problem : problems_) {
      if (problems_.size() > 1) message += "\n  ";
      message += problem;
    }
    return Error(ErrorCode::kLink, std::move(message));
  }

 private:
  using Entry = ComponentLinker::Entry;

  const RuntimeResourceType* resolve_resource(const ResourceDefinition& resource);
  ResolvedImports::Function resolve_function(const ImportedFunction& function);
  const Entry* find_interface(std::string_view name) const;
  // The item at the end of a path that begins at an import.
  const HostItem* find_item(uint32_t import, std::span<const std::string_view> path,
                            const char* what, const Entry*& entry);
  void report(std::string problem) {
    if (std::find(problems_.begin(), problems_.end(), problem) == problems_.end()) {
      problems_.push_back(std::move(problem));
    }
  }
  void report_interface(std::string_view name);
  void report_item(const Entry& entry, std::string_view interface, std::string_view name,
                   const char* what);
  std::string resource_name(const RuntimeResourceType* type) const;

  const ComponentLinker& linker_;
  const Component& component_;
  ResolvedImports resolved_;
  std::vector<std::string> problems_;
  uint32_t last_import_ = kNoIndex;
  const Entry* last_entry_ = nullptr;
};

namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string full_name(const HostInterface& interface) {
  std::string name(interface.name);
  if (!interface.version.empty()) name += "@" + std::string(interface.version);
  return name;
}

// Levenshtein; for suggestions.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) row[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// What a user can do about a package that is not there.
struct Advice {
  std::string_view prefix;
  const char* text;
};
constexpr Advice kAdvice[] = {
    {"wasi:http/", "; -S http provides it"},
    {"wasi:sockets/", "; -S inherit-network provides it"},
    {"wasi:config/", "; Wisp has no wasi:config"},
    {"wasi:keyvalue/", "; Wisp has no wasi:keyvalue"},
    {"wasi:nn/", "; Wisp has no wasi:nn"},
    {"wasi:tls/", "; Wisp has no wasi:tls"},
};

}  // namespace

const ImportResolver::Entry* ImportResolver::find_interface(std::string_view name) const {
  const InterfaceName wanted = InterfaceName::parse(name);
  const Entry* best = nullptr;
  for (const Entry& entry : linker_.entries_) {
    if (entry.name.base == wanted.base && entry.name.version == wanted.version) return &entry;
    if (!wanted.is_answered_by(entry.name)) continue;
    if (best == nullptr || best->name.is_older_than(entry.name)) best = &entry;
  }
  return best;
}

const HostItem* ImportResolver::find_item(uint32_t import, std::span<const std::string_view> path,
                                          const char* what, const Entry*& entry) {
  const std::string_view name = component_.imports()[import].name;
  // An item of the root belongs to the interface without a name.
  const std::string_view interface = path.empty() ? std::string_view() : name;
  const std::string_view item_name = path.empty() ? name : path.back();
  // The items of an import follow each other.
  if (last_import_ != import) last_entry_ = find_interface(interface);
  last_import_ = import;
  entry = path.size() > 1 ? nullptr : last_entry_;
  if (entry == nullptr) {
    report_interface(name);
    return nullptr;
  }
  for (const HostItem& item : entry->interface->items) {
    const bool is_function = item.code != nullptr;
    if (item.name == item_name && is_function == (what[0] == 'f')) return &item;
  }
  report_item(*entry, name, item_name, what);
  return nullptr;
}

void ImportResolver::report_interface(std::string_view name) {
  const InterfaceName wanted = InterfaceName::parse(name);
  std::string problem = quoted(name) + " is not provided";
  if (wanted.is_release_candidate()) {
    problem +=
        ": release candidates have another ABI; rebuild with a current toolchain, for "
        "example for wasm32-wasip2";
    return report(std::move(problem));
  }
  const Entry* nearest = nullptr;
  size_t least = wanted.base.size() / 3 + 1;
  for (const Entry& entry : linker_.entries_) {
    if (entry.interface->name.empty()) continue;
    const size_t distance = edit_distance(wanted.base, entry.interface->name);
    if (distance >= least) continue;
    least = distance;
    nearest = &entry;
  }
  if (nearest != nullptr) problem += "; the nearest is " + quoted(full_name(*nearest->interface));
  for (const Advice& advice : kAdvice) {
    if (nearest == nullptr && name.substr(0, advice.prefix.size()) == advice.prefix) {
      problem += advice.text;
    }
  }
  report(std::move(problem));
}

void ImportResolver::report_item(const Entry& entry, std::string_view interface,
                                 std::string_view name, const char* what) {
  std::string problem = quoted(interface) + " lacks the " + what + " " + quoted(name);
  std::string provided;
  for (const HostItem& item : entry.interface->items) {
    if ((item.code != nullptr) != (what[0] == 'f')) continue;
    provided += (provided.empty() ? "" : ", ") + std::string(item.name);
  }
  if (!entry.interface->name.empty()) problem += "; " + full_name(*entry.interface) + " provides: ";
  report(problem + (provided.empty() ? "none" : provided));
}

std::string ImportResolver::resource_name(const RuntimeResourceType* type) const {
  for (const Entry& entry : linker_.entries_) {
    for (const HostItem& item : entry.interface->items) {
      if (item.resource == type) return std::string(item.name);
    }
  }
  return "resource";
}

const RuntimeResourceType* ImportResolver::resolve_resource(const ResourceDefinition& resource) {
  if (resource.import == kNoIndex) return nullptr;
  const Entry* entry;
  const HostItem* item = find_item(resource.import, resource.path, "resource", entry);
  return item == nullptr ? nullptr : item->resource;
}

ResolvedImports::Function ImportResolver::resolve_function(const ImportedFunction& function) {
  const Entry* entry;
  const HostItem* item = find_item(function.import, function.path, "function", entry);
  if (item == nullptr) return {};
  const HostTypeNames names{[](const void* self, const RuntimeResourceType* type) {
                              return static_cast<const ImportResolver*>(self)->resource_name(type);
                            },
                            this};
  if (item->check == SignatureCheck::kExact &&
      !same_signature(item->signature, *function.type, resolved_.resources)) {
    report(quoted(component_.imports()[function.import].name) + ": the type of " +
           quoted(item->name) + " differs\n    expected: " + to_string(*function.type) +
           "\n    provided: " + to_string(item->signature, names));
  }
  return {item, entry->context};
}

void ComponentLinker::add(const HostInterface& interface, void* context) {
  entries_.push_back({&interface, context, InterfaceName::of(interface.name, interface.version)});
}

Result<ResolvedImports> ComponentLinker::resolve(const Component& component) const {
  return ImportResolver(*this, component).run();
}

Result<std::unique_ptr<ComponentInstance>> ComponentLinker::instantiate(
    jit::Store& store, std::shared_ptr<const Component> component) const {
  ResolvedImports imports = WISP_TRY(resolve(*component));
  return ComponentInstance::create(store, std::move(component), std::move(imports), limits_);
}

}  // namespace wisp::component
