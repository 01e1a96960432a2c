#include "component/link/import_resolver.h"

#include <algorithm>

#include "component/host/host_type_check.h"
#include "component/host/unknown_import.h"
#include "component/link/import_advice.h"
#include "component/type/core_module_type.h"
#include "component/type/subtyping.h"
#include "component/type/type_builder.h"
#include "platform/printable.h"

namespace wisp::component {
namespace {

std::string full_name(const InterfaceName& name) {
  std::string text(name.base);
  if (!name.version.empty()) text += "@" + std::string(name.version);
  return text;
}

const char* sort_name(ExternSort sort) {
  switch (sort) {
    case ExternSort::kModule:
      return "core module";
    case ExternSort::kType:
      return "resource";
    default:
      return "function";
  }
}

ExternSort sort_of(const HostItem& item) {
  if (item.instance != nullptr) return ExternSort::kInstance;
  return item.code != nullptr ? ExternSort::kFunc : ExternSort::kType;
}

// Items are HostItems or ExportDefinitions.
template <class Items>
auto find_item(const Items& items, std::string_view name) -> decltype(&*items.begin()) {
  for (const auto& item : items) {
    if (item.name == name) return &item;
  }
  return nullptr;
}

}  // namespace

Result<ResolvedImports> ImportResolver::run() {
  for (const ResourceDefinition& resource : component_.resources) {
    resolved_.resources.push_back(resolve_resource(resource));
  }
  for (const ImportedFunction& function : component_.imported_functions) {
    resolved_.functions.push_back(resolve_function(function));
  }
  for (const ImportedModule& module : component_.imported_modules) {
    resolved_.modules.push_back(resolve_module(module));
  }
  check_declared();
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

// --- Looking up

void ImportResolver::select_entries(std::string_view name) {
  const InterfaceName wanted = InterfaceName::parse(name);
  const InterfaceName* best = nullptr;
  for (const Entry& entry : linker_.entries_) {
    if (entry.name.base == wanted.base && entry.name.version == wanted.version) {
      best = &entry.name;
      break;
    }
    if (!wanted.is_answered_by(entry.name)) continue;
    if (best == nullptr || best->is_older_than(entry.name)) best = &entry.name;
  }
  selected_.clear();
  if (best == nullptr) return;
  for (const Entry& entry : linker_.entries_) {
    if (entry.name.base == best->base && entry.name.version == best->version) {
      selected_.push_back(&entry);
    }
  }
}

ImportResolver::Found ImportResolver::find_in(const Entry& entry, Path path,
                                              ExternSort sort) const {
  Found found;
  if (entry.module != nullptr) {
    const bool is_it =
        sort == ExternSort::kModule && path.size() == 1 && path[0] == entry.module_name;
    if (is_it) found.module = &entry.module;
    return found;
  }
  if (entry.interface != nullptr) {
    const HostInterface* interface = entry.interface;
    for (; path.size() > 1; path = path.subspan(1)) {
      const HostItem* nested = find_item(interface->items, path[0]);
      if (nested == nullptr || nested->instance == nullptr) return found;
      interface = nested->instance;
    }
    const HostItem* item = find_item(interface->items, path[0]);
    if (item == nullptr || sort_of(*item) != sort) return found;
    found.item = item;
    found.context = entry.context;
    return found;
  }
  if (sort == ExternSort::kFunc) return found;
  std::span<const ExportDefinition> exports = entry.instance->component().exports;
  for (; path.size() > 1; path = path.subspan(1)) {
    const ExportDefinition* nested = find_item(exports, path[0]);
    if (nested == nullptr || nested->sort != ExternSort::kInstance) return found;
    exports = nested->exports;
  }
  const ExportDefinition* exported = find_item(exports, path[0]);
  if (exported == nullptr || exported->sort != sort) return found;
  if (sort == ExternSort::kType && exported->type.kind != TypeDefKind::kResource) return found;
  found.exported = exported;
  found.instance = entry.instance;
  if (sort == ExternSort::kModule) found.module = &entry.instance->module(*exported);
  return found;
}

ImportResolver::Found ImportResolver::look_up(uint32_t import, Path path, ExternSort sort) {
  const std::string_view name = component_.imports[import].name;
  // An item of the root belongs to the interface without a name; items of an import follow each
  // other.
  const bool is_root = path.empty();
  if (is_root || selected_for_ != import) {
    select_entries(is_root ? std::string_view() : name);
    selected_for_ = is_root ? kNoIndex : import;
  }
  if (is_root && sort == ExternSort::kInstance) {
    select_entries(name);
    Found found;
    found.is_interface = !selected_.empty();
    return found;
  }
  const std::string_view root_path[] = {name};
  if (is_root) path = root_path;
  for (const Entry* entry : selected_) {
    if (const Found found = find_in(*entry, path, sort)) return found;
  }
  return {};
}

ImportResolver::Found ImportResolver::find(uint32_t import, Path path, ExternSort sort) {
  if (const Found found = look_up(import, path, sort)) return found;
  const std::string_view name = component_.imports[import].name;
  const bool may_be_unknown = sort != ExternSort::kModule;
  if (may_be_unknown && linker_.unknown_imports_ != UnknownImports::kRefuse) return {};
  if (selected_.empty()) {
    report_interface(name);
  } else {
    report_item(name, path.empty() ? name : path.back(), sort);
  }
  return {};
}

// --- One import

const RuntimeResourceType* ImportResolver::resolve_resource(const ResourceDefinition& resource) {
  if (resource.import == kNoIndex) return nullptr;
  const Found found = find(resource.import, resource.path, ExternSort::kType);
  if (found.item != nullptr) return found.item->resource;
  if (found.exported != nullptr) {
    return found.instance->resource_type(found.exported->type.resource->index);
  }
  return resolved_.unknown.add_resource();
}

ResolvedImports::Function ImportResolver::resolve_function(const ImportedFunction& function) {
  const Found found = find(function.import, function.path, ExternSort::kFunc);
  if (!found) {
    const bool traps = linker_.unknown_imports_ == UnknownImports::kTrap;
    UnknownFunction& unknown =
        resolved_.unknown.add_function(import_name(function.import, function.path), *function.type);
    return {traps ? &kTrappingImport : &kDefaultImport, &unknown};
  }
  if (found.item->check == SignatureCheck::kExact &&
      !same_signature(found.item->signature, *function.type, resolved_.resources)) {
    report_signature(function.import, *found.item, *function.type);
  }
  return {found.item, found.context};
}

ResolvedImports::Module ImportResolver::resolve_module(const ImportedModule& module) {
  const Found found = find(module.import, module.path, ExternSort::kModule);
  if (!found) return {};
  ResolvedImports::Module resolved;
  resolved.compiled = *found.module;
  if (resolved.compiled == nullptr) {
    report(import_name(module.import, module.path) + " is a module that was never compiled");
    return {};
  }
  const jit::Module& given = resolved.compiled->module();
  check_module(import_name(module.import, module.path), *module.type, given);
  if (!problems_.empty()) return {};
  for (const jit::Import& need : given.imports) {
    const auto& have = module.type->imports;
    const auto at = std::find_if(have.begin(), have.end(), [&](const CoreImport& import) {
      return import.module == need.module && import.name == need.name;
    });
    resolved.imports.push_back(static_cast<uint32_t>(at - have.begin()));
  }
  for (const CoreExport& want : module.type->exports) {
    resolved.exports.push_back(find_item(given.exports, want.name)->index);
  }
  return resolved;
}

void ImportResolver::check_module(const std::string& name, const ModuleType& wanted,
                                  const jit::Module& given) {
  Arena arena;
  TypeBuilder builder(arena);
  const ModuleType* type = builder.module(core_imports(given), core_exports(given));
  SubtypeChecker checker;
  if (checker.fits(*type, wanted)) return;
  report("the core module " + quoted(name) + " has another type: " + checker.reason());
}

// --- Problems

void ImportResolver::report(std::string problem) {
  if (std::find(problems_.begin(), problems_.end(), problem) != problems_.end()) return;
  problems_.push_back(std::move(problem));
}

void ImportResolver::report_interface(std::string_view name) {
  std::vector<InterfaceName> provided;
  for (const Entry& entry : linker_.entries_) {
    if (!entry.name.base.empty()) provided.push_back(entry.name);
  }
  report(quoted(name) + " is not provided" + missing_interface_advice(name, provided));
}

void ImportResolver::report_item(std::string_view interface, std::string_view name,
                                 ExternSort sort) {
  const InterfaceName& answering = selected_[0]->name;
  if (answering.base.empty()) return report_interface(name);  // an item of the root
  std::string problem = quoted(interface) + " lacks the " + sort_name(sort) + " " + quoted(name);
  std::vector<std::string_view> names;
  for (const Entry* entry : selected_) {
    if (entry->interface == nullptr) continue;
    for (const HostItem& item : entry->interface->items) {
      if (sort_of(item) == sort) names.push_back(item.name);
    }
  }
  if (const std::string_view nearest = nearest_name(name, names); !nearest.empty()) {
    problem += "; the nearest is " + quoted(nearest);
  }
  if (answering.is_older_than(InterfaceName::parse(interface))) {
    problem += "; the version is newer than the " + std::string(answering.version) + " of Wisp";
  }
  problem += "; " + full_name(answering) + " provides: ";
  if (names.empty()) problem += "none";
  for (size_t i = 0; i < names.size(); i++) {
    problem += (i == 0 ? "" : ", ") + std::string(names[i]);
  }
  report(std::move(problem));
}

void ImportResolver::report_signature(uint32_t import, const HostItem& given,
                                      const FuncType& wanted) {
  const HostTypeNames names{[](const void* self, const RuntimeResourceType* type) {
                              return static_cast<const ImportResolver*>(self)->resource_name(type);
                            },
                            this};
  report(quoted(component_.imports[import].name) + ": the type of " + quoted(given.name) +
         " differs" +
         compare_types(to_string(wanted), to_string(given.signature, names, wanted.params)));
}

std::string ImportResolver::import_name(uint32_t import, Path path) const {
  std::string name = printable(component_.imports[import].name);
  for (const std::string_view part : path) name += "#" + printable(part);
  return name;
}

std::string ImportResolver::resource_name(const RuntimeResourceType* type) const {
  for (const Entry& entry : linker_.entries_) {
    if (entry.interface == nullptr) continue;
    for (const HostItem& item : entry.interface->items) {
      if (item.resource == type) return std::string(item.name);
    }
  }
  return "resource";
}

}  // namespace wisp::component
