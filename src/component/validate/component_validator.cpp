// Scopes, index spaces, aliases and instances.
#include "component/validate/component_validator.h"

#include <unordered_map>

#include "component/type/subtyping.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

// wasmparser's, so that what its users validated is not refused here.
constexpr size_t kMaxCoreModules = 1'000;
constexpr size_t kMaxComponents = 1'000;
constexpr size_t kMaxInstances = 1'000;
constexpr size_t kMaxTypes = 1'000'000;
constexpr size_t kMaxFunctions = 1'000'000;
constexpr size_t kMaxArguments = 100'000;
constexpr size_t kMaxScopes = 100;

Error out_of_bounds(const char* what, uint32_t index, uint64_t offset) {
  return invalid(offset, std::string("unknown ") + what + " " + std::to_string(index) + ": " +
                             what + " index out of bounds");
}

template <class Item>
Result<void> append(std::vector<Item>& space, Item item, size_t limit, const char* what,
                    uint64_t offset) {
  if (space.size() >= limit) {
    return Error(ErrorCode::kLimit, std::string("more than ") + std::to_string(limit) + " " + what,
                 offset);
  }
  space.push_back(std::move(item));
  return {};
}

// Free resource types: those that no enclosing type introduces.
class FreeResources {
 public:
  std::vector<const ResourceType*> found;

  void visit(const TypeDef& type) {
    visit_type(type, [this](const auto* part) { visit(part); });
  }
  void visit(const ComponentType* type) {
    if (!enter(type, type->traits)) return;
    bind(type->imported_resources);
    bind(type->defined_resources);
    for (const ExternItem& item : type->imports) visit(item.type);
    for (const ExternItem& item : type->exports) visit(item.type);
  }

 private:
  void visit(const ResourceType* type) {
    if (!bound_.contains(type->identity)) found.push_back(type);
  }
  void visit(const ValType* type) {
    if (type == nullptr || !enter(type, type->traits)) return;
    if (type->resource != nullptr) visit(type->resource);
    visit(type->element);
    visit(type->error);
    for (const LabeledType& member : type->members) visit(member.type);
  }
  void visit(const FuncType* type) {
    if (!enter(type, type->traits)) return;
    for (const LabeledType& param : type->params) visit(param.type);
    visit(type->result);
  }
  void visit(const InstanceType* type) {
    if (!enter(type, type->traits)) return;
    bind(type->resources);
    for (const ExternItem& item : type->exports) visit(item.type);
  }
  void visit(const ModuleType*) {}
  void visit(const ExternType& type) {
    visit_type(type, [this](const auto* part) { visit(part); });
  }
  // A node is looked at once: what it binds outside of itself is the same everywhere.
  bool enter(const void* node, const TypeTraits& traits) {
    return traits.has_resource && seen_.insert(node).second;
  }
  void bind(std::span<const ResourceType* const> resources) {
    bound_.insert(resources.begin(), resources.end());
  }

  // What a type introduces occurs nowhere outside of it: nothing has to be unbound.
  std::unordered_set<const ResourceType*> bound_;
  std::unordered_set<const void*> seen_;
};

}  // namespace

void ComponentValidator::gate(std::string message, uint64_t offset) {
  if (!decoded_.gated) decoded_.gated = GatedFeature{std::move(message), offset};
}

Definition& ComponentValidator::define(DefinitionKind kind, uint64_t offset) {
  Definition& definition = scope().decoded->definitions.emplace_back();
  definition.kind = kind;
  definition.file_offset = offset;
  return definition;
}

Result<void> ComponentValidator::enter(ScopeKind kind, uint64_t offset) {
  if (scopes_.size() >= kMaxScopes) {
    return Error(ErrorCode::kLimit, "components and types are nested more than 100 deep", offset);
  }
  Scope& scope = scopes_.emplace_back();
  scope.kind = kind;
  if (kind == ScopeKind::kComponent) scope.decoded = &decoded_.components.emplace_back();
  return {};
}

Result<const ComponentType*> ComponentValidator::leave_component(uint64_t offset) {
  Scope& scope = scopes_.back();
  const ComponentType* type = builder_.component(scope.imports, scope.exports,
                                                 scope.imported_resources, scope.defined_resources);
  if (type == nullptr) return Error(ErrorCode::kLimit, builder_.why(), offset);
  if (scope.decoded != nullptr) scope.decoded->type = type;
  scopes_.pop_back();
  return type;
}

