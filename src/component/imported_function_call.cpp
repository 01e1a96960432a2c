#include "component/imported_function_call.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "component/host_binding.h"
#include "component/lift.h"
#include "component/lower.h"
#include "jit/runtime/memory.h"

namespace wisp::component {
namespace {

constexpr uint64_t kMaxPages = 65'536;

// Linear memory with an allocator that never frees.
class Scratch {
 public:
  explicit Scratch(jit::Memory& memory) : memory_(memory) {}

  static uint32_t reallocate(void* environment, CallState& call, uint32_t old_address,
                             uint32_t old_size, uint32_t alignment, uint32_t new_size) {
    auto& self = *static_cast<Scratch*>(environment);
    const uint64_t address = (self.used_ + alignment - 1) & ~uint64_t{alignment - 1};
    const uint64_t end = address + new_size;
    const uint64_t pages = (end + jit::kPageSizeBytes - 1) / jit::kPageSizeBytes;
    const uint64_t have = self.memory_.size_bytes() / jit::kPageSizeBytes;
    if (pages > have && !self.memory_.grow(pages - have)) {
      call.trap("the arguments and the result do not fit into a memory");
      return 0;
    }
    uint8_t* base = self.memory_.base();
    std::memcpy(base + address, base + old_address, std::min(old_size, new_size));
    self.used_ = end;
    return static_cast<uint32_t>(address);
  }

 private:
  jit::Memory& memory_;
  uint64_t used_ = 8;  // address 0 is nothing
};

}  // namespace

std::optional<Value> call_imported_function(const ImportedCallee& callee, CallState& call,
                                            std::span<const Value> arguments) {
  auto memory = jit::Memory::create({{0, kMaxPages}}, callee.store->limits().max_memory_bytes);
  if (!memory.has_value()) {
    call.trap(memory.error().message());
    return std::nullopt;
  }
  Scratch scratch(**memory);
  HandleBudget budget{callee.limits->max_resources};
  InstanceState caller(nullptr, budget);
  const CanonicalOptions options{(*memory)->view(), &Scratch::reallocate, &scratch};
  CallSide side;
  side.call = &call;
  side.options = &options;
  side.instance = &caller;
  side.table = &caller.table;
  side.resource_types = callee.resource_types;
  uint64_t fuel = callee.limits->hostcall_fuel;
  side.fuel = &fuel;

  const ValueList params = make_value_list(callee.type->params, kMaxFlatParams);
  const LabeledType result{"", callee.type->result, 0};
  const size_t result_count = result.type == nullptr ? 0 : 1;
  const ValueList results = make_value_list({&result, result_count}, kMaxFlatResults);
  uint64_t slots[kMaxFlatParams + 1] = {};
  if (!lower_values(side, params, arguments, slots)) return std::nullopt;
  uint32_t area = 0;
  if (results.in_memory()) {
    area = Scratch::reallocate(&scratch, call, 0, 0, results.alignment, results.size);
    if (call.unwinding()) return std::nullopt;
    slots[params.in_memory() ? 1 : params.flat_count] = area;
  }
  HostFunctionEnvironment environment{callee.store,
                                      &caller.flags,
                                      &caller.table,
                                      options,
                                      callee.function->context,
                                      callee.limits->hostcall_fuel};
  const jit::TrapCode code = callee.function->item->code(&environment, slots);
  if (code != jit::TrapCode::kNone) {
    call.unwind(code);
    return std::nullopt;
  }
  if (results.in_memory()) slots[0] = area;
  std::vector<Value> values;
  if (!lift_values(side, results, slots, values) || values.empty()) return std::nullopt;
  return std::move(values[0]);
}

}  // namespace wisp::component
