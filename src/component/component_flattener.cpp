#include "component/component_flattener.h"

#include <utility>

namespace wisp::component {

namespace {

// A component may instantiate another any number of times, which may do the same: what comes out
// is exponential in the nesting.
constexpr size_t kMaxComponentInstances = 10'000;
constexpr size_t kMaxCoreInstances = 10'000;
constexpr size_t kMaxTrampolines = 100'000;
constexpr size_t kMaxDefinitions = 2'000'000;  // with their arguments and what they bind
// Each instance has copies of the types that mention its resources.
constexpr size_t kMaxTypeBytes = 128 * 1024 * 1024;

Error unsupported(std::string message, uint64_t offset) {
  return Error(ErrorCode::kUnsupported, std::move(message), offset);
}

// The position of `name` in `items`, or kNoIndex. Few are searched one by one.
template <class Items>
uint32_t find_by_name(const Items& items, std::unordered_map<std::string_view, uint32_t>& by_name,
                      std::string_view name) {
  constexpr size_t kFew = 16;
  if (items.size() <= kFew) {
    for (uint32_t i = 0; i < items.size(); ++i) {
      if (items[i].name == name) return i;
    }
    return kNoIndex;
  }
  if (by_name.empty()) {
    for (uint32_t i = 0; i < items.size(); ++i) by_name.emplace(items[i].name, i);
  }
  auto found = by_name.find(name);
  return found == by_name.end() ? kNoIndex : found->second;
}

}  // namespace

struct ComponentFlattener::ImportedFunctionSlot {
  ImportedFunction function;
  uint32_t index = kNoIndex;
};

struct ComponentFlattener::ImportedModuleSlot {
  ImportedModule module;
  uint32_t index = kNoIndex;
};

const ComponentFlattener::Item* ComponentFlattener::Instance::find(std::string_view name) const {
  const uint32_t index = find_by_name(items, by_name, name);
  return index == kNoIndex ? nullptr : &items[index];
}

ComponentFlattener::ComponentFlattener(const Decoded& decoded, Component& component)
    : decoded_(decoded), component_(component), builder_(component.arena_) {}
ComponentFlattener::~ComponentFlattener() = default;

Result<void> ComponentFlattener::flatten() {
  for (const DecodedModule& module : decoded_.modules) {
    component_.modules_.push_back({module.bytes, module.file_offset, nullptr});
  }
  const Instance* root = WISP_TRY(instantiate({decoded_.root, nullptr}, kNoIndex, nullptr));
  for (const Item& item : root->items) component_.exports_.push_back(export_of(item));
  return {};
}

Result<const ComponentFlattener::Instance*> ComponentFlattener::instantiate(
    const ComponentClosure& closure, uint32_t parent, const Arguments* arguments) {
  if (closure.component == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "instantiating a component that the host gives: not in this version");
  }
  if (component_.component_instances_.size() >= kMaxComponentInstances) {
    return Error(ErrorCode::kLimit, "more than 10000 component instances");
  }
  uint32_t index = static_cast<uint32_t>(component_.component_instances_.size());
  component_.component_instances_.push_back({parent});
  Environment& env = environments_.emplace_back(builder_, index);
  env.parent = closure.parent;
  Instance& exports = instances_.emplace_back();
  for (const Definition& definition : closure.component->definitions) {
    WISP_TRY(run(definition, env, arguments, exports));
  }
  return &exports;
}