Result<const InstanceType*> ComponentValidator::leave_instance_type(uint64_t offset) {
  Scope& scope = scopes_.back();
  const InstanceType* type = builder_.instance(scope.exports, scope.defined_resources);
  if (type == nullptr) return Error(ErrorCode::kLimit, builder_.why(), offset);
  scopes_.pop_back();
  return type;
}

// --- lookups

Result<TypeDef> ComponentValidator::type_at(uint32_t index, uint64_t offset) {
  if (index >= scope().types.size()) return out_of_bounds("type", index, offset);
  return scope().types[index];
}

Result<const ValType*> ComponentValidator::value_type_at(uint32_t index, uint64_t offset) {
  TypeDef type = WISP_TRY(type_at(index, offset));
  if (type.kind == TypeDefKind::kValue) return type.value;
  return invalid(offset, "type index " + std::to_string(index) + " is not a defined type");
}

Result<const ResourceType*> ComponentValidator::resource_at(uint32_t index, uint64_t offset) {
  TypeDef type = WISP_TRY(type_at(index, offset));
  if (type.kind == TypeDefKind::kResource) return type.resource;
  return invalid(offset, "type index " + std::to_string(index) + " is not a resource type");
}

Result<CoreTypeDef> ComponentValidator::core_type_at(uint32_t index, uint64_t offset) {
  if (index >= scope().core_types.size()) return out_of_bounds("core type", index, offset);
  return scope().core_types[index];
}

Result<const jit::FuncType*> ComponentValidator::core_func_at(uint32_t index, uint64_t offset) {
  if (index >= scope().core_funcs.size()) return out_of_bounds("core function", index, offset);
  return scope().core_funcs[index];
}

Result<ExternType> ComponentValidator::extern_type(ExternSort sort, uint32_t index,
                                                   uint64_t offset) {
  ExternType type;
  type.sort = sort;
  if (sort == ExternSort::kModule) {
    CoreTypeDef core = WISP_TRY(core_type_at(index, offset));
    type.module = core.module;
    if (core.module != nullptr) return type;
    return invalid(offset, "core type index " + std::to_string(index) + " is not a module type");
  }
  TypeDef def = WISP_TRY(type_at(index, offset));
  std::string what = "type index " + std::to_string(index) + " is not ";
  if (sort == ExternSort::kFunc) {
    if (def.kind != TypeDefKind::kFunc) return invalid(offset, what + "a function type");
    type.func = def.func;
  } else if (sort == ExternSort::kComponent) {
    if (def.kind != TypeDefKind::kComponent) return invalid(offset, what + "a component type");
    type.component = def.component;
  } else {
    if (def.kind != TypeDefKind::kInstance) return invalid(offset, what + "an instance type");
    type.instance = open(def.instance);
  }
  return type;
}

Result<ExternType> ComponentValidator::item_type(const DecodedArgument& item, uint64_t offset) {
  Scope& here = scope();
  ExternType type;
  type.sort = item.sort;
  uint32_t index = item.index;
  switch (item.sort) {
    case ExternSort::kModule:
      if (index >= here.core_modules.size()) return out_of_bounds("module", index, offset);
      type.module = here.core_modules[index];
      break;
    case ExternSort::kFunc:
      if (index >= here.funcs.size()) return out_of_bounds("function", index, offset);
      type.func = here.funcs[index];
      break;
    case ExternSort::kType:
      type.type = WISP_TRY(type_at(index, offset));
      break;
    case ExternSort::kComponent:
      if (index >= here.components.size()) return out_of_bounds("component", index, offset);
      type.component = here.components[index];
      break;
    case ExternSort::kInstance:
      if (index >= here.instances.size()) return out_of_bounds("instance", index, offset);
      type.instance = here.instances[index];
      break;
    case ExternSort::kValue:
      return Error(ErrorCode::kUnsupported, "values are a gated feature, not in this version",
                   offset);
  }
  return type;
}

Result<void> ComponentValidator::push(const ExternType& type, uint64_t offset) {
  Scope& here = scope();
  switch (type.sort) {
    case ExternSort::kModule:
      return append(here.core_modules, type.module, kMaxCoreModules, "core modules", offset);
    case ExternSort::kFunc:
      return append(here.funcs, type.func, kMaxFunctions, "functions", offset);
    case ExternSort::kType:
      return append(here.types, type.type, kMaxTypes, "types", offset);
    case ExternSort::kComponent:
      return append(here.components, type.component, kMaxComponents, "components", offset);
    case ExternSort::kInstance:
      return append(here.instances, type.instance, kMaxInstances, "instances", offset);
    case ExternSort::kValue:
      break;
  }
  return {};
}

