// ComponentFlattener: core modules and their instances.
#include <utility>

#include "component/load/component_flattener.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

constexpr size_t kMaxCoreInstances = 10'000;

}  // namespace

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
  return unsupported("core instance without " + quoted(name), offset);
}

// What `definition` gives for the imports of a module, in their order.
Result<std::vector<CoreDefinition>> ComponentFlattener::core_arguments(
    const Definition& definition, const ModuleReference& module, const Environment& env) {
  std::vector<CoreDefinition> given;
  std::unordered_map<std::string_view, uint32_t> by_name;
  auto give = [&](std::string_view module_name, std::string_view name) -> Result<void> {
    const uint32_t found = find_by_name(definition.arguments, by_name, module_name);
    if (found == kNoIndex) {
      return unsupported("missing argument " + quoted(module_name), definition.file_offset);
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
  if (component_.core_instances.size() >= kMaxCoreInstances) {
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
  instance.index = static_cast<uint32_t>(component_.core_instances.size());
  if (is_imported) {
    instance.module_type = module.imported->module.type;
  } else {
    instance.module = decoded_.modules[module.index].module.get();
  }
  component_.core_instances.push_back(std::move(instantiation));
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
