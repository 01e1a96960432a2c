#include "component/instance/instance_state.h"

#include <utility>

namespace wisp::component {

bool InstanceState::contains(const InstanceState& other) const {
  for (const InstanceState* at = &other; at != nullptr; at = at->parent()) {
    if (at == this) return true;
  }
  return false;
}

EnteredInstances entered_instances(const InstanceState* caller, InstanceState* callee) {
  InstanceState* end = callee;
  while (end != nullptr && (caller == nullptr || !end->contains(*caller))) end = end->parent();
  return {callee, end};
}

uint32_t GuestAllocator::reallocate(void* environment, CallState& call, uint32_t old_address,
                                    uint32_t old_size, uint32_t alignment, uint32_t new_size) {
  auto& self = *static_cast<GuestAllocator*>(environment);
  uint64_t values[] = {old_address, old_size, alignment, new_size};
  InstanceFlags& flags = self.instance->flags;
  const bool may_leave = flags.may_leave;
  flags.may_leave = false;
  auto& context = self.instance->context;
  const std::array<uint32_t, kContextSlots> outer = std::exchange(context, {});
  const bool returned = self.store->call_directly(self.enter, *self.function, values);
  context = outer;
  flags.may_leave = may_leave;
  if (!returned) [[unlikely]] {
    call.unwind(self.store->last_trap().code);
    return 0;
  }
  return static_cast<uint32_t>(values[0]);
}

}  // namespace wisp::component