// --- aliases

Result<Scope*> ComponentValidator::outer_scope(uint32_t count, uint64_t offset) {
  if (count >= scopes_.size()) {
    return invalid(offset, "invalid outer alias count of " + std::to_string(count));
  }
  return &scopes_[scopes_.size() - 1 - count];
}

bool ComponentValidator::crosses_component(uint32_t count) const {
  for (uint32_t i = 0; i < count; ++i) {
    if (scopes_[scopes_.size() - 1 - i].kind == ScopeKind::kComponent) return true;
  }
  return false;
}

bool ComponentValidator::has_free_resources(const TypeDef& type) const {
  FreeResources free;
  free.visit(type);
  return !free.found.empty();
}

bool ComponentValidator::free_resources_are_named(const ComponentType* type, Direction direction) {
  if (!type->traits.has_resource) return true;
  FreeResources free;
  free.visit(type);
  for (const ResourceType* resource : free.found) {
    if (!scope().is_visible_identity(resource->identity, direction)) return false;
  }
  return true;
}

Result<CoreTypeDef> ComponentValidator::outer_core_type(uint32_t count, uint32_t index,
                                                        uint64_t offset) {
  Scope* outer = WISP_TRY(outer_scope(count, offset));
  if (index >= outer->core_types.size()) return out_of_bounds("core type", index, offset);
  return outer->core_types[index];
}

Result<void> ComponentValidator::add_alias_outer_core_type(uint32_t count, uint32_t index,
                                                           uint64_t offset) {
  CoreTypeDef type = WISP_TRY(outer_core_type(count, index, offset));
  return add_core_type(type, offset);
}

Result<void> ComponentValidator::add_alias_outer(ExternSort sort, uint32_t count, uint32_t index,
                                                 uint64_t offset) {
  bool in_type = scope().kind != ScopeKind::kComponent;
  if (in_type && sort != ExternSort::kType) {
    return invalid(offset, "aliases in types may only refer to types or instances");
  }
  Scope* outer = WISP_TRY(outer_scope(count, offset));
  ExternType type;
  type.sort = sort;
  if (sort == ExternSort::kType) {
    if (index >= outer->types.size()) return out_of_bounds("type", index, offset);
    type.type = outer->types[index];
    if (crosses_component(count) && has_free_resources(type.type)) {
      return invalid(offset, "cannot alias outer type " + std::to_string(index) +
                                 ": it transitively refers to resources not defined in the "
                                 "current component");
    }
    return push(type, offset);
  }
  if (sort == ExternSort::kModule) {
    if (index >= outer->core_modules.size()) return out_of_bounds("module", index, offset);
    type.module = outer->core_modules[index];
  } else {
    if (index >= outer->components.size()) return out_of_bounds("component", index, offset);
    type.component = outer->components[index];
  }
  Definition& definition = define(DefinitionKind::kAliasOuter, offset);
  definition.sort = sort;
  definition.outer_count = count;
  definition.index = index;
  return push(type, offset);
}

Result<void> ComponentValidator::add_alias_export(ExternSort sort, uint32_t instance,
                                                  std::string_view name, uint64_t offset) {
  bool in_type = scope().kind != ScopeKind::kComponent;
  if (in_type && sort != ExternSort::kType && sort != ExternSort::kInstance) {
    return invalid(offset, "aliases in types may only refer to types or instances");
  }
  if (instance >= scope().instances.size()) return out_of_bounds("instance", instance, offset);
  const ExternItem* item = scope().instances[instance]->find(name);
  std::string what = "instance " + std::to_string(instance);
  if (item == nullptr) return invalid(offset, what + " has no export named " + quoted(name));
  if (item->type.sort != sort) {
    return invalid(offset, "export " + quoted(name) + " of " + what + " is not a " +
                               to_string(sort) + ", it is a " + to_string(item->type.sort));
  }
  if (!in_type) {
    Definition& definition = define(DefinitionKind::kAliasExport, offset);
    definition.index = instance;
    definition.name = name;
    definition.sort = sort;
    definition.type = item->type;
  }
  return push(item->type, offset);
}

