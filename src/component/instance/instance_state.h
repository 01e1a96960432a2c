// What a component instance is made of at run time; shared by the files that call into instances.
//
// InstanceState       one component instance: flags, handles, what belongs to the call in it
// LiftedFunction      a core function with its component type and options, ready to be called
// AdapterEnvironment  a call from one instance to another
// ...Trampoline       a function that a guest imports, with its environment
//
// All of them lie in the block of their component instance (ComponentInstanceLayout).
#pragma once

#include <array>
#include <cstdint>

#include "component/abi/place.h"
#include "component/host/host_call.h"
#include "component/type/layout.h"
#include "component/type/types.h"
#include "jit/runtime/adapter_context.h"
#include "jit/runtime/host_function.h"
#include "jit/runtime/store.h"

namespace wisp::component {

struct LiftPlans;

constexpr uint32_t kContextSlots = 2;

class InstanceState {
 public:
  InstanceState(InstanceState* parent, HandleBudget& budget) : parent_(parent), table(budget) {}
  InstanceState(const InstanceState&) = delete;

  InstanceState* parent() const { return parent_; }
  // Whether this is `other` or one that contains it.
  bool contains(const InstanceState& other) const;

 private:
  InstanceState* parent_;

 public:
  InstanceFlags flags;
  ResourceTable table;
  // Of the call that runs ("task" in CanonicalABI.md); who enters saves them and starts with zeros.
  alignas(8) std::array<uint32_t, kContextSlots> context{};
};

// The instances that a call enters, those that contain the callee and not the caller: from the
// callee outwards, up to the first that contains both (null: the host calls).
struct EnteredInstances {
  InstanceState* first = nullptr;
  InstanceState* end = nullptr;
};
EnteredInstances entered_instances(const InstanceState* caller, InstanceState* callee);

// Calls cabi_realloc, on the guest stack; the environment of CanonicalOptions::realloc. The
// allocator sees context slots of its own, as if it ran in a new thread, and may not leave the
// instance.
struct GuestAllocator {
  jit::Store* store = nullptr;
  const jit::FuncRef* function = nullptr;
  InstanceState* instance = nullptr;
  jit::EntryTrampoline enter = nullptr;  // of the signature of `function`

  static uint32_t reallocate(void* environment, CallState& call, uint32_t old_address,
                             uint32_t old_size, uint32_t alignment, uint32_t new_size);
};

// Canonical options with everything resolved. Not movable: `options` points into it.
struct ResolvedOptions {
  CanonicalOptions options;
  GuestAllocator allocator;
  const jit::FuncRef* post_return = nullptr;
};

struct LiftedFunction {
  jit::Store* store = nullptr;
  InstanceState* instance = nullptr;
  jit::FuncRef* core = nullptr;
  jit::EntryTrampoline enter = nullptr;  // of the signature of `core`
  ResolvedOptions resolved;
  const RuntimeResourceType* const* resource_types = nullptr;
  ValueList params;
  ValueList results;
  bool is_plain = false;  // parameters and result are plain numbers, and there is no post-return
  uint64_t hostcall_fuel = kDefaultHostcallFuel;  // how much of a result the host takes
  EnteredInstances entered;                       // by a call of the host
};

// A call between two component instances: the environment of a lowered function whose callee is a
// lifted one; compiled adapters see the part that the engine knows.
struct AdapterEnvironment : jit::AdapterContext {
  LiftedFunction* target = nullptr;
  InstanceState* caller = nullptr;
  const LiftPlans* plans = nullptr;
  // What the hooks work with. One call at most runs through an adapter, and a trap is the last one.
  CallState call{CallParties::kGuests};
  LendList lends;
  CallSide caller_side, callee_side;
  ResolvedOptions resolved;  // of the caller
  const FuncType* type = nullptr;
  // One of the two contains the other. The reference would let such calls pass, its test suite and
  // other runtimes refuse them "for now".
  bool is_reentrant = false;
  uint32_t param_slots = 0;  // of the lowered core function, without the return area
  EnteredInstances entered;
};

// The environment of the built-ins for resources and context.
struct BuiltinEnvironment {
  jit::Store* store = nullptr;
  InstanceState* instance = nullptr;
  const RuntimeResourceType* type = nullptr;
  EnteredInstances entered;  // by the destructor
  uint32_t context_slot = 0;
};

struct HostTrampoline {
  jit::HostFunction function;
  HostFunctionEnvironment environment;
  GuestAllocator allocator;  // of the caller
};
struct AdapterTrampoline {
  jit::HostFunction function;  // where the adapter is not compiled
  AdapterEnvironment environment;
};
struct BuiltinTrampoline {
  jit::HostFunction function;
  BuiltinEnvironment environment;
};

}  // namespace wisp::component
