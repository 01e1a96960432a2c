#include "component/instance/component_instance.h"

#include <memory>

#include "component/abi/transfer.h"
#include "component/host/host_binding.h"
#include "component/instance/component_builtins.h"
#include "component/instance/component_call.h"
#include "component/instance/export_search.h"
#include "component/type/interface_name.h"
#include "component/type/layout.h"

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

template <class T>
std::span<T> make(const ComponentInstanceLayout::Part<T>& part, void* block) {
  const std::span<T> made = part.in(block);
  std::uninitialized_value_construct(made.begin(), made.end());
  return made;
}

}  // namespace

ComponentInstance::ComponentInstance(jit::Store& store,
                                     std::shared_ptr<const PreparedComponent> prepared)
    : store_(store),
      prepared_(std::move(prepared)),
      component_(*prepared_->component),
      imports_(prepared_->imports),
      handle_budget_{prepared_->limits.max_resources, &store.budget()} {
  const ComponentInstanceLayout& layout = prepared_->layout;
  core_instances_ = make(layout.core_instances, this);
  states_ = layout.states.in(this);
  for (size_t i = 0; i < states_.size(); i++) {
    const uint32_t index = component_.component_instances[i].parent;
    InstanceState* parent = index == kNoIndex ? nullptr : &states_[index];
    new (&states_[i]) InstanceState(parent, handle_budget_);
  }
  guest_resources_ = make(layout.guest_resources, this);
  resource_types_ = make(layout.resource_types, this);
  for (size_t i = 0; i < resource_types_.size(); i++) {
    const uint32_t instance = component_.resources[i].component_instance;
    if (instance != kNoIndex) guest_resources_[i].implementation = &states_[instance];
    resource_types_[i] = instance != kNoIndex ? &guest_resources_[i] : imports_.resources[i];
  }
  trampolines_ = make(layout.trampolines, this);
  host_trampolines_ = make(layout.host_trampolines, this);
  adapter_trampolines_ = make(layout.adapter_trampolines, this);
  builtin_trampolines_ = make(layout.builtin_trampolines, this);
  lifts_ = make(layout.lifts, this);
  functions_ = make(layout.functions, this);
  core_arguments_ = make(layout.core_arguments, this);
}

ComponentInstance::~ComponentInstance() {
  // Parents and children may be in different tables.
  for (bool found = true; found;) {
    found = false;
    for (InstanceState& state : states_) found |= state.table.delete_childless_objects();
  }
  std::destroy(adapter_trampolines_.begin(), adapter_trampolines_.end());
  std::destroy(states_.begin(), states_.end());
  store_.budget().give_back(prepared_->layout.size_bytes);
  static_assert(std::is_trivially_destructible_v<HostTrampoline> &&
                std::is_trivially_destructible_v<BuiltinTrampoline> &&
                std::is_trivially_destructible_v<LiftedFunction> &&
                std::is_trivially_destructible_v<ComponentFunction>);
}

Result<std::unique_ptr<ComponentInstance>> ComponentInstance::create(
    jit::Store& store, std::shared_ptr<const PreparedComponent> prepared) {
  if (store.is_poisoned()) {
    store.set_trap(jit::TrapCode::kHost, "cannot enter component instance");
    return Error(ErrorCode::kTrap, store.last_trap().message);
  }
  const size_t block_bytes = prepared->layout.size_bytes;
  if (!store.budget().take(block_bytes)) {
    return store.budget().refusal("an instance of a component", block_bytes);
  }
  // Tables of the store may get functions of the component, and outlive the instance.
  store.keep(prepared);
  std::unique_ptr<ComponentInstance> instance(new (block_bytes)
                                                  ComponentInstance(store, std::move(prepared)));
  Result<void> made = instance->instantiate();
  if (!made.has_value()) {
    const ErrorCode code = made.error().code();
    if (code == ErrorCode::kTrap || code == ErrorCode::kExit) store.poison();
    return std::move(made).error();
  }
  return instance;
}