Result<void> ComponentValidator::add_alias_core_export(CoreSort sort, uint32_t instance,
                                                       std::string_view name, uint64_t offset) {
  Scope& here = scope();
  if (here.kind != ScopeKind::kComponent) {
    return invalid(offset, "aliases in types may only refer to types or instances");
  }
  if (instance >= here.core_instances.size()) {
    return out_of_bounds("core instance", instance, offset);
  }
  Definition& definition = define(DefinitionKind::kAliasCoreExport, offset);
  definition.index = instance;
  definition.name = name;
  definition.core_sort = sort;
  const ModuleType& from = *here.core_instances[instance];
  if (from.is_opaque) {
    CoreExternType unknown;
    unknown.sort = sort;
    unknown.is_opaque = true;
    return push_core(unknown, offset);
  }
  std::string what = "core instance " + std::to_string(instance);
  const CoreExport* item = from.find_export(name);
  if (item == nullptr) return invalid(offset, what + " has no export named " + quoted(name));
  if (item->type.sort != sort) {
    return invalid(offset, "export " + quoted(name) + " of " + what + " is not a " +
                               to_string(sort) + ", it is a " + to_string(item->type.sort));
  }
  return push_core(item->type, offset);
}

// --- core modules and instances

std::vector<CoreExternType>* ComponentValidator::core_space(CoreSort sort) {
  switch (sort) {
    case CoreSort::kTable:
      return &scope().core_tables;
    case CoreSort::kMemory:
      return &scope().core_memories;
    case CoreSort::kGlobal:
      return &scope().core_globals;
    case CoreSort::kTag:
      return &scope().core_tags;
    default:
      return nullptr;
  }
}

Result<void> ComponentValidator::push_core(const CoreExternType& type, uint64_t offset) {
  if (type.sort == CoreSort::kFunc) {
    return append(scope().core_funcs, type.func, kMaxFunctions, "core functions", offset);
  }
  std::vector<CoreExternType>* space = core_space(type.sort);
  if (space == nullptr) return invalid(offset, "core instances export no item of this sort");
  return append(*space, type, kMaxFunctions, "core items", offset);
}

Result<CoreExternType> ComponentValidator::core_item(CoreSort sort, uint32_t index,
                                                     uint64_t offset) {
  if (sort == CoreSort::kFunc) {
    CoreExternType type;
    type.func = WISP_TRY(core_func_at(index, offset));
    type.is_opaque = type.func == nullptr;
    return type;
  }
  const std::vector<CoreExternType>* space = core_space(sort);
  if (space == nullptr) return invalid(offset, "core instances export no item of this sort");
  if (index >= space->size()) return out_of_bounds(to_string(sort), index, offset);
  return (*space)[index];
}

Result<void> ComponentValidator::add_core_type(CoreTypeDef type, uint64_t offset) {
  return append(scope().core_types, type, kMaxTypes, "core types", offset);
}

Result<void> ComponentValidator::add_core_module(const ModuleType* type, uint32_t module,
                                                 uint64_t offset) {
  define(DefinitionKind::kCoreModule, offset).index = module;
  return append(scope().core_modules, type, kMaxCoreModules, "core modules", offset);
}

Result<void> ComponentValidator::instantiate_core(uint32_t module,
                                                  std::vector<DecodedArgument> args,
                                                  uint64_t offset) {
  Scope& here = scope();
  if (module >= here.core_modules.size()) return out_of_bounds("module", module, offset);
  std::unordered_map<std::string_view, const ModuleType*> given;
  for (const DecodedArgument& arg : args) {
    if (arg.index >= here.core_instances.size()) {
      return out_of_bounds("core instance", arg.index, offset);
    }
    if (!given.emplace(arg.name, here.core_instances[arg.index]).second) {
      return invalid(offset, "duplicate module instantiation argument named " + quoted(arg.name));
    }
  }
  const ModuleType* type = here.core_modules[module];
  for (const CoreImport& import : type->imports) {
    auto found = given.find(import.module);
    if (found == given.end()) {
      return invalid(offset,
                     "missing module instantiation argument named " + quoted(import.module));
    }
    if (found->second->is_opaque) continue;
    const CoreExport* item = found->second->find_export(import.name);
    if (item == nullptr) {
      return invalid(offset, "module instantiation argument " + quoted(import.module) +
                                 " does not export an item named " + quoted(import.name));
    }
    std::string mismatch = core_mismatch(item->type, import.type);
    if (!mismatch.empty()) {
      return invalid(offset, "type mismatch for export " + quoted(import.name) +
                                 " of module instantiation argument " + quoted(import.module) +
                                 ": " + mismatch);
    }
  }
  Definition& definition = define(DefinitionKind::kCoreInstantiate, offset);
  definition.index = module;
  definition.arguments = builder_.arena().copy(args);
  return append(here.core_instances, type, kMaxInstances, "core instances", offset);
}

