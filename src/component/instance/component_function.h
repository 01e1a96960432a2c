// ComponentFunction: a function that a component instance exports, as the host calls it.
//
// Here with dynamic values; typed_function.h calls with C++ values of known types. Every call runs
// on the store's guest stack as a whole, so that it costs one switch.
#pragma once

#include <optional>
#include <span>

#include "component/host/host_call.h"
#include "component/host/host_signature.h"
#include "component/instance/imported_function_call.h"
#include "component/instance/instance_state.h"
#include "component/model/component.h"
#include "component/type/types.h"
#include "platform/result.h"

namespace wisp::component {

class ComponentInstance;

class ComponentFunction {
 public:
  // `lifted` is null where the export is an import that is exported again.
  ComponentFunction(ComponentInstance& instance, LiftedFunction* lifted,
                    const ExportDefinition& definition);

  // Lowers the arguments, calls, lifts the result, runs post-return. Errors: kTrap and kExit (see
  // Store::last_trap()), kUsage where the arguments are not of the type.
  Result<std::optional<Value>> call(std::span<const Value> arguments);
  const FuncType& type() const { return *definition_.func_type; }
  const ExportDefinition& definition() const { return definition_; }

  // For typed calls. Error kUsage: the types differ; the message has both.
  Result<void> check_type(const HostSignature& signature) const;
  // Runs `body`, which enters the guest, on the guest's stack. A trap that it latches in `call`
  // becomes an error and poisons the store.
  Result<void> run(void (*body)(void*), void* environment, HostCall& call) {
    if (store_.is_poisoned()) [[unlikely]]
      return refuse(call);
    WISP_TRY(store_.run_on_guest_stack(body, environment));
    if (call.unwinding()) [[unlikely]]
      return fail(call);
    return {};
  }
  HostFunctionEnvironment& environment() { return environment_; }
  bool is_imported() const { return lifted_ == nullptr; }
  LiftedFunction& lifted() { return *lifted_; }
  ImportedCallee imported() const;

 private:
  std::optional<Value> call_now(CallState& call, std::span<const Value> arguments);
  Error refuse(CallState& call);
  Error fail(const CallState& call);

  jit::Store& store_;
  ComponentInstance& instance_;
  LiftedFunction* lifted_;
  const ExportDefinition& definition_;
  HostFunctionEnvironment environment_;  // of typed calls
};

}  // namespace wisp::component
