// ComponentFlattener: lifts, lowers, built-ins and resource types.
#include <utility>

#include "component/load/component_flattener.h"
#include "component/type/interface_name.h"

namespace wisp::component {

namespace {

constexpr size_t kMaxTrampolines = 100'000;

}  // namespace

FunctionDefinition ComponentFlattener::use(Function& function) {
  if (function.imported == nullptr) return function.definition;
  ImportedFunctionSlot& slot = *function.imported;
  if (slot.index == kNoIndex) {
    slot.index = static_cast<uint32_t>(component_.imported_functions.size());
    component_.imported_functions.push_back(slot.function);
  }
  return {FunctionDefinition::Kind::kImported, slot.index};
}

uint32_t ComponentFlattener::use(const ModuleReference& module) {
  if (module.imported == nullptr) return module.index;
  ImportedModuleSlot& slot = *module.imported;
  if (slot.index == kNoIndex) {
    slot.index = static_cast<uint32_t>(component_.imported_modules.size());
    component_.imported_modules.push_back(slot.module);
  }
  return slot.index;
}

const FuncType* ComponentFlattener::type_of(const FunctionDefinition& function) const {
  return function.kind == FunctionDefinition::Kind::kImported
             ? component_.imported_functions[function.index].type
             : component_.lifts[function.index].type;
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
  definition.index = static_cast<uint32_t>(component_.trampolines.size());
  component_.trampolines.push_back(std::move(trampoline));
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
                         static_cast<uint32_t>(component_.lifts.size())};
  component_.lifts.push_back(std::move(lift));
  env.funcs.push_back(function);
}

Result<void> ComponentFlattener::run_lower(const Definition& definition, Environment& env) {
  if (component_.trampolines.size() >= kMaxTrampolines) {
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
  type->index = static_cast<uint32_t>(component_.resources.size());
  component_.resources.push_back(std::move(definition));
  return type;
}

const ResourceType* ComponentFlattener::host_resource(uint32_t import,
                                                      const std::vector<std::string_view>& path) {
  const std::string_view name = component_.imports[import].name;
  const InterfaceName interface = InterfaceName::parse(name);
  std::string key(interface.base);
  if (interface.has_track) {
    key += "@" + std::to_string(interface.numbers[0]);
    if (interface.numbers[0] == 0) key += "." + std::to_string(interface.numbers[1]);
  } else {
    key = name;
  }
  for (const std::string_view part : path) key += "#" + std::string(part);
  const ResourceType*& known = host_resources_[key];
  if (known == nullptr) {
    ResourceDefinition definition;
    definition.name = path.empty() ? name : path.back();
    definition.import = import;
    definition.path = path;
    known = add_resource(std::move(definition));
  }
  return known;
}

void ComponentFlattener::run_resource(const Definition& definition, Environment& env) {
  ResourceDefinition made;
  made.name = definition.resource->name;
  made.component_instance = env.index;
  if (definition.index != kNoIndex) made.destructor = env.core_funcs[definition.index];
  env.types.replace_resource(definition.resource, add_resource(std::move(made)));
}

}  // namespace wisp::component
