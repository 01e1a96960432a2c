#include "component/instance/imported_function_call.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/host/host_binding.h"
#include "component/type/layout.h"

namespace wisp::component {
namespace {

constexpr uint64_t kMaxPages = 65'536;

}  // namespace

Result<std::unique_ptr<ImportedFunctionCall>> ImportedFunctionCall::create(
    const ImportedCallee& callee) {
  auto memory = WISP_TRY(jit::Memory::create(
      {{0, kMaxPages}}, callee.store->limits().max_memory_bytes, callee.store->budget()));
  return std::unique_ptr<ImportedFunctionCall>(new ImportedFunctionCall(callee, std::move(memory)));
}

ImportedFunctionCall::ImportedFunctionCall(const ImportedCallee& callee,
                                           std::unique_ptr<jit::Memory> memory)
    : callee_(callee),
      memory_(std::move(memory)),
      budget_{callee.max_resources, &callee.store->budget()},
      environment_{
          callee.store,   &caller_.flags,
          &caller_.table, {memory_->view(), &reallocate, this},
          callee.context, callee.hostcall_fuel,
      },
      result_{"", callee.type->result, 0},
      params_(make_value_list(callee.type->params, kMaxFlatParams)),
      results_(make_result_list(result_)) {}

uint32_t ImportedFunctionCall::reallocate(void* environment, CallState& call, uint32_t old_address,
                                          uint32_t old_size, uint32_t alignment,
                                          uint32_t new_size) {
  auto& self = *static_cast<ImportedFunctionCall*>(environment);
  const uint64_t address = (self.used_ + alignment - 1) & ~uint64_t{alignment - 1};
  const uint64_t end = address + new_size;
  const uint64_t pages = (end + jit::kPageSizeBytes - 1) / jit::kPageSizeBytes;
  const uint64_t have = self.memory_->size_bytes() / jit::kPageSizeBytes;
  if (pages > have && !self.memory_->grow(pages - have)) {
    call.trap("the arguments and the result do not fit into a memory");
    return 0;
  }
  uint8_t* base = self.memory_->base();
  std::memcpy(base + address, base + old_address, std::min(old_size, new_size));
  self.used_ = end;
  return static_cast<uint32_t>(address);
}

bool ImportedFunctionCall::run(CallState& call, uint64_t* slots) {
  uint32_t area = 0;
  if (results_.in_memory()) {
    area = reallocate(this, call, 0, 0, results_.alignment, results_.size);
    if (call.unwinding()) return false;
    slots[params_.in_memory() ? 1 : params_.flat_count] = area;
  }
  const jit::TrapCode code = callee_.item->code(&environment_, slots);
  if (code != jit::TrapCode::kNone) {
    call.unwind(code);
    return false;
  }
  if (results_.in_memory()) slots[0] = area;
  return true;
}

std::optional<Value> ImportedFunctionCall::run(CallState& call, std::span<const Value> arguments) {
  CallSide side;
  side.call = &call;
  side.options = &environment_.options;
  side.instance = &caller_;
  side.table = &caller_.table;
  side.resource_types = callee_.resource_types;
  uint64_t fuel = std::min(callee_.hostcall_fuel, callee_.store->budget().left());
  side.fuel = &fuel;
  uint64_t slots[kMaxFlatParams + 1] = {};
  if (!lower_values(side, params_, arguments, slots) || !run(call, slots)) return std::nullopt;
  std::vector<Value> values;
  if (!lift_values(side, results_, slots, values) || values.empty()) return std::nullopt;
  return std::move(values[0]);
}

}  // namespace wisp::component
