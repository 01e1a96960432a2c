#include "component/component_instance.h"

#include "component/adapter.h"
#include "component/component_builtins.h"
#include "component/component_call.h"
#include "component/export_search.h"
#include "component/host_binding.h"
#include "component/imported_function_call.h"
#include "component/interface_name.h"
#include "component/layout.h"

namespace wisp::component {
namespace {

jit::ExternKind extern_kind(CoreSort sort) {
  switch (sort) {
    case CoreSort::kTable:
      return jit::ExternKind::kTable;
    case CoreSort::kMemory:
      return jit::ExternKind::kMemory;
    case CoreSort::kGlobal:
      return jit::ExternKind::kGlobal;
    default:
      return jit::ExternKind::kFunc;
  }
}

}  // namespace

ComponentInstance::ComponentInstance(jit::Store& store, std::shared_ptr<const Component> component,
                                     std::shared_ptr<const ResolvedImports> imports,
                                     const HostLimits& limits)
    : store_(store),
      component_(std::move(component)),
      imports_(std::move(imports)),
      limits_(limits),
      handle_budget_{limits.max_resources},
      trampolines_(component_->trampolines().size()),
      lifts_(component_->lifts().size()) {
  for (const ComponentInstanceDefinition& definition : component_->component_instances()) {
    InstanceState* parent = definition.parent == kNoIndex ? nullptr : &states_[definition.parent];
    states_.emplace_back(parent, handle_budget_);
  }
  const std::span<const ResourceDefinition> resources = component_->resources();
  for (size_t i = 0; i < resources.size(); i++) {
    RuntimeResourceType& own = guest_resources_.emplace_back();
    const uint32_t instance = resources[i].component_instance;
    if (instance != kNoIndex) own.implementation = &states_[instance];
    resource_types_.push_back(instance != kNoIndex ? &own : imports_->resources[i]);
  }
}

ComponentInstance::~ComponentInstance() {
  // Parents and children may be in different tables.
  for (bool found = true; found;) {
    found = false;
    for (InstanceState& state : states_) found |= state.table.delete_childless_objects();
  }
}

Result<std::unique_ptr<ComponentInstance>> ComponentInstance::create(
    jit::Store& store, std::shared_ptr<const Component> component,
    std::shared_ptr<const ResolvedImports> imports, const HostLimits& limits) {
  std::unique_ptr<ComponentInstance> instance(
      new ComponentInstance(store, std::move(component), std::move(imports), limits));
  WISP_TRY(instance->instantiate());
  return instance;
}

Result<void> ComponentInstance::instantiate() {
  for (const uint32_t index : component_->first_trampolines()) complete(index);
  for (const CoreInstantiation& definition : component_->core_instances()) {
    core_instances_.push_back(WISP_TRY(instantiate_core(definition)));
    for (const uint32_t index : definition.completed_trampolines) complete(index);
    for (const LateImport& late : definition.late_imports) {
      core_instances_[late.core_instance]->set_imported_function(
          late.function, *resolve_function(late.definition));
    }
  }
  return {};
}

Result<jit::Instance*> ComponentInstance::instantiate_core(const CoreInstantiation& definition) {
  const bool is_imported = definition.source == ModuleSource::kImported;
  // The order of the imports of an imported module is its own affair.
  const std::vector<uint32_t>* order =
      is_imported ? &imports_->modules[definition.module].imports : nullptr;
  const size_t count = is_imported ? order->size() : definition.imports.size();
  const auto& compiled = is_imported ? imports_->modules[definition.module].compiled
                                     : component_->modules()[definition.module].compiled;
  std::vector<jit::Extern> imports;
  std::deque<jit::FuncRef> late;  // in the place of functions that are not there yet
  for (size_t i = 0; i < count; i++) {
    const CoreDefinition& import = definition.imports[is_imported ? (*order)[i] : i];
    if (import.sort == CoreSort::kTag) {
      return Error(ErrorCode::kUnsupported, "exception tags between core modules");
    }
    const bool is_late = import.kind == CoreDefinition::Kind::kExport &&
                         import.core_instance >= core_instances_.size();
    if (is_late) {
      const uint32_t type = std::get<uint32_t>(compiled->module().imports[i].type);
      imports.push_back(&late.emplace_back());
      late.back().signature = compiled->signature_ids()[type];
    } else {
      imports.push_back(resolve(import));
    }
  }
  return store_.instantiate(compiled, imports);
}

jit::Extern ComponentInstance::resolve(const CoreDefinition& definition) {
  if (definition.kind == CoreDefinition::Kind::kTrampoline) return trampoline(definition.index);
  const CoreInstantiation& provider = component_->core_instances()[definition.core_instance];
  const uint32_t index = provider.source == ModuleSource::kImported
                             ? imports_->modules[provider.module].exports[definition.index]
                             : definition.index;
  return core_instances_[definition.core_instance]->item(extern_kind(definition.sort), index);
}

jit::FuncRef* ComponentInstance::resolve_function(const CoreDefinition& definition) {
  if (!definition) return nullptr;
  return std::get<jit::FuncRef*>(resolve(definition));
}

void ComponentInstance::resolve_options(const CanonicalOptionsDefinition& definition,
                                        InstanceState& instance, ResolvedOptions& resolved) {
  resolved.options.encoding = definition.encoding;
  if (definition.memory) {
    resolved.options.memory = std::get<jit::Memory*>(resolve(definition.memory))->view();
  }
  if (definition.realloc) {
    const jit::FuncRef* realloc = resolve_function(definition.realloc);
    resolved.allocator = {&store_, realloc, &instance, store_.entry_trampoline(realloc->signature)};
    resolved.options.realloc = &GuestAllocator::reallocate;
    resolved.options.realloc_environment = &resolved.allocator;
  }
  resolved.post_return = resolve_function(definition.post_return);
}

const RuntimeResourceType* ComponentInstance::resource_type(uint32_t index) {
  const ResourceDefinition& definition = component_->resources()[index];
  RuntimeResourceType& own = guest_resources_[index];
  if (own.implementation != nullptr && own.destructor == nullptr) {
    own.destructor = resolve_function(definition.destructor);
  }
  return resource_types_[index];
}

namespace {

jit::HostCode builtin_code(TrampolineKind kind) {
  switch (kind) {
    case TrampolineKind::kResourceNew:
      return &resource_new;
    case TrampolineKind::kResourceDrop:
      return &resource_drop;
    case TrampolineKind::kResourceRep:
      return &resource_rep;
    case TrampolineKind::kContextGet:
      return &context_get;
    default:
      return &context_set;
  }
}

}  // namespace

jit::FuncRef* ComponentInstance::trampoline(uint32_t index) {
  MadeTrampoline& made = trampolines_[index];
  if (made.function != nullptr) return made.function;
  const Trampoline& definition = component_->trampolines()[index];
  jit::HostCode code;
  if (definition.kind != TrampolineKind::kLower) {
    made.environment = &builtins_.emplace_back();
    code = builtin_code(definition.kind);
  } else if (definition.callee.kind == FunctionDefinition::Kind::kLifted) {
    AdapterEnvironment& adapter = adapters_.emplace_back();
    made.environment = &adapter;
    if (const void* fused = component_->adapter_code(index); fused != nullptr) {
      made.function = store_.link_adapter(adapter, definition.signature, fused);
      return made.function;
    }
    code = &call_from_component;
  } else {
    made.environment = &host_environments_.emplace_back();
    code = imports_->functions[definition.callee.index].item->code;
  }
  made.function = store_.add_host_function_by_id(definition.signature, code, made.environment);
  return made.function;
}

void ComponentInstance::complete(uint32_t index) {
  trampoline(index);
  const Trampoline& definition = component_->trampolines()[index];
  void* environment = trampolines_[index].environment;
  if (definition.kind == TrampolineKind::kLower) {
    complete_lower(definition, environment);
  } else {
    complete_builtin(definition, *static_cast<BuiltinEnvironment*>(environment));
  }
}

void ComponentInstance::complete_lower(const Trampoline& definition, void* environment) {
  InstanceState& caller = states_[definition.component_instance];
  if (definition.callee.kind == FunctionDefinition::Kind::kLifted) {
    AdapterEnvironment& adapter = *static_cast<AdapterEnvironment*>(environment);
    adapter.target = lifted(definition.callee.index);
    adapter.plans = component_->adapter_plans().by_lift[definition.callee.index].get();
    adapter.caller = &caller;
    adapter.type = definition.type;
    const ValueList& params = adapter.target->params;
    adapter.param_slots = params.in_memory() ? 1 : params.flat_count;
    const InstanceState& callee = *adapter.target->instance;
    adapter.is_reentrant = caller.contains(callee) || callee.contains(caller);
    adapter.entered = entered_instances(&caller, adapter.target->instance);
    resolve_options(definition.options, caller, adapter.resolved);
    prepare_adapter(adapter);
    return;
  }
  const ResolvedImports::Function& function = imports_->functions[definition.callee.index];
  ResolvedOptions& resolved = host_options_.emplace_back();
  resolve_options(definition.options, caller, resolved);
  *static_cast<HostFunctionEnvironment*>(environment) = {&store_,          &caller.flags,
                                                         &caller.table,    resolved.options,
                                                         function.context, limits_.hostcall_fuel};
}

void ComponentInstance::complete_builtin(const Trampoline& definition,
                                         BuiltinEnvironment& environment) {
  environment.store = &store_;
  environment.instance = &states_[definition.component_instance];
  environment.context_slot = definition.context_slot;
  if (definition.resource == kNoIndex) return;
  environment.type = resource_type(definition.resource);
  if (environment.type->implementation != nullptr) {
    environment.entered = entered_instances(environment.instance, environment.type->implementation);
  }
}

LiftedFunction* ComponentInstance::lifted(uint32_t index) {
  if (lifts_[index] != nullptr) return lifts_[index].get();
  const Lift& definition = component_->lifts()[index];
  lifts_[index] = std::make_unique<LiftedFunction>();
  LiftedFunction& function = *lifts_[index];
  function.store = &store_;
  function.instance = &states_[definition.component_instance];
  function.core = resolve_function(definition.function);
  function.enter = store_.entry_trampoline(function.core->signature);
  function.type = definition.type;
  resolve_options(definition.options, *function.instance, function.resolved);
  function.resource_types = resource_types_.data();
  function.hostcall_fuel = limits_.hostcall_fuel;
  function.result.type = definition.type->result;
  function.params = make_value_list(definition.type->params, kMaxFlatParams);
  const size_t result_count = definition.type->result == nullptr ? 0 : 1;
  function.results = make_value_list({&function.result, result_count}, kMaxFlatResults);
  function.is_plain = function.params.is_plain && function.results.is_plain &&
                      function.resolved.post_return == nullptr;
  function.entered = entered_instances(nullptr, function.instance);
  return &function;
}

ImportedCallee ComponentInstance::imported_callee(uint32_t index) const {
  return {&store_, &imports_->functions[index], component_->imported_functions()[index].type,
          resource_types_.data(), &limits_};
}

// --- Exports

namespace {

void list_exports(std::span<const ExportDefinition> exports, const std::string& prefix,
                  std::vector<std::string>& names) {
  for (const ExportDefinition& each : exports) {
    if (each.sort == ExternSort::kFunc) names.push_back(prefix + std::string(each.name));
    if (each.sort == ExternSort::kInstance) {
      list_exports(each.exports, prefix + std::string(each.name) + "#", names);
    }
  }
}

}  // namespace

ComponentFunction* ComponentInstance::find_function(std::string_view interface,
                                                    std::string_view name) {
  std::span<const ExportDefinition> exports = component_->exports();
  if (!interface.empty()) {
    const ExportDefinition* instance = find_export(exports, ExternSort::kInstance, interface);
    if (instance == nullptr) return nullptr;
    exports = instance->exports;
  }
  const ExportDefinition* found = find_export(exports, ExternSort::kFunc, name);
  return found == nullptr ? nullptr : function_of(*found);
}

ComponentFunction* ComponentInstance::function_of(const ExportDefinition& definition) {
  for (const auto& function : functions_) {
    if (&function->definition() == &definition) return function.get();
  }
  LiftedFunction* lift = definition.function.kind == FunctionDefinition::Kind::kLifted
                             ? lifted(definition.function.index)
                             : nullptr;
  functions_.push_back(std::make_unique<ComponentFunction>(*this, lift, definition));
  return functions_.back().get();
}

std::vector<std::string> ComponentInstance::export_names() const {
  std::vector<std::string> names;
  list_exports(component_->exports(), "", names);
  return names;
}

}  // namespace wisp::component
