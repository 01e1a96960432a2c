// HostCall: one call from a guest into a host function; and what the thunk of the function needs of
// the guest's side.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "component/abi/canonical.h"
#include "component/abi/resource_table.h"
#include "jit/runtime/store.h"

namespace wisp::component {

// What a component instance lets its callees see and change.
struct InstanceFlags {
  bool may_leave = true;
  bool may_enter = true;
};

// The environment of a lowered host function: made at instantiation, one per `canon lower`.
struct HostFunctionEnvironment {
  jit::Store* store = nullptr;
  InstanceFlags* flags = nullptr;
  ResourceTable* table = nullptr;
  CanonicalOptions options;
  void* context = nullptr;  // the embedder's, as given to ComponentLinker::add
  uint64_t hostcall_fuel = kDefaultHostcallFuel;
};

// Hands a latched trap to the store; what a jit::HostCode answers.
jit::TrapCode report_trap(jit::Store& store, const CallState& call);

// One call from a guest into the host. A function traps with `call.trap("text")` and then returns
// anything.
class HostCall : public CallState {
 public:
  explicit HostCall(HostFunctionEnvironment* environment)
      : environment_(environment), fuel_(environment->hostcall_fuel) {}
  // Without an environment: for calling host functions directly, in tests.
  HostCall() : environment_(nullptr), fuel_(kDefaultHostcallFuel) {}
  ~HostCall() {
    if (debts_ != nullptr) [[unlikely]]
      settle();
  }

  HostFunctionEnvironment& environment() { return *environment_; }
  const CanonicalOptions& options() const { return environment_->options; }
  const jit::MemoryView* memory() const { return environment_->options.memory; }
  ResourceTable& table() { return *environment_->table; }

  // Host memory that lives as long as the call: pointer lists, transcoded strings. Null: the budget
  // of the store has no room for it, latched.
  void* allocate(size_t size_bytes) {
    size_bytes = (size_bytes + 7) & ~size_t{7};
    if (size_bytes > sizeof scratch_ - scratch_used_) [[unlikely]]
      return allocate_block(size_bytes);
    void* result = scratch_ + scratch_used_;
    scratch_used_ += static_cast<uint32_t>(size_bytes);
    return result;
  }

  // Of the store, for what a resource comes to hold later; null: nothing is counted.
  MemoryBudget* memory_budget() const;

  // Charges what the guest hands over; false (and a trap) where it is more than one call may.
  bool charge(uint64_t size_bytes) {
    if (size_bytes > fuel_) [[unlikely]]
      return out_of_fuel();
    fuel_ -= size_bytes;
    return true;
  }

  // A string parameter: checked, and transcoded where the guest's encoding is another. False:
  // latched.
  bool lift_string(uint32_t address, uint32_t tagged_length, std::string_view& result);
  // A string result: allocates in the guest.
  bool lower_string(std::string_view utf8, uint32_t& address, uint32_t& tagged_length);

  // Handles of types of the host. Null or 0: latched.
  HostResource* borrow(const RuntimeResourceType* type, uint32_t index) {
    Handle* handle = table().find(index);
    if (handle == nullptr || handle->type() != type) [[unlikely]]
      return refuse_handle(type, index);
    if (watches_lends_ != 0 && !lend(*handle, index)) [[unlikely]]
      return nullptr;
    return handle->object();
  }
  HostResource* take(const RuntimeResourceType* type, uint32_t index);
  uint32_t give(const RuntimeResourceType* type, HostResource* object);

  // From here on borrowed handles count as lent: for functions that also take owned ones.
  void watch_lends() { watches_lends_ = 1; }

  // For the thunk: checks at entry, and what it answers the store at the end.
  bool enter() {
    if (!environment_->flags->may_leave) [[unlikely]]
      return cannot_leave();
    return true;
  }
  jit::TrapCode finish() {
    if (unwinding()) [[unlikely]]
      return report();
    return jit::TrapCode::kNone;
  }

 private:
  struct Debt;
  void* allocate_block(size_t size_bytes);
  void settle();
  bool lend(Handle& handle, uint32_t index);
  HostResource* refuse_handle(const RuntimeResourceType* type, uint32_t index);
  bool out_of_fuel();
  bool cannot_leave();
  jit::TrapCode report();

  // Behind the bytes of CallState, as wide as the room there: one store sets them all.
  uint16_t watches_lends_ = 0;
  uint32_t scratch_used_ = 0;
  HostFunctionEnvironment* environment_;
  Debt* debts_ = nullptr;  // what is undone when the call ends
  uint64_t fuel_;
  // Enough for a poll of three hundred. Not initialised on purpose.
  alignas(8) std::byte scratch_[4096];  // NOLINT
};

}  // namespace wisp::component