Result<void> ComponentFlattener::run(const Definition& definition, Environment& env,
                                     const Arguments* arguments, Instance& exports) {
  definitions_run_ += 1 + definition.arguments.size();
  if (definitions_run_ > kMaxDefinitions) {
    return Error(ErrorCode::kLimit, "more than 2000000 definitions in all instances",
                 definition.file_offset);
  }
  if (component_.arena_.size_bytes() > kMaxTypeBytes) {
    return Error(ErrorCode::kLimit, "the types of all instances take more than 128 MiB",
                 definition.file_offset);
  }
  switch (definition.kind) {
    case DefinitionKind::kCoreModule:
      env.modules.push_back({definition.index, nullptr});
      return {};
    case DefinitionKind::kCoreInstantiate:
      return run_core_instantiate(definition, env);
    case DefinitionKind::kCoreInlineExports:
      return run_core_exports(definition, env);
    case DefinitionKind::kComponent:
      env.components.push_back({definition.component, &env});
      return {};
    case DefinitionKind::kInstantiate:
      return run_instantiate(definition, env);
    case DefinitionKind::kInlineExports: {
      Instance& instance = instances_.emplace_back();
      for (const DecodedArgument& argument : definition.arguments) {
        instance.items.push_back(item_of(argument, env));
      }
      Item item;
      item.sort = ExternSort::kInstance;
      item.instance = &instance;
      bind(definition.type, item, env);
      env.instances.push_back(&instance);
      return {};
    }
    case DefinitionKind::kAliasExport: {
      const Item* item = env.instances[definition.index]->find(definition.name);
      if (item == nullptr) {
        return unsupported(
            "alias of `" + std::string(definition.name) + "`, which the instance does not have",
            definition.file_offset);
      }
      push(*item, env);
      return {};
    }
    case DefinitionKind::kAliasCoreExport:
      return run_alias_core_export(definition, env);
    case DefinitionKind::kAliasOuter: {
      const Environment* outer = &env;
      for (uint32_t i = 0; i < definition.outer_count; ++i) outer = outer->parent;
      if (definition.sort == ExternSort::kModule) {
        env.modules.push_back(outer->modules[definition.index]);
      } else {
        env.components.push_back(outer->components[definition.index]);
      }
      return {};
    }
    case DefinitionKind::kResource:
      run_resource(definition, env);
      return {};
    case DefinitionKind::kLift:
      run_lift(definition, env);
      return {};
    case DefinitionKind::kLower:
      return run_lower(definition, env);
    case DefinitionKind::kResourceBuiltin:
    case DefinitionKind::kContextBuiltin:
      run_builtin(definition, env);
      return {};
    case DefinitionKind::kImport:
      return run_import(definition, env, arguments);
    case DefinitionKind::kExport:
      run_export(definition, env, exports);
      return {};
  }
  return {};
}

// --- items

ComponentFlattener::Item ComponentFlattener::item_of(const DecodedArgument& argument,
                                                     Environment& env) const {
  Item item;
  item.name = argument.name;
  item.sort = argument.sort;
  switch (argument.sort) {
    case ExternSort::kModule:
      item.module = env.modules[argument.index];
      break;
    case ExternSort::kFunc:
      item.function = env.funcs[argument.index];
      break;
    case ExternSort::kType:
      item.type = env.types.apply(argument.type);
      if (item.type.kind == TypeDefKind::kResource) item.resource = item.type.resource;
      break;
    case ExternSort::kComponent:
      item.component = env.components[argument.index];
      break;
    case ExternSort::kInstance:
      item.instance = env.instances[argument.index];
      break;
    case ExternSort::kValue:
      break;
  }
  return item;
}

void ComponentFlattener::push(const Item& item, Environment& env) const {
  switch (item.sort) {
    case ExternSort::kModule:
      env.modules.push_back(item.module);
      break;
    case ExternSort::kFunc:
      env.funcs.push_back(item.function);
      break;
    case ExternSort::kComponent:
      env.components.push_back(item.component);
      break;
    case ExternSort::kInstance:
      env.instances.push_back(item.instance);
      break;
    case ExternSort::kType:
    case ExternSort::kValue:
      break;
  }
}

// Binds the resource types that `type` introduces in the component of `env` to those of `item`.
void ComponentFlattener::bind(const ExternType& type, const Item& item, Environment& env) {
  if (type.sort == ExternSort::kType && type.type.kind == TypeDefKind::kResource) {
    if (item.resource != nullptr) {
      env.types.replace_resource(type.type.resource->identity, item.resource);
    }
    return;
  }
  if (type.sort != ExternSort::kInstance || !type.instance->traits.has_resource) return;
  definitions_run_ += type.instance->exports.size();
  for (const ExternItem& wanted : type.instance->exports) {
    const Item* given = item.instance->find(wanted.name);
    if (given != nullptr) bind(wanted.type, *given, env);
  }
}

// --- imports and exports

