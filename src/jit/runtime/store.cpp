#include "jit/runtime/store.h"

#include <algorithm>
#include <utility>

#include "jit/runtime/import_matching.h"
#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "jit/runtime/trap_handler.h"
#include "platform/clock.h"
#include "platform/fault_handler.h"

namespace wisp::jit {
Store::Store(std::shared_ptr<CodeServices> engine, StoreLimits limits)
    : services_(std::move(engine)),
      limits_(limits),
      budget_(limits.memory_budget, limits.find_memory_budget),
      table_elements_left_(limits.max_table_elements),
      instance_bytes_left_(limits.max_instance_bytes),
      host_signatures_(services_->signatures()) {
  context_.trap_exit = services_->trap_exit();
}

Store::~Store() = default;

FuncRef* Store::add_host_function(const FuncType& type, HostCode code, void* environment) {
  const uint32_t signature = host_signatures_.add(type).value();
  const void* exit = services_->exit_trampoline(signature).value();
  HostFunction& function = *host_functions_.emplace_back(std::make_unique<HostFunction>());
  return link_host_function(function, signature, exit, code, environment);
}

FuncRef* Store::link_host_function(HostFunction& function, uint32_t signature, const void* exit,
                                   HostCode code, void* environment) {
  function.context.store = &context_;
  function.context.functions = &function.reference;
  function.reference.code = exit;
  function.reference.signature = signature;
  function.reference.context = &function.context;
  function.code = code;
  function.environment = environment;
  return &function.reference;
}

FuncRef* Store::link_adapter(AdapterContext& adapter, uint32_t signature, const void* code) {
  adapter.context.store = &context_;
  adapter.context.functions = &adapter.reference;
  adapter.reference.code = code;
  adapter.reference.signature = signature;
  adapter.reference.context = &adapter.context;
  return &adapter.reference;
}

Result<Memory*> Store::add_memory(const MemoryType& type) {
  const uint64_t most = limits_.max_address_space / Memory::kReservedBytes;
  if (memories_.size() >= most) {
    return Error(ErrorCode::kLimit, "more than " + std::to_string(most) +
                                        " memories: each reserves 8 GiB of address space, and all "
                                        "together may have " +
                                        std::to_string(limits_.max_address_space >> 30) + " GiB");
  }
  memories_.push_back(WISP_TRY(Memory::create(type, limits_.max_memory_bytes, budget_)));
  return memories_.back().get();
}

Result<Table*> Store::add_table(const TableType& type) {
  if (tables_.size() >= limits_.max_tables) {
    return Error(ErrorCode::kLimit, "more than " + std::to_string(limits_.max_tables) + " tables");
  }
  tables_.push_back(WISP_TRY(Table::create(type, table_elements_left_, budget_)));
  return tables_.back().get();
}

GlobalInstance* Store::add_global(const GlobalType& type, uint64_t value) {
  HostGlobal& global = *host_globals_.emplace_back(std::make_unique<HostGlobal>());
  global.value[0] = value;
  global.instance = {type, global.value};
  return &global.instance;
}

Result<Instance*> Store::instantiate(std::shared_ptr<const CompiledModule> module,
                                     std::span<const Extern> imports) {
  Instance* instance = WISP_TRY(instantiate_without_start(std::move(module), imports));
  WISP_TRY(start(*instance));
  return instance;
}

Result<Instance*> Store::instantiate_without_start(std::shared_ptr<const CompiledModule> module,
                                                   std::span<const Extern> imports) {
  const Module& declared = module->module();
  WISP_CHECK(imports.size() == declared.imports.size());
  for (size_t i = 0; i < imports.size(); i++) {
    WISP_TRY(match_import(*this, *module, declared.imports[i], imports[i]));
  }
  instances_.push_back(WISP_TRY(Instance::create(*this, std::move(module), imports)));
  // Kept even if what follows traps: its items may have got into imported tables.
  Instance* instance = instances_.back().get();
  TrapCode code = instance->run_segments();
  if (code != TrapCode::kNone) {
    raw_backtrace_.count = 0;
    trap_ = {code, to_string(code), {}};
    return Error(ErrorCode::kTrap, trap_.message);
  }
  return instance;
}

Result<void> Store::start(Instance& instance) {
  const std::optional<uint32_t> function = instance.module().start;
  return function ? call(*instance.reference_to(*function), {}) : Result<void>();
}

Result<std::unique_ptr<ReusableFiber>> Store::make_stack() {
  auto stack = WISP_TRY(ReusableFiber::create(limits_.max_stack_bytes + kHostHeadroomBytes, this));
  context_.stack_limit =
      reinterpret_cast<uintptr_t>(stack->fiber().stack().limit()) + kHostHeadroomBytes;
  return stack;
}

Result<void> Store::get_ready() {
  WISP_TRY(prepare_thread_for_faults());
  if (fiber_ == nullptr) fiber_ = WISP_TRY(make_stack());
  if (is_ready()) return {};
  // Ordered before the guest's look at `interrupt`; see Store::interrupt.
  thread_ = prepared_thread();
  if (deadline_timer_ != nullptr && deadline_timer_->has_fired()) deadline_ns_ = 0;
  return arm_deadline();
}

Result<void> Store::run_on_guest_stack(void (*body)(void*), void* environment,
                                       SuspendHandler handler, void* handler_environment) {
  if (on_guest_stack()) {
    body(environment);
    return {};
  }
  WISP_TRY(get_ready());
  const uintptr_t usual_limit = context_.stack_limit;
  ReusableFiber* stack = fiber_.get();
  std::unique_ptr<ReusableFiber> another;
  if (!stack->idle()) {  // a guest of this store waits there
    another = WISP_TRY(make_stack());
    stack = another.get();
  }
  stack->begin(body, environment);
  stack->resume();
  while (!stack->idle()) {
    WISP_CHECK(handler != nullptr);
    handler(handler_environment, stack->fiber());
    stack->resume();
  }
  context_.stack_limit = usual_limit;
  return {};
}

Result<void> Store::call(const FuncRef& function, std::span<uint64_t> values) {
  if (on_guest_stack()) return call_on_guest_stack(function, values.data());
  struct Call {
    Store& store;
    const FuncRef& function;
    uint64_t* values;
    Result<void> result;
  } call{*this, function, values.data(), {}};
  WISP_TRY(run_on_guest_stack(
      [](void* environment) {
        Call& it = *static_cast<Call*>(environment);
        it.result = it.store.call_on_guest_stack(it.function, it.values);
      },
      &call));
  return std::move(call.result);
}

Result<EntryTrampoline> Store::entry_trampoline(uint32_t signature) {
  UsedTrampoline& used = used_trampolines_[signature % used_trampolines_.size()];
  if (used.signature != signature) [[unlikely]]
    used = {signature, WISP_TRY(services_->entry_trampoline(signature))};
  return used.enter;
}

Result<void> Store::call_on_guest_stack(const FuncRef& function, uint64_t* values) {
  const EntryTrampoline enter = WISP_TRY(entry_trampoline(function.signature));
  if (call_directly(enter, function, values)) [[likely]]
    return {};
  return Error(trap_.code == TrapCode::kExit ? ErrorCode::kExit : ErrorCode::kTrap, trap_.message);
}

bool Store::refuse_depth() {
  set_trap(TrapCode::kStackExhausted, to_string(TrapCode::kStackExhausted));
  return false;
}

void Store::take_trap() {
  auto code = static_cast<TrapCode>(std::exchange(context_.trap_code, 0));
  // A host function that trapped, or passed a trap on, has said why; see set_trap.
  if (trap_source_ == TrapSource::kGuest || trap_.code != code) {
    trap_ = {code, to_string(code), {}};
  }
}

void Store::set_trap(TrapCode code, std::string message) {
  trap_ = {code, std::move(message), {}};
  raw_backtrace_.count = 0;
}

const Trap& Store::last_trap() const {
  if (trap_.backtrace.empty() && raw_backtrace_.count != 0) {
    trap_.backtrace = describe(raw_backtrace_);
  }
  return trap_;
}

void Store::interrupt(TrapCode code) {
  __atomic_store_n(&context_.interrupt, static_cast<uint32_t>(code), __ATOMIC_SEQ_CST);
  if (ThreadId thread = thread_.load(); thread != kNowhere) interrupt_thread(thread);
}

bool Store::interrupt_pending() const {
  return __atomic_load_n(&context_.interrupt, __ATOMIC_RELAXED) != 0;
}

Result<void> Store::set_deadline(uint64_t nanoseconds) {
  uint64_t deadline = 0;
  if (nanoseconds != 0 && __builtin_add_overflow(monotonic_now_ns(), nanoseconds, &deadline)) {
    deadline = ~uint64_t{0};
  }
  deadline_ns_ = deadline;
  WISP_TRY(arm_deadline());
  // Where a guest ran in another thread before, it may go on there: get_ready() looks.
  if (deadline_timer_ != nullptr && deadline_timer_->thread() != thread_) thread_ = kNowhere;
  return {};
}

// By a timer of the calling thread: one that sends its signal to a thread where the guest does not
// run, or that has ended, would end nothing.
Result<void> Store::arm_deadline() {
  const uint64_t deadline = deadline_ns_;
  if (deadline == 0 && deadline_timer_ == nullptr) return {};
  if (deadline_timer_ == nullptr || deadline_timer_->thread() != this_thread()) {
    deadline_timer_ = nullptr;
    if (deadline == 0) return {};
    deadline_timer_ = WISP_TRY(
        InterruptTimer::create(&context_.interrupt, static_cast<uint32_t>(TrapCode::kInterrupted)));
  }
  const uint64_t now = monotonic_now_ns();
  // 0 would stop it.
  deadline_timer_->arm(deadline == 0 ? 0 : std::max(deadline, now + 1) - now);
  return {};
}

}  // namespace wisp::jit
