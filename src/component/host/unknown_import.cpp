#include "component/host/unknown_import.h"

#include <cstring>

#include "component/abi/canonical.h"
#include "component/host/host_call.h"
#include "component/type/layout.h"

namespace wisp::component {
namespace {

const UnknownFunction& function_of(HostCall& call) {
  return *static_cast<const UnknownFunction*>(call.environment().context);
}

jit::TrapCode trap(void* environment, uint64_t*) {
  HostCall call(static_cast<HostFunctionEnvironment*>(environment));
  if (call.enter()) call.trap("unknown import: " + function_of(call).name + " is not provided");
  return call.finish();
}

// All types have a value whose bits are 0, but for handles: those trap when they are used.
void return_zero(HostCall& call, uint64_t* values) {
  const FuncType& type = *function_of(call).type;
  if (type.result == nullptr || type.result->flat_count == 0) return;
  if (type.result->flat_count <= kMaxFlatResults) {
    values[0] = 0;
    return;
  }
  uint32_t flat_params = 0;
  for (const LabeledType& param : type.params) flat_params += param.type->flat_count;
  const auto area = static_cast<uint32_t>(values[flat_params > kMaxFlatParams ? 1 : flat_params]);
  const ValType& result = *type.result;
  if (!check_area(call, call.options(), area, result.size, result.alignment)) return;
  std::memset(call.memory()->base + area, 0, result.size);
}

jit::TrapCode zero(void* environment, uint64_t* values) {
  HostCall call(static_cast<HostFunctionEnvironment*>(environment));
  if (call.enter()) return_zero(call, values);
  return call.finish();
}

HostItem item(jit::HostCode code) {
  HostItem made;
  made.code = code;
  made.check = SignatureCheck::kNone;
  return made;
}

}  // namespace

const HostItem kTrappingImport = item(&trap);
const HostItem kDefaultImport = item(&zero);

}  // namespace wisp::component