Result<ComponentFlattener::Item> ComponentFlattener::imported_item(
    const ExternType& type, uint32_t import, const std::vector<std::string_view>& path,
    Environment& env) {
  Item item;
  item.sort = type.sort;
  switch (type.sort) {
    case ExternSort::kComponent:
      break;  // refused where one is instantiated
    case ExternSort::kValue:
      break;
    case ExternSort::kModule: {
      ImportedModuleSlot& slot = imported_modules_.emplace_back();
      slot.module = {import, path, type.module};
      item.module.imported = &slot;
      break;
    }
    case ExternSort::kFunc: {
      ImportedFunctionSlot& slot = imported_functions_.emplace_back();
      slot.function = {import, path, env.types.apply(type.func)};
      item.function.imported = &slot;
      break;
    }
    case ExternSort::kType:
      if (type.type.kind == TypeDefKind::kResource && type.bound == TypeBound::kSubResource) {
        ResourceDefinition definition;
        definition.name = path.empty() ? component_.imports_[import].name : path.back();
        definition.import = import;
        definition.path = path;
        item.resource = add_resource(std::move(definition));
        env.types.replace_resource(type.type.resource->identity, item.resource);
      }
      item.type = env.types.apply(type.type);
      if (item.type.kind == TypeDefKind::kResource) item.resource = item.type.resource;
      break;
    case ExternSort::kInstance: {
      Instance& instance = instances_.emplace_back();
      instance.items.reserve(type.instance->exports.size());
      for (const ExternItem& wanted : type.instance->exports) {
        std::vector<std::string_view> longer = path;
        longer.push_back(wanted.name);
        Item made = WISP_TRY(imported_item(wanted.type, import, longer, env));
        made.name = wanted.name;
        instance.items.push_back(std::move(made));
      }
      item.instance = &instance;
      break;
    }
  }
  return item;
}

Result<void> ComponentFlattener::run_import(const Definition& definition, Environment& env,
                                            const Arguments* arguments) {
  if (arguments == nullptr) {
    uint32_t import = static_cast<uint32_t>(component_.imports_.size());
    component_.imports_.push_back({definition.name, definition.type, definition.file_offset});
    Item item = WISP_TRY(imported_item(definition.type, import, {}, env));
    component_.imports_[import].type = env.types.apply(definition.type);
    push(item, env);
    return {};
  }
  const Item* found = arguments->find(definition.name);
  if (found == nullptr) {
    return unsupported("missing argument `" + std::string(definition.name) + "`",
                       definition.file_offset);
  }
  bind(definition.type, *found, env);
  push(*found, env);
  return {};
}

void ComponentFlattener::run_export(const Definition& definition, Environment& env,
                                    Instance& exports) {
  DecodedArgument argument;
  argument.name = definition.name;
  argument.sort = definition.sort;
  argument.index = definition.index;
  argument.type = definition.type_value;
  Item item = item_of(argument, env);
  bind(definition.type, item, env);
  push(item, env);
  exports.items.push_back(std::move(item));
}

Result<void> ComponentFlattener::run_instantiate(const Definition& definition, Environment& env) {
  Arguments arguments;
  arguments.items.reserve(definition.arguments.size());
  for (const DecodedArgument& argument : definition.arguments) {
    arguments.items.push_back(item_of(argument, env));
  }
  ComponentClosure closure = env.components[definition.index];
  const Instance* instance = WISP_TRY(instantiate(closure, env.index, &arguments));
  Item item;
  item.sort = ExternSort::kInstance;
  item.instance = instance;
  bind(definition.type, item, env);
  env.instances.push_back(instance);
  return {};
}

ExportDefinition ComponentFlattener::export_of(const Item& item) {
  ExportDefinition definition;
  definition.name = item.name;
  definition.sort = item.sort;
  definition.module = item.module.index;
  definition.type = item.type;
  if (item.sort == ExternSort::kFunc) {
    Function function = item.function;
    definition.function = use(function);
    definition.func_type = type_of(definition.function);
  }
  if (item.sort == ExternSort::kInstance) {
    for (const Item& nested : item.instance->items) {
      definition.exports.push_back(export_of(nested));
    }
  }
  return definition;
}

// --- functions

FunctionDefinition ComponentFlattener::use(Function& function) {
  if (function.imported == nullptr) return function.definition;
  ImportedFunctionSlot& slot = *function.imported;
  if (slot.index == kNoIndex) {
    slot.index = static_cast<uint32_t>(component_.imported_functions_.size());
    component_.imported_functions_.push_back(slot.function);
  }
  return {FunctionDefinition::Kind::kImported, slot.index};
}

