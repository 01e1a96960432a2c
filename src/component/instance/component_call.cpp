#include "component/instance/component_call.h"

#include <algorithm>
#include <utility>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/abi/strings.h"
#include "component/abi/transfer.h"

static_assert(sizeof(bool) == 1);  // compiled adapters look at flags

namespace wisp::component {

bool call_post_return(LiftedFunction& function, CallState& call, uint64_t flat_result) {
  const jit::FuncRef* code = function.resolved.post_return;
  uint64_t slots[1] = {flat_result};
  InstanceFlags& flags = function.instance->flags;
  flags.may_leave = false;
  const bool returned = function.store->call(*code, slots).has_value();
  flags.may_leave = true;
  if (!returned) [[unlikely]]
    call.unwind(function.store->last_trap().code);
  return returned;
}

namespace {

// More than flat parameters and a return area, or flat results.
constexpr size_t kMaxSlots = kMaxFlatParams + 1;

CallSide callee_side(LiftedFunction& function, CallState& call) {
  CallSide side;
  side.call = &call;
  side.options = &function.resolved.options;
  side.instance = function.instance;
  side.table = &function.instance->table;
  side.resource_types = function.resource_types;
  return side;
}

bool check_borrows(CallState& call, const InstanceState& callee) {
  if (callee.table.borrow_count() == 0) [[likely]]
    return true;
  call.trap("borrow handles still remain at the end of the call");
  return false;
}

}  // namespace

std::optional<Value> call_from_host(LiftedFunction& function, CallState& call,
                                    std::span<const Value> arguments) {
  CallEntry entry(call, *function.instance, function.entered);
  if (call.unwinding()) return std::nullopt;
  LendList lends;
  CallSide side = callee_side(function, call);
  side.lends = &lends;
  uint64_t fuel = std::min(function.hostcall_fuel, function.store->budget().left());
  side.fuel = &fuel;
  uint64_t slots[kMaxSlots];  // NOLINT: what is read of it is written before
  slots[0] = 0;
  if (!lower_values(side, function.params, arguments, slots)) {
    return std::nullopt;
  }
  if (!run_core(function, call, slots)) return std::nullopt;
  const uint64_t flat_result = slots[0];
  std::vector<Value> results;
  if (!lift_values(side, function.results, slots, results)) return std::nullopt;
  if (!check_borrows(call, *function.instance)) return std::nullopt;
  if (!run_post_return(function, call, flat_result)) return std::nullopt;
  if (results.empty()) return std::nullopt;
  return std::move(results[0]);
}

namespace {

// Numbers only, both ways: nothing to check, nothing to give back.
void run_plain(LiftedFunction& callee, CallState& call, uint64_t* values) {
  uint64_t slots[kMaxSlots];  // NOLINT: what is read of it is written before
  slots[0] = 0;
  for (uint32_t i = 0; i < callee.params.flat_count; i++) slots[i] = values[i];
  if (!run_core(callee, call, slots)) return;
  // Where there is neither, `values` has no room at all.
  if (callee.results.flat_count != 0) values[0] = slots[0];
}

CallSide make_caller_side(AdapterEnvironment& environment, CallState& call, LendList& lends) {
  CallSide side;
  side.call = &call;
  side.options = &environment.resolved.options;
  side.instance = environment.caller;
  side.table = &environment.caller->table;
  side.resource_types = environment.target->resource_types;
  side.lends = &lends;
  return side;
}

void run_adapter(AdapterEnvironment& environment, CallState& call, uint64_t* values) {
  LiftedFunction& callee = *environment.target;
  InstanceState& caller = *environment.caller;
  if (!caller.flags.may_leave) [[unlikely]] {
    return call.trap("cannot leave component instance");
  }
  if (environment.is_reentrant) [[unlikely]]
    return call.trap("cannot enter component instance");
  CallEntry entry(call, *callee.instance, environment.entered);
  if (call.unwinding()) return;
  if (callee.is_plain) return run_plain(callee, call, values);
  LendList lends;
  const CallSide caller_side = make_caller_side(environment, call, lends);
  const CallSide side = callee_side(callee, call);

  uint64_t slots[kMaxSlots];  // NOLINT: what is read of it is written before
  slots[0] = 0;
  if (!transfer_values({caller_side, side}, environment.plans->params, values, slots)) return;
  if (!run_core(callee, call, slots)) return;
  if (!check_borrows(call, *callee.instance)) return;
  const uint64_t flat_result = slots[0];
  std::optional<uint32_t> return_area;
  if (callee.results.in_memory()) {
    return_area = static_cast<uint32_t>(values[environment.param_slots]);
  }
  if (!transfer_values({side, caller_side}, environment.plans->results, slots, values,
                       return_area)) {
    return;
  }
  lends.give_back(caller.table);
  static_cast<void>(run_post_return(callee, call, flat_result));
}

}  // namespace

namespace {

jit::TrapCode finish(AdapterEnvironment& adapter) {
  if (adapter.call.unwinding()) [[unlikely]]
    return report_trap(*adapter.target->store, adapter.call);
  return jit::TrapCode::kNone;
}

// What is lent is given back at once: between guests that run one after the other it can only be
// missed while the same arguments are lifted.
jit::TrapCode move_params(jit::AdapterContext* context, uint64_t* from, uint64_t* to) {
  auto& adapter = *static_cast<AdapterEnvironment*>(context);
  const TransferPlan& plan = adapter.plans->params;
  transfer_values({adapter.caller_side, adapter.callee_side}, plan, from, to);
  if (plan.lends) adapter.lends.give_back(adapter.caller->table);
  return finish(adapter);
}

jit::TrapCode move_results(jit::AdapterContext* context, uint64_t* from, uint64_t* to) {
  auto& adapter = *static_cast<AdapterEnvironment*>(context);
  const TransferPlan& plan = adapter.plans->results;
  std::optional<uint32_t> return_area;
  if (plan.list.in_memory()) return_area = static_cast<uint32_t>(to[adapter.param_slots]);
  if (check_borrows(adapter.call, *adapter.target->instance)) {
    transfer_values({adapter.callee_side, adapter.caller_side}, plan, from, to, return_area);
  }
  return finish(adapter);
}

// The two sides and the type of a block of compiled code; as its hooks take it.
Transfer direction_of(const AdapterEnvironment& adapter, uint32_t block) {
  if (block == jit::kResultBlock) return {adapter.callee_side, adapter.caller_side};
  return {adapter.caller_side, adapter.callee_side};
}
const TransferRoutine& routine_of(const AdapterEnvironment& adapter, uint32_t block) {
  if (block == jit::kResultBlock) return *adapter.plans->results.parts[0].routine;
  return *adapter.plans->params.blocks[block];
}

jit::TrapCode check_text(jit::AdapterContext* context, uint32_t block, const uint8_t* from,
                         uint64_t size_bytes) {
  auto& adapter = *static_cast<AdapterEnvironment*>(context);
  const CallSide& source = direction_of(adapter, block).source;
  check_text(*source.call, source.options->encoding, from, size_bytes);
  return finish(adapter);
}

jit::TrapCode copy_block(jit::AdapterContext* context, uint32_t block, const uint8_t* from,
                         uint8_t* to, uint64_t size_bytes) {
  auto& adapter = *static_cast<AdapterEnvironment*>(context);
  copy_block(direction_of(adapter, block), routine_of(adapter, block), from, to, size_bytes);
  return finish(adapter);
}

jit::TrapCode refuse_block(jit::AdapterContext* context, uint32_t block, uint64_t* from,
                           uint64_t* to, uint32_t address) {
  auto& adapter = *static_cast<AdapterEnvironment*>(context);
  const Transfer transfer = direction_of(adapter, block);
  if (block != jit::kResultBlock) {
    refuse_copy(transfer, routine_of(adapter, block), Place::flat(from + block), address);
  } else {
    const ValueList& list = adapter.plans->results.list;
    const auto return_area = static_cast<uint32_t>(to[adapter.param_slots]);
    Place source, destination;
    if (find_values(transfer.source, list, from, source) &&
        prepare_values(transfer.destination, list, to, return_area, destination)) {
      refuse_copy(transfer, routine_of(adapter, block), source, address);
    }
  }
  WISP_CHECK(adapter.call.unwinding());
  return finish(adapter);
}

void fail(jit::AdapterContext* context, jit::AdapterFailure why) {
  const char* text = "cannot leave component instance";
  if (why == jit::AdapterFailure::kInvalidChar) text = "invalid `char` bit pattern";
  if (why == jit::AdapterFailure::kInvalidDiscriminant) text = "invalid variant discriminant";
  static_cast<AdapterEnvironment*>(context)->target->store->set_trap(jit::TrapCode::kHost, text);
}

// Of blocks that `to` receives, `resolved` being its options.
void set_route(jit::BlockRoute& route, const CallSide& from, const CallSide& to,
               const ResolvedOptions& resolved, InstanceState& receiver) {
  route.source = from.memory();
  route.destination = to.memory();
  if (resolved.allocator.function != nullptr) route.realloc = *resolved.allocator.function;
  route.may_leave = reinterpret_cast<uint8_t*>(&receiver.flags.may_leave);
  route.slots = reinterpret_cast<uint64_t*>(receiver.context.data());
}

}  // namespace

void prepare_adapter(AdapterEnvironment& adapter) {
  LiftedFunction& target = *adapter.target;
  adapter.callee = *target.core;
  if (target.resolved.post_return != nullptr) adapter.post_return = *target.resolved.post_return;
  adapter.caller_may_leave = reinterpret_cast<const uint8_t*>(&adapter.caller->flags.may_leave);
  adapter.callee_may_leave = reinterpret_cast<uint8_t*>(&target.instance->flags.may_leave);
  adapter.callee_slots = reinterpret_cast<uint64_t*>(target.instance->context.data());
  adapter.caller_side = make_caller_side(adapter, adapter.call, adapter.lends);
  if (!adapter.plans->params.lends) adapter.caller_side.lends = nullptr;
  adapter.callee_side = callee_side(target, adapter.call);
  adapter.params = &move_params;
  adapter.results = &move_results;
  adapter.fail = &fail;
  set_route(adapter.params_route, adapter.caller_side, adapter.callee_side, target.resolved,
            *target.instance);
  set_route(adapter.results_route, adapter.callee_side, adapter.caller_side, adapter.resolved,
            *adapter.caller);
  adapter.check_text = &check_text;
  adapter.copy_block = &copy_block;
  adapter.refuse_block = &refuse_block;
}

jit::TrapCode call_from_component(void* environment, uint64_t* values) {
  auto& adapter = *static_cast<AdapterEnvironment*>(environment);
  CallState call(CallParties::kGuests);
  run_adapter(adapter, call, values);
  if (call.unwinding()) [[unlikely]]
    return report_trap(*adapter.target->store, call);
  return jit::TrapCode::kNone;
}

}  // namespace wisp::component
