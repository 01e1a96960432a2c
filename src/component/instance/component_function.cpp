#include "component/instance/component_function.h"

#include <string>

#include "component/abi/lower.h"
#include "component/host/host_type_check.h"
#include "component/instance/component_call.h"
#include "component/instance/component_instance.h"
#include "platform/printable.h"

namespace wisp::component {

ComponentFunction::ComponentFunction(ComponentInstance& instance, LiftedFunction* lifted,
                                     const ExportDefinition& definition)
    : store_(instance.store()), instance_(instance), lifted_(lifted), definition_(definition) {
  if (lifted == nullptr) return;
  environment_ = {
      lifted->store, &lifted->instance->flags, &lifted->instance->table, lifted->resolved.options,
      nullptr,       lifted->hostcall_fuel};
}

ImportedCallee ComponentFunction::imported() const {
  return instance_.imported_callee(definition_.function.index);
}

Result<void> ComponentFunction::check_type(const HostSignature& signature) const {
  const std::span<const RuntimeResourceType* const> resources = instance_.resource_types();
  if (same_signature(signature, type(), resources)) return {};
  const HostTypeNames names{
      [](const void*, const RuntimeResourceType*) { return std::string("resource"); }, nullptr};
  return Error(ErrorCode::kUsage, quoted(definition_.name) + " is a " + to_string(type()) +
                                      ", not a " + to_string(signature, names));
}

Error ComponentFunction::refuse(CallState& call) {
  call.trap("cannot enter component instance");
  return fail(call);
}

Error ComponentFunction::fail(const CallState& call) {
  store_.poison();
  report_trap(store_, call);
  const bool is_exit = call.code() == jit::TrapCode::kExit;
  return Error(is_exit ? ErrorCode::kExit : ErrorCode::kTrap, store_.last_trap().message);
}

std::optional<Value> ComponentFunction::call_now(CallState& call,
                                                 std::span<const Value> arguments) {
  if (lifted_ != nullptr) return call_from_host(*lifted_, call, arguments);
  auto imported_call = ImportedFunctionCall::create(imported());
  if (imported_call.has_value()) return (*imported_call)->run(call, arguments);
  call.trap(imported_call.error().message());
  return std::nullopt;
}

Result<std::optional<Value>> ComponentFunction::call(std::span<const Value> arguments) {
  const std::span<const LabeledType> params = type().params;
  if (arguments.size() != params.size()) {
    return Error(ErrorCode::kUsage, "expected " + std::to_string(params.size()) +
                                        " arguments, found " + std::to_string(arguments.size()));
  }
  for (size_t i = 0; i < params.size(); i++) {
    if (matches(*params[i].type, arguments[i])) continue;
    return Error(ErrorCode::kUsage,
                 "argument " + quoted(params[i].label) + " is not a " + to_string(*params[i].type));
  }
  HostCall host_call(&environment_);
  struct Call {
    ComponentFunction& function;
    HostCall& host_call;
    std::span<const Value> arguments;
    std::optional<Value> result;
  } values{*this, host_call, arguments, std::nullopt};
  WISP_TRY(run(
      [](void* self) {
        Call& it = *static_cast<Call*>(self);
        it.result = it.function.call_now(it.host_call, it.arguments);
      },
      &values, host_call));
  return std::move(values.result);
}

}  // namespace wisp::component