Result<void> ComponentInstance::instantiate() {
  link_trampolines();
  for (const uint32_t index : component_.first_trampolines) complete(index);
  const std::span<const CoreInstantiation> definitions = component_.core_instances;
  for (size_t i = 0; i < definitions.size(); i++) {
    core_instances_[i] = WISP_TRY(instantiate_core(definitions[i]));
    for (const uint32_t index : definitions[i].completed_trampolines) complete(index);
    for (const LateImport& late : definitions[i].late_imports) {
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
      is_imported ? &imports_.modules[definition.module].imports : nullptr;
  const size_t count = is_imported ? order->size() : definition.imports.size();
  const auto& compiled = is_imported ? imports_.modules[definition.module].compiled
                                     : component_.modules[definition.module].compiled;
  for (size_t i = 0; i < count; i++) {
    const CoreDefinition& import = definition.imports[is_imported ? (*order)[i] : i];
    if (import.sort == CoreSort::kTag) {
      return Error(ErrorCode::kUnsupported, "exception tags between core modules");
    }
    const bool is_late = import.kind == CoreDefinition::Kind::kExport &&
                         core_instances_[import.core_instance] == nullptr;
    core_arguments_[i] = is_late ? static_cast<jit::FuncRef*>(nullptr) : resolve(import);
  }
  return store_.instantiate(compiled, core_arguments_.first(count));
}

jit::Extern ComponentInstance::resolve(const CoreDefinition& definition) {
  if (definition.kind == CoreDefinition::Kind::kTrampoline) return trampolines_[definition.index];
  const CoreInstantiation& provider = component_.core_instances[definition.core_instance];
  const uint32_t index = provider.source == ModuleSource::kImported
                             ? imports_.modules[provider.module].exports[definition.index]
                             : definition.index;
  return core_instances_[definition.core_instance]->item(extern_kind(definition.sort), index);
}

jit::FuncRef* ComponentInstance::resolve_function(const CoreDefinition& definition) {
  if (!definition) return nullptr;
  return std::get<jit::FuncRef*>(resolve(definition));
}

CanonicalOptions ComponentInstance::resolve_options(const CanonicalOptionsDefinition& definition,
                                                    InstanceState& instance,
                                                    GuestAllocator& allocator) {
  CanonicalOptions options;
  options.encoding = definition.encoding;
  if (definition.memory) {
    options.memory = std::get<jit::Memory*>(resolve(definition.memory))->view();
  }
  if (definition.realloc) {
    allocator = {&store_, resolve_function(definition.realloc), &instance,
                 component_.enter_realloc};
    options.realloc = &GuestAllocator::reallocate;
    options.realloc_environment = &allocator;
  }
  return options;
}

const RuntimeResourceType* ComponentInstance::resource_type(uint32_t index) {
  const ResourceDefinition& definition = component_.resources[index];
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

void ComponentInstance::link_trampolines() {
  const std::span<const Trampoline> definitions = component_.trampolines;
  for (uint32_t i = 0; i < definitions.size(); i++) {
    if (definitions[i].place != kNoIndex) trampolines_[i] = link_trampoline(i);
  }
}

jit::FuncRef* ComponentInstance::link_trampoline(uint32_t index) {
  const Trampoline& definition = component_.trampolines[index];
  const auto link = [&](auto& made, jit::HostCode code) {
    return store_.link_host_function(made.function, definition.signature, definition.exit, code,
                                     &made.environment);
  };
  switch (definition.callee_kind()) {
    case CalleeKind::kHost:
      return link(host_trampolines_[definition.place],
                  imports_.functions[definition.callee.index].item->code);
    case CalleeKind::kBuiltin:
      return link(builtin_trampolines_[definition.place], builtin_code(definition.kind));
    case CalleeKind::kLifted:
      break;
  }
  AdapterTrampoline& adapter = adapter_trampolines_[definition.place];
  if (const void* fused = component_.adapter_code(index); fused != nullptr) {
    return store_.link_adapter(adapter.environment, definition.signature, fused);
  }
  return link(adapter, &call_from_component);
}

void ComponentInstance::complete(uint32_t index) {
  const Trampoline& definition = component_.trampolines[index];
  switch (definition.callee_kind()) {
    case CalleeKind::kHost:
      return complete_host(definition, host_trampolines_[definition.place]);
    case CalleeKind::kLifted:
      return complete_adapter(definition, adapter_trampolines_[definition.place].environment);
    case CalleeKind::kBuiltin:
      return complete_builtin(definition, builtin_trampolines_[definition.place].environment);
  }
}

void ComponentInstance::complete_host(const Trampoline& definition, HostTrampoline& trampoline) {
  InstanceState& caller = states_[definition.component_instance];
  trampoline.environment = {&store_,
                            &caller.flags,
                            &caller.table,
                            resolve_options(definition.options, caller, trampoline.allocator),
                            imports_.functions[definition.callee.index].context,
                            prepared_->limits.hostcall_fuel};
}

void ComponentInstance::complete_adapter(const Trampoline& definition,
                                         AdapterEnvironment& adapter) {
  InstanceState& caller = states_[definition.component_instance];
  adapter.target = lifted(definition.callee.index);
  adapter.plans = component_.transfer_plans->by_lift[definition.callee.index].get();
  adapter.caller = &caller;
  adapter.type = definition.type;
  const ValueList& params = adapter.target->params;
  adapter.param_slots = params.in_memory() ? 1 : params.flat_count;
  const InstanceState& callee = *adapter.target->instance;
  adapter.is_reentrant = caller.contains(callee) || callee.contains(caller);
  adapter.entered = entered_instances(&caller, adapter.target->instance);
  adapter.resolved.options =
      resolve_options(definition.options, caller, adapter.resolved.allocator);
  prepare_adapter(adapter);
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
  LiftedFunction& function = lifts_[index];
  if (function.core != nullptr) return &function;
  const Lift& definition = component_.lifts[index];
  function.store = &store_;
  function.instance = &states_[definition.component_instance];
  function.core = resolve_function(definition.function);
  function.enter = definition.enter;
  function.resolved.options =
      resolve_options(definition.options, *function.instance, function.resolved.allocator);
  function.resolved.post_return = resolve_function(definition.options.post_return);
  function.resource_types = resource_types_.data();
  function.hostcall_fuel = prepared_->limits.hostcall_fuel;
  function.params = definition.params;
  function.results = definition.results;
  function.is_plain = function.params.is_plain && function.results.is_plain &&
                      function.resolved.post_return == nullptr;
  InstanceState* first = function.instance;
  while (component_.tests_root_only && first->parent() != nullptr) first = first->parent();
  function.entered = entered_instances(nullptr, first);
  return &function;
}

ImportedCallee ComponentInstance::imported_callee(uint32_t index) const {
  const ResolvedImports::Function& function = imports_.functions[index];
  return {&store_,
          function.item,
          function.context,
          component_.imported_functions[index].type,
          resource_types_.data(),
          prepared_->limits.max_resources,
          prepared_->limits.hostcall_fuel};
}

const std::shared_ptr<const jit::CompiledModule>& ComponentInstance::module(
    const ExportDefinition& exported) const {
  return exported.module_source == ModuleSource::kImported
             ? imports_.modules[exported.module].compiled
             : component_.modules[exported.module].compiled;
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
  std::span<const ExportDefinition> exports = component_.exports;
  if (!interface.empty()) {
    const ExportDefinition* instance = find_export(exports, ExternSort::kInstance, interface);
    if (instance == nullptr) return nullptr;
    exports = instance->exports;
  }
  const ExportDefinition* found = find_export(exports, ExternSort::kFunc, name);
  return found == nullptr ? nullptr : function_of(*found);
}

ComponentFunction* ComponentInstance::function_of(const ExportDefinition& definition) {
  std::optional<ComponentFunction>& function = functions_[definition.place];
  if (!function.has_value()) {
    LiftedFunction* lift = definition.function.kind == FunctionDefinition::Kind::kLifted
                               ? lifted(definition.function.index)
                               : nullptr;
    function.emplace(*this, lift, definition);
  }
  return &*function;
}

std::vector<std::string> ComponentInstance::export_names() const {
  std::vector<std::string> names;
  list_exports(component_.exports, "", names);
  return names;
}

}  // namespace wisp::component
