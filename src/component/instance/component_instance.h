// ComponentInstance: a running component. Finds exports; component_function.h calls them.
//
// What the component is made of was laid out flat when it was loaded (component.h), and so was the
// instance when it was prepared (component_instance_layout.h): making one is one allocation and one
// walk over the lists, in definition order. A trap or an exit leaves the guest in the middle of
// something, so it poisons the store: every later call answers `cannot enter component instance`.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/instance/component_function.h"
#include "component/instance/instance_state.h"
#include "component/instance/prepared_component.h"
#include "component/model/component.h"
#include "component/type/types.h"
#include "platform/result.h"

namespace wisp::component {

class ComponentInstance {
 public:
  // Runs the start functions. `store` and the contexts of what is imported outlive the instance.
  // Errors: kTrap and kExit, which poison the store; kTrap where it is poisoned; kLink, kLimit.
  static Result<std::unique_ptr<ComponentInstance>> create(
      jit::Store& store, std::shared_ptr<const PreparedComponent> prepared);
  ~ComponentInstance();
  ComponentInstance(const ComponentInstance&) = delete;
  ComponentInstance& operator=(const ComponentInstance&) = delete;

  // A function exported at the root (`interface` is empty), or by the exported instance `interface`
  // ("wasi:cli/run@0.2.0": any 0.2.x matches; without a version: any). Null where there is none.
  ComponentFunction* find_function(std::string_view interface, std::string_view name);
  // "run" and "wasi:cli/run@0.2.0#run" for every exported function, for messages.
  std::vector<std::string> export_names() const;

  jit::Store& store() { return store_; }
  // By resource index. Fills in the destructor, which is known once there is an instance.
  const RuntimeResourceType* resource_type(uint32_t index);
  const Component& component() const { return component_; }
  // As ResourceType::index.
  std::span<const RuntimeResourceType* const> resource_types() const { return resource_types_; }
  // What a call of a function of the host needs, by its index in imported_functions().
  ImportedCallee imported_callee(uint32_t index) const;
  // The module that an export of that sort stands for.
  const std::shared_ptr<const jit::CompiledModule>& module(const ExportDefinition& exported) const;

  static void* operator new(size_t, size_t block_bytes) { return ::operator new(block_bytes); }
  static void operator delete(void* block) { ::operator delete(block); }

 private:
  ComponentInstance(jit::Store& store, std::shared_ptr<const PreparedComponent> prepared);
  Result<void> instantiate();
  Result<jit::Instance*> instantiate_core(const CoreInstantiation& definition);
  jit::Extern resolve(const CoreDefinition& definition);
  jit::FuncRef* resolve_function(const CoreDefinition& definition);
  CanonicalOptions resolve_options(const CanonicalOptionsDefinition& definition,
                                   InstanceState& instance, GuestAllocator& allocator);
  // Makes all functions of trampolines; one may be called once it is completed, which is when
  // everything is there that its environment refers to.
  void link_trampolines();
  jit::FuncRef* link_trampoline(uint32_t index);
  void complete(uint32_t trampoline);
  void complete_host(const Trampoline& definition, HostTrampoline& trampoline);
  void complete_adapter(const Trampoline& definition, AdapterEnvironment& adapter);
  void complete_builtin(const Trampoline& definition, BuiltinEnvironment& environment);
  LiftedFunction* lifted(uint32_t index);
  ComponentFunction* function_of(const ExportDefinition& definition);

  jit::Store& store_;
  std::shared_ptr<const PreparedComponent> prepared_;
  const Component& component_;
  const ResolvedImports& imports_;
  HandleBudget handle_budget_;

  // Parts of the block; ComponentInstanceLayout says by what they are indexed.
  std::span<jit::Instance*> core_instances_;  // null: not there yet
  std::span<InstanceState> states_;
  std::span<RuntimeResourceType> guest_resources_;
  std::span<const RuntimeResourceType*> resource_types_;
  std::span<jit::FuncRef*> trampolines_;
  std::span<HostTrampoline> host_trampolines_;
  std::span<AdapterTrampoline> adapter_trampolines_;
  std::span<BuiltinTrampoline> builtin_trampolines_;
  std::span<LiftedFunction> lifts_;                        // without `core`: not asked for yet
  std::span<std::optional<ComponentFunction>> functions_;  // likewise
  std::span<jit::Extern> core_arguments_;  // of the core instance that is being made
};

}  // namespace wisp::component
