// Store: owns instances, memories, tables, globals and host functions; they live until it dies.
//
// External interface of the runtime for the component layer and for harnesses. A store belongs to one thread at a time.
// A guest always runs on a guard-paged stack: `call` and `instantiate` switch to one unless they are on one already.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"
#include "platform/result.h"

namespace wisp {
class Fiber;
}

namespace wisp::jit {

class CompiledModule;
class Engine;
class Instance;
class Memory;
class Table;

// A global: type and the slot that holds its value (16 bytes; references are FuncRef* or externref handles).
struct GlobalInstance {
  GlobalType type;
  uint64_t* value = nullptr;
};

// An item that can be imported and exported.
using Extern = std::variant<FuncRef*, Table*, Memory*, GlobalInstance*>;

// A host function: arguments at values[0..], one 8-byte slot each (i32 and f32 in the low half, zero-extended); results
// are written to values[0..]. Runs on the guest's stack, with checked headroom, and may suspend the guest's fiber.
// Returns kNone to go on; anything else unwinds the guest (`Store::set_trap` gives the text first). Must not throw.
using HostCode = TrapCode (*)(void* environment, uint64_t* values);

struct StoreLimits {
  uint64_t max_memory_bytes = ~uint64_t{0};  // of one linear memory; growth beyond it fails, creation is an error
  uint64_t max_table_elements = 10'000'000;
  uint64_t max_stack_bytes = 1u << 20;       // of guest stack
};

// Called on the stack that entered the guest, each time the guest's fiber suspends; returns when it is to be resumed.
using SuspendHandler = void (*)(void* environment, Fiber& fiber);

class Store {
 public:
  explicit Store(std::shared_ptr<Engine> engine, StoreLimits limits = {});
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  Engine& engine() { return *engine_; }

  // The function keeps `environment` as it is; it must outlive the store.
  FuncRef* add_host_function(const FuncType& type, HostCode code, void* environment);
  Result<Memory*> add_memory(const MemoryType& type);
  Result<Table*> add_table(const TableType& type);
  GlobalInstance* add_global(const GlobalType& type, uint64_t value);

  // Matches imports (in the order of Module::imports), fills segments, runs the start function.
  // Errors: kLink with both types in the message, kTrap, kLimit. Writes made before a trap stay, as the specification says.
  Result<Instance*> instantiate(std::shared_ptr<const CompiledModule> module, std::span<const Extern> imports);

  // Calls a function: arguments in, results out, one slot each as for HostCode; `values` has room for the larger of both.
  // Error kTrap or kExit: `last_trap()` has the details.
  Result<void> call(const FuncRef& function, std::span<uint64_t> values);

  // Runs `body` on a guest stack, so that everything it calls shares one: entering costs one switch. `handler` is
  // consulted when the body suspends; without one, suspending is an error of the host.
  void run_on_guest_stack(void (*body)(void*), void* environment, SuspendHandler handler, void* handler_environment);
  bool on_guest_stack() const;

  // For host functions: what `return TrapCode::kHost` means.
  void set_trap(TrapCode code, std::string message);
  const Trap& last_trap() const { return trap_; }

  // Raises `code` in a running guest of this store: async-signal-safe, callable from another thread.
  void interrupt(TrapCode code);

  uint32_t signature_of(const FuncType& type);
  const FuncType& type_of(const FuncRef& function) const;
  // References of the host: equal numbers are the same reference; 0 is null.
  StoreContext& context() { return context_; }
  const StoreLimits& limits() const { return limits_; }

 private:
  std::shared_ptr<Engine> engine_;
  StoreLimits limits_;
  StoreContext context_;
  Trap trap_;
};

}  // namespace wisp::jit
