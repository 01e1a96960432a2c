#include "component/instance/component_builtins.h"

#include "component/abi/host_resource.h"
#include "component/instance/component_call.h"

namespace wisp::component {
namespace {

jit::TrapCode trap(BuiltinEnvironment& self, std::string message) {
  CallState call;
  call.trap(std::move(message));
  return report_trap(*self.store, call);
}

jit::TrapCode cannot_leave(BuiltinEnvironment& self) {
  return trap(self, "cannot leave component instance");
}

// The destructor of a type that a guest defined: a call into the instance that defined it.
jit::TrapCode run_destructor(BuiltinEnvironment& self, const RuntimeResourceType& type,
                             uint64_t representation) {
  if (type.destructor == nullptr) return jit::TrapCode::kNone;
  CallState call;
  CallEntry entry(call, *type.implementation, self.entered);
  if (call.unwinding()) return report_trap(*self.store, call);
  uint64_t values[1] = {representation};
  if (self.store->call(*type.destructor, values).has_value()) return jit::TrapCode::kNone;
  return self.store->last_trap().code;
}

}  // namespace

jit::TrapCode resource_new(void* environment, uint64_t* values) {
  auto& self = *static_cast<BuiltinEnvironment*>(environment);
  if (!self.instance->flags.may_leave) [[unlikely]]
    return cannot_leave(self);
  values[0] = self.instance->table.insert(self.type, static_cast<uint32_t>(values[0]));
  if (values[0] == 0) [[unlikely]]
    return trap(self, self.instance->table.refusal());
  return jit::TrapCode::kNone;
}

jit::TrapCode resource_drop(void* environment, uint64_t* values) {
  auto& self = *static_cast<BuiltinEnvironment*>(environment);
  if (!self.instance->flags.may_leave) [[unlikely]]
    return cannot_leave(self);
  CallState call;
  const auto index = static_cast<uint32_t>(values[0]);
  ResourceTable& table = self.instance->table;
  const Handle* found = find_handle(call, table, self.type, index);
  if (found == nullptr) [[unlikely]]
    return report_trap(*self.store, call);
  const Handle handle = *found;
  if (handle.lend_count() != 0) [[unlikely]] {
    return trap(self, "cannot remove owned resource while borrowed");
  }
  if (handle.is_borrow()) {
    table.remove(index);
    return jit::TrapCode::kNone;
  }
  if (self.type->implementation != nullptr) {
    table.remove(index);
    return run_destructor(self, *self.type, handle.representation);
  }
  if (handle.object()->child_count() != 0) [[unlikely]]
    return trap(self, "resource has children");
  table.remove(index);
  delete handle.object();
  return jit::TrapCode::kNone;
}

jit::TrapCode resource_rep(void* environment, uint64_t* values) {
  auto& self = *static_cast<BuiltinEnvironment*>(environment);
  CallState call;
  const Handle* handle =
      find_handle(call, self.instance->table, self.type, static_cast<uint32_t>(values[0]));
  if (handle == nullptr) [[unlikely]]
    return report_trap(*self.store, call);
  values[0] = handle->representation;
  return jit::TrapCode::kNone;
}

jit::TrapCode context_get(void* environment, uint64_t* values) {
  auto& self = *static_cast<BuiltinEnvironment*>(environment);
  values[0] = self.instance->context[self.context_slot];
  return jit::TrapCode::kNone;
}

jit::TrapCode context_set(void* environment, uint64_t* values) {
  auto& self = *static_cast<BuiltinEnvironment*>(environment);
  self.instance->context[self.context_slot] = static_cast<uint32_t>(values[0]);
  return jit::TrapCode::kNone;
}

}  // namespace wisp::component