uint32_t ComponentFlattener::use(const ModuleReference& module) {
  if (module.imported == nullptr) return module.index;
  ImportedModuleSlot& slot = *module.imported;
  if (slot.index == kNoIndex) {
    slot.index = static_cast<uint32_t>(component_.imported_modules_.size());
    component_.imported_modules_.push_back(slot.module);
  }
  return slot.index;
}

const FuncType* ComponentFlattener::type_of(const FunctionDefinition& function) const {
  return function.kind == FunctionDefinition::Kind::kImported
             ? component_.imported_functions_[function.index].type
             : component_.lifts_[function.index].type;
}

CanonicalOptionsDefinition ComponentFlattener::options(const DecodedOptions& decoded,
                                                       const Environment& env) const {
  CanonicalOptionsDefinition made;
  made.encoding = decoded.encoding;
  if (decoded.memory != kNoIndex) made.memory = env.core_memories[decoded.memory];
  if (decoded.realloc != kNoIndex) made.realloc = env.core_funcs[decoded.realloc];
  if (decoded.post_return != kNoIndex) made.post_return = env.core_funcs[decoded.post_return];
  return made;
}

CoreDefinition ComponentFlattener::add_trampoline(Trampoline trampoline) {
  CoreDefinition definition;
  definition.kind = CoreDefinition::Kind::kTrampoline;
  definition.index = static_cast<uint32_t>(component_.trampolines_.size());
  component_.trampolines_.push_back(std::move(trampoline));
  return definition;
}

void ComponentFlattener::run_lift(const Definition& definition, Environment& env) {
  Lift lift;
  lift.component_instance = env.index;
  lift.function = env.core_funcs[definition.index];
  lift.type = env.types.apply(definition.func_type);
  lift.options = options(definition.options, env);
  Function function;
  function.definition = {FunctionDefinition::Kind::kLifted,
                         static_cast<uint32_t>(component_.lifts_.size())};
  component_.lifts_.push_back(std::move(lift));
  env.funcs.push_back(function);
}

Result<void> ComponentFlattener::run_lower(const Definition& definition, Environment& env) {
  if (component_.trampolines_.size() >= kMaxTrampolines) {
    return Error(ErrorCode::kLimit, "more than 100000 lowered functions", definition.file_offset);
  }
  Trampoline trampoline;
  trampoline.kind = TrampolineKind::kLower;
  trampoline.component_instance = env.index;
  trampoline.core_type = definition.core_type;
  trampoline.callee = use(env.funcs[definition.index]);
  trampoline.type = env.types.apply(definition.func_type);
  trampoline.options = options(definition.options, env);
  env.core_funcs.push_back(add_trampoline(std::move(trampoline)));
  return {};
}

void ComponentFlattener::run_builtin(const Definition& definition, Environment& env) {
  Trampoline trampoline;
  trampoline.kind = definition.builtin;
  trampoline.component_instance = env.index;
  trampoline.core_type = definition.core_type;
  if (definition.kind == DefinitionKind::kResourceBuiltin) {
    trampoline.resource = env.types.apply(definition.resource)->index;
  } else {
    trampoline.context_slot = definition.index;
  }
  env.core_funcs.push_back(add_trampoline(std::move(trampoline)));
}

// --- resource types

const ResourceType* ComponentFlattener::add_resource(ResourceDefinition definition) {
  ResourceType* type = builder_.arena().make<ResourceType>();
  type->identity = type;
  type->name = definition.name;
  type->index = static_cast<uint32_t>(component_.resources_.size());
  component_.resources_.push_back(std::move(definition));
  return type;
}

void ComponentFlattener::run_resource(const Definition& definition, Environment& env) {
  ResourceDefinition made;
  made.name = definition.resource->name;
  made.component_instance = env.index;
  if (definition.index != kNoIndex) made.destructor = env.core_funcs[definition.index];
  env.types.replace_resource(definition.resource, add_resource(std::move(made)));
}

// --- core instances

Result<CoreDefinition> ComponentFlattener::core_export(const CoreInstance& instance,
                                                       std::string_view name,
                                                       uint64_t offset) const {
  CoreDefinition definition;
  definition.kind = CoreDefinition::Kind::kExport;
  definition.core_instance = instance.index;
  uint32_t found;
  if (instance.module != nullptr) {
    found = find_by_name(instance.module->exports, instance.by_name, name);
    if (found != kNoIndex) {
      const jit::Export& item = instance.module->exports[found];
      definition.sort = static_cast<CoreSort>(item.kind);
      definition.index = item.index;
      return definition;
    }
  } else if (instance.module_type != nullptr) {
    found = find_by_name(instance.module_type->exports, instance.by_name, name);
    if (found != kNoIndex) {
      definition.sort = instance.module_type->exports[found].type.sort;
      definition.index = found;
      return definition;
    }
  } else {
    found = find_by_name(instance.items, instance.by_name, name);
    if (found != kNoIndex) return instance.items[found].definition;
  }
  return unsupported("core instance without `" + std::string(name) + "`", offset);
}