Result<void> ComponentValidator::add_core_exports(std::vector<DecodedArgument> exports,
                                                  uint64_t offset) {
  Scope& here = scope();
  std::vector<CoreExport> items;
  std::unordered_set<std::string_view> names;
  for (const DecodedArgument& item : exports) {
    if (!names.insert(item.name).second) {
      return invalid(offset, "export name " + quoted(item.name) + " already defined");
    }
    items.push_back({item.name, WISP_TRY(core_item(item.core_sort, item.index, offset))});
  }
  define(DefinitionKind::kCoreInlineExports, offset).arguments = builder_.arena().copy(exports);
  return append(here.core_instances, builder_.module({}, items), kMaxInstances, "core instances",
                offset);
}

// --- components and instances

Result<void> ComponentValidator::add_component(const DecodedComponent* component, uint64_t offset) {
  define(DefinitionKind::kComponent, offset).component = component;
  return append(scope().components, component->type, kMaxComponents, "components", offset);
}

Error ComponentValidator::mismatch(const std::string& what, const SubtypeChecker& checker,
                                   uint64_t offset) const {
  if (comparisons_left_ != 0) return invalid(offset, what + ": " + checker.reason());
  return Error(ErrorCode::kLimit, "the types of the component are too large to compare", offset);
}

Result<void> ComponentValidator::instantiate(uint32_t component, std::vector<DecodedArgument> args,
                                             uint64_t offset) {
  Scope& here = scope();
  if (component >= here.components.size()) return out_of_bounds("component", component, offset);
  if (args.size() > kMaxArguments) {
    return Error(ErrorCode::kLimit, "more than 100000 instantiation arguments", offset);
  }
  std::unordered_map<std::string_view, ExternType> given;
  for (DecodedArgument& arg : args) {
    ExternType type = WISP_TRY(item_type(arg, offset));
    arg.type = type.type;
    if (!given.emplace(arg.name, type).second) {
      return invalid(offset, "instantiation argument " + quoted(arg.name) +
                                 " conflicts with previous argument " + quoted(arg.name));
    }
  }
  const ComponentType* type = here.components[component];
  SubtypeChecker checker(&comparisons_left_);
  for (const ExternItem& import : type->imports) {
    auto found = given.find(import.name);
    if (found == given.end()) {
      return invalid(offset, "missing import named " + quoted(import.name));
    }
    if (!checker.fits(found->second, import.type)) {
      return mismatch("type mismatch for import " + quoted(import.name), checker, offset);
    }
  }
  Substitution substitution(builder_);
  checker.add_bindings_to(substitution);
  for (const ResourceType* resource : type->defined_resources) {
    substitution.replace_resource(resource, builder_.resource(resource->name));
  }
  std::vector<ExternItem> exports(type->exports.begin(), type->exports.end());
  for (ExternItem& item : exports) item.type = substitution.apply(item.type);
  const InstanceType* instance = builder_.instance(exports, {});
  if (instance == nullptr) return Error(ErrorCode::kLimit, builder_.why(), offset);

  Definition& definition = define(DefinitionKind::kInstantiate, offset);
  definition.index = component;
  definition.arguments = builder_.arena().copy(args);
  definition.type.sort = ExternSort::kInstance;
  definition.type.instance = instance;
  return append(here.instances, instance, kMaxInstances, "instances", offset);
}

Result<void> ComponentValidator::add_inline_exports(std::vector<DecodedArgument> exports,
                                                    std::span<const Attributes> attributes,
                                                    uint64_t offset) {
  ScopeNames names;
  std::vector<ExternItem> items;
  for (size_t i = 0; i < exports.size(); ++i) {
    ExternType type = WISP_TRY(item_type(exports[i], offset));
    exports[i].type = type.type;
    // No new names: what the instance exports are the nodes that were put in.
    WISP_TRY(add_name(names, Direction::kExport, exports[i].name, attributes[i], type, offset));
    items.push_back({exports[i].name, type});
  }
  const InstanceType* instance = builder_.instance(items, {});
  if (instance == nullptr) return Error(ErrorCode::kLimit, builder_.why(), offset);
  Definition& definition = define(DefinitionKind::kInlineExports, offset);
  definition.arguments = builder_.arena().copy(exports);
  definition.type.sort = ExternSort::kInstance;
  definition.type.instance = instance;
  return append(scope().instances, instance, kMaxInstances, "instances", offset);
}

}  // namespace wisp::component
