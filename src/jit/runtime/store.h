// Store: owns instances, memories, tables, globals and host functions; they live until it dies.
//
// External interface of the runtime for the component layer and for harnesses. A store belongs to
// one thread at a time. A guest always runs on a guard-paged stack, which the store keeps between
// calls: `call` and `instantiate` switch to it unless they are on it already. Calls nest: a host
// function may call back into the store; a trap ends the innermost call only, whose caller decides.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jit/runtime/adapter_context.h"
#include "jit/runtime/backtrace.h"
#include "jit/runtime/code_services.h"
#include "jit/runtime/host_function.h"
#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"
#include "platform/fault_handler.h"
#include "platform/memory_budget.h"
#include "platform/result.h"
#include "platform/reusable_fiber.h"

namespace wisp::jit {

class CompiledModule;
class Instance;
class Memory;
class Table;

// An item that can be imported and exported.
using Extern = std::variant<FuncRef*, Table*, Memory*, GlobalInstance*>;

struct StoreLimits {
  // Of one linear memory; growth beyond it fails, creation is an error.
  uint64_t max_memory_bytes = ~uint64_t{0};
  // Of all that guests of the store make the host hold: memories, tables, instances; the component
  // layer adds handles and the buffers of calls.
  uint64_t memory_budget = MemoryBudget::kUnlimited;
  MemoryBudget::FindLimit find_memory_budget = nullptr;  // when that is used up
  // Of all memories together, of which each reserves 8 GiB, whatever it holds.
  uint64_t max_address_space = uint64_t{2} << 40;
  uint32_t max_tables = 10'000;
  uint64_t max_table_elements = 10'000'000;  // of all tables together
  // Of all instances together: their globals and their references to functions.
  uint64_t max_instance_bytes = uint64_t{512} << 20;
  // Of guest stack; host code called from there has kHostHeadroomBytes more.
  uint64_t max_stack_bytes = 1u << 20;
};

// What a host function finds free on the guest's stack, at least.
constexpr size_t kHostHeadroomBytes = 128 * 1024;

// Called on the stack that entered the guest, each time the guest's fiber suspends; returns when it
// is to be resumed.
using SuspendHandler = void (*)(void* environment, Fiber& fiber);

class Store {
 public:
  explicit Store(std::shared_ptr<CodeServices> engine, StoreLimits limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // The function keeps `environment` as it is; it must outlive the store. Aborts where there is no
  // memory for code: for embedders, not for guests.
  FuncRef* add_host_function(const FuncType& type, HostCode code, void* environment);
  // Makes `function` one that guests of this store import. `exit` is the trampoline of the
  // signature, which has to be held as long as the store lives. It must stay where it is as long as
  // a guest runs that may call it.
  FuncRef* link_host_function(HostFunction& function, uint32_t signature, const void* exit,
                              HostCode code, void* environment);
  // The same for the context of an adapter and its compiled code.
  FuncRef* link_adapter(AdapterContext& adapter, uint32_t signature, const void* code);
  Result<Memory*> add_memory(const MemoryType& type);
  Result<Table*> add_table(const TableType& type);
  GlobalInstance* add_global(const GlobalType& type, uint64_t value);

  // Matches imports (in the order of Module::imports), fills segments, runs the start function. A
  // null function is one that comes later (Instance::set_imported_function). Errors: kLink with
  // both types in the message, kTrap, kLimit. Writes made before a trap stay, as the specification
  // says.
  Result<Instance*> instantiate(std::shared_ptr<const CompiledModule> module,
                                std::span<const Extern> imports);
  // The two parts of it, for who has to know the instance before any of its code runs.
  Result<Instance*> instantiate_without_start(std::shared_ptr<const CompiledModule> module,
                                              std::span<const Extern> imports);
  Result<void> start(Instance& instance);

  // Calls a function: arguments in, results out, one slot each as for HostCode; `values` has room
  // for the larger of both. Error kTrap or kExit: `last_trap()` has the details.
  Result<void> call(const FuncRef& function, std::span<uint64_t> values);

  // As call, for who is on the guest stack already and calls often: `enter` is the trampoline of
  // the function's signature. False: it trapped, `last_trap()` has the details.
  bool call_directly(EntryTrampoline enter, const FuncRef& function, uint64_t* values) {
    if (reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < context_.stack_limit)
        [[unlikely]] {
      return refuse_depth();
    }
    if (enter(&function, values, &context_) == EntryOutcome::kReturned) [[likely]]
      return true;
    take_trap();
    return false;
  }

  // Runs `body` on a guest stack, so that everything it calls shares one. It must not suspend:
  // the stack is lent for a call. Error kLimit: no stack.
  Result<void> run_on_guest_stack(void (*body)(void*), void* environment) {
    // Not on that stack either, then. Inlined, since it is a quarter of a typed call.
    if (is_ready() && fiber_->idle()) [[likely]] {
      fiber_->call(body, environment);
      return {};
    }
    return run_on_guest_stack(body, environment, nullptr, nullptr);
  }
  // The same with a switch, for a body that may: `handler` is consulted when it does.
  Result<void> run_on_guest_stack(void (*body)(void*), void* environment, SuspendHandler handler,
                                  void* handler_environment);
  bool on_guest_stack() const { return running() == this; }
  // Whose guest stack this is; null: nobody's.
  static Store* running() {
    const Fiber* fiber = Fiber::current();
    return fiber == nullptr ? nullptr : static_cast<Store*>(fiber->owner());
  }

  // For host functions: what returning `code` (kHost, kExit) means. A host function that passes a
  // trap of a nested call on returns `last_trap().code` as it is.
  void set_trap(TrapCode code, std::string message);
  // With the backtrace, which is put into words when it is first asked for.
  const Trap& last_trap() const;

  // That a component in this store was left in the middle of something, by a trap or an exit. Core
  // modules may be called all the same; components look (component/instance/component_function.h).
  void poison() { is_poisoned_ = true; }
  bool is_poisoned() const { return is_poisoned_; }

  // Raises `code` in the guest of this store: at once if it runs, on the way back if it is in host
  // code, else when it is entered next. Async-signal-safe, callable from another thread. Host code
  // that waits looks at interrupt_pending().
  void interrupt(TrapCode code);
  bool interrupt_pending() const;
  // Interrupts with kInterrupted after this time; 0: not any more. A deadline that has passed stays
  // pending until a guest runs. It follows the store to whatever thread runs it.
  Result<void> set_deadline(uint64_t nanoseconds);

  // Does not let go of `what` before the store dies: for whoever gave it functions whose types or
  // code are held elsewhere.
  void keep(std::shared_ptr<const void> what) { kept_.push_back(std::move(what)); }

  const FuncType& type_of(const FuncRef& function) const {
    return services_->signatures()->type_of(function.signature);
  }
  // What memory the host may still hold for the guests of this store.
  MemoryBudget& budget() { return budget_; }
  StoreContext& context() { return context_; }
  const StoreLimits& limits() const { return limits_; }
  CodeServices& services() { return *services_; }

 private:
  friend class Instance;
  friend struct TrapHandler;

  struct HostGlobal {
    alignas(16) uint64_t value[2] = {0, 0};
    GlobalInstance instance;
  };

  static constexpr ThreadId kNowhere = -1;

  bool is_ready() const { return thread_.load(std::memory_order_relaxed) == prepared_thread(); }
  Result<void> get_ready();
  Result<void> arm_deadline();
  Result<std::unique_ptr<ReusableFiber>> make_stack();
  Result<EntryTrampoline> entry_trampoline(uint32_t signature);
  Result<void> call_on_guest_stack(const FuncRef& function, uint64_t* values);
  void take_trap();
  bool refuse_depth();

  std::shared_ptr<CodeServices> services_;
  StoreLimits limits_;
  MemoryBudget budget_;
  uint64_t table_elements_left_;
  uint64_t instance_bytes_left_;
  StoreContext context_;
  // Some of those that were used, each in the place that its signature has.
  struct UsedTrampoline {
    uint32_t signature = 0;
    EntryTrampoline enter = nullptr;
  };
  std::array<UsedTrampoline, 8> used_trampolines_;

  std::vector<std::shared_ptr<const void>> kept_;
  SignatureSet host_signatures_;
  std::vector<std::unique_ptr<HostFunction>> host_functions_;
  std::vector<std::unique_ptr<HostGlobal>> host_globals_;
  std::vector<std::unique_ptr<Table>> tables_;
  std::vector<std::unique_ptr<Memory>> memories_;
  std::vector<std::unique_ptr<Instance>> instances_;

  std::unique_ptr<ReusableFiber> fiber_;  // kept between calls
  // Where a guest of this store ran last, which is where interrupts go; kept, so that entering
  // again needs no ordered write. Nowhere yet: there is no `fiber_` either.
  std::atomic<ThreadId> thread_{kNowhere};
  std::unique_ptr<InterruptTimer> deadline_timer_;  // of the thread in which a guest runs, or will
  uint64_t deadline_ns_ = 0;  // of the monotonic clock; 0: none that is to come

  // What the fault handler leaves behind, and what became of it.
  enum class TrapSource : uint8_t { kGuest, kHost };
  TrapSource trap_source_ = TrapSource::kGuest;
  RawBacktrace raw_backtrace_;
  mutable Trap trap_;
  bool is_poisoned_ = false;
};

}  // namespace wisp::jit