// What `definition` gives for the imports of a module, in their order.
Result<std::vector<CoreDefinition>> ComponentFlattener::core_arguments(
    const Definition& definition, const ModuleReference& module, const Environment& env) {
  std::vector<CoreDefinition> given;
  std::unordered_map<std::string_view, uint32_t> by_name;
  auto give = [&](std::string_view module_name, std::string_view name) -> Result<void> {
    const uint32_t found = find_by_name(definition.arguments, by_name, module_name);
    if (found == kNoIndex) {
      return unsupported("missing argument `" + std::string(module_name) + "`",
                         definition.file_offset);
    }
    const CoreInstance& instance = *env.core_instances[definition.arguments[found].index];
    given.push_back(WISP_TRY(core_export(instance, name, definition.file_offset)));
    return {};
  };
  if (module.imported != nullptr) {
    for (const CoreImport& import : module.imported->module.type->imports) {
      WISP_TRY(give(import.module, import.name));
    }
  } else {
    const jit::Module& decoded = *decoded_.modules[module.index].module;
    given.reserve(decoded.imports.size());
    for (const jit::Import& import : decoded.imports) WISP_TRY(give(import.module, import.name));
  }
  definitions_run_ += given.size();
  return given;
}

Result<void> ComponentFlattener::run_core_instantiate(const Definition& definition,
                                                      Environment& env) {
  if (component_.core_instances_.size() >= kMaxCoreInstances) {
    return Error(ErrorCode::kLimit, "more than 10000 core instances", definition.file_offset);
  }
  const ModuleReference& module = env.modules[definition.index];
  const bool is_imported = module.imported != nullptr;
  CoreInstantiation instantiation;
  instantiation.component_instance = env.index;
  instantiation.source = is_imported ? ModuleSource::kImported : ModuleSource::kOwn;
  instantiation.module = use(module);
  instantiation.imports = WISP_TRY(core_arguments(definition, module, env));
  CoreInstance& instance = core_instances_.emplace_back();
  instance.index = static_cast<uint32_t>(component_.core_instances_.size());
  if (is_imported) {
    instance.module_type = module.imported->module.type;
  } else {
    instance.module = decoded_.modules[module.index].module.get();
  }
  component_.core_instances_.push_back(std::move(instantiation));
  env.core_instances.push_back(&instance);
  return {};
}

Result<void> ComponentFlattener::run_core_exports(const Definition& definition, Environment& env) {
  CoreInstance& instance = core_instances_.emplace_back();
  for (const DecodedArgument& argument : definition.arguments) {
    CoreItem item{argument.name, {}};
    switch (argument.core_sort) {
      case CoreSort::kFunc:
        item.definition = env.core_funcs[argument.index];
        break;
      case CoreSort::kTable:
        item.definition = env.core_tables[argument.index];
        break;
      case CoreSort::kMemory:
        item.definition = env.core_memories[argument.index];
        break;
      case CoreSort::kGlobal:
        item.definition = env.core_globals[argument.index];
        break;
      default:
        item.definition = env.core_tags[argument.index];
        break;
    }
    instance.items.push_back(item);
  }
  env.core_instances.push_back(&instance);
  return {};
}

Result<void> ComponentFlattener::run_alias_core_export(const Definition& definition,
                                                       Environment& env) {
  CoreDefinition item = WISP_TRY(
      core_export(*env.core_instances[definition.index], definition.name, definition.file_offset));
  switch (definition.core_sort) {
    case CoreSort::kFunc:
      env.core_funcs.push_back(item);
      break;
    case CoreSort::kTable:
      env.core_tables.push_back(item);
      break;
    case CoreSort::kMemory:
      env.core_memories.push_back(item);
      break;
    case CoreSort::kGlobal:
      env.core_globals.push_back(item);
      break;
    default:
      env.core_tags.push_back(item);
      break;
  }
  return {};
}

}  // namespace wisp::component
