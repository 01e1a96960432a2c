// Calls of lifted functions: from the host with dynamic values, and from other component instances.
//
// CanonicalABI.md, `canon lift` and `canon lower`. The steps of a call:
//   1. the caller may leave, the callee and what contains it may be entered
//   2. the arguments go from the caller's memory to the callee's
//   3. the core function runs
//   4. the callee gave back every borrow, the results go the other way
//   5. post-return, with the flat results
// Between guests, steps 1, 3 and 5 are machine code (compiler/adapters.h) where adapter_shape.h
// says so; then prepare_adapter() and its hooks are the rest. A trap leaves nothing in the
// instances that a later call, which is refused, could see.
#pragma once

#include <optional>
#include <span>
#include <utility>

#include "component/instance/instance_state.h"

namespace wisp::component {

// Marks the instances that a call enters while it lasts, and gives the callee fresh context slots.
// Latches a trap where one of them may not be entered.
class CallEntry {
 public:
  CallEntry(CallState& call, InstanceState& callee, const EnteredInstances& instances)
      : callee_(callee), instances_(instances) {
    for (const InstanceState* at = instances.first; at != instances.end; at = at->parent()) {
      if (at->flags.may_enter) continue;
      call.trap("cannot enter component instance");
      return;
    }
    set_may_enter(false);
    outer_context_ = std::exchange(callee.context, {});
    entered_ = true;
  }
  ~CallEntry() {
    if (!entered_) return;
    callee_.context = outer_context_;
    set_may_enter(true);
  }
  CallEntry(const CallEntry&) = delete;
  CallEntry& operator=(const CallEntry&) = delete;

 private:
  void set_may_enter(bool value) {
    for (InstanceState* at = instances_.first; at != instances_.end; at = at->parent()) {
      at->flags.may_enter = value;
    }
  }

  InstanceState& callee_;
  const EnteredInstances& instances_;
  std::array<uint32_t, kContextSlots> outer_context_{};
  bool entered_ = false;
};

// Steps 3 and 5, on the guest stack; `slots` takes the flat results. False: latched.
inline bool run_core(LiftedFunction& function, CallState& call, uint64_t* slots) {
  if (function.store->call_directly(function.enter, *function.core, slots)) [[likely]]
    return true;
  call.unwind(function.store->last_trap().code);
  return false;
}
bool call_post_return(LiftedFunction& function, CallState& call, uint64_t flat_result);
inline bool run_post_return(LiftedFunction& function, CallState& call, uint64_t flat_result) {
  return function.resolved.post_return == nullptr || call_post_return(function, call, flat_result);
}

// Latches a trap in `call` where it returns nothing and should not.
std::optional<Value> call_from_host(LiftedFunction& function, CallState& call,
                                    std::span<const Value> arguments);

// Points the context of a compiled adapter at both instances.
void prepare_adapter(AdapterEnvironment& adapter);

// jit::HostCode: `environment` is an AdapterEnvironment.
jit::TrapCode call_from_component(void* environment, uint64_t* values);

}  // namespace wisp::component
