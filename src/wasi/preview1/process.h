// Process: a module of preview 1 while it runs, as its functions see it. Call: one call of such a
// function.
//
// Functions answer like system calls: 0, or a negated errno of the host. A call that traps says so
// to its Call, and what it returns then means nothing.
//
// What of a guest's pointers is looked at is checked first, each time: they may be anywhere, and
// point to pointers. One that is outside the memory, or not aligned to what it points to, traps, as
// witx-docs.md has it: https://github.com/WebAssembly/WASI, legacy/tools/witx-docs.md, "Pointers".
// Of nothing, the pointer may be anything.
// The guest does not run during a call and memories do not move, so that what was checked stays so.
#pragma once

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#include "component/host/host_call.h"
#include "jit/runtime/store.h"
#include "wasi/context.h"
#include "wasi/preview1/descriptor_table.h"
#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

// What stands for a function that is imported and nobody provides.
struct UnknownImport {
  jit::Store& store;
  std::string name;
  size_t results;
};

struct Process {
  Process(jit::Store& its_store, WasiContext& its_context, uint64_t fuel)
      : store(its_store),
        context(its_context),
        hostcall_fuel(fuel),
        descriptors(its_context, its_store.budget()) {}

  jit::Store& store;
  WasiContext& context;
  uint64_t hostcall_fuel;  // bytes that one call may hand to the host
  DescriptorTable descriptors;
  // What the module exports as "memory"; null: nothing.
  const jit::MemoryView* memory = nullptr;
  // What proc_exit was called with.
  uint32_t exit_status = 0;
  std::deque<UnknownImport> unknown_imports;
};

class Call : public component::CallState {
 public:
  // What functions return once the call is over: any value does, since nobody looks at it.
  static constexpr int kTrapped = -EFAULT;

  Call(Process& process, std::string_view function)
      : process_(process), function_(function), fuel_(process.hostcall_fuel) {}

  Process& process() { return process_; }
  WasiContext& context() { return process_.context; }
  PathSandbox& sandbox() { return process_.context.sandbox; }
  EventLoop& loop() { return process_.context.loop; }
  DescriptorTable& descriptors() { return process_.descriptors; }

  // Memory of the guest; null: it is not all there, which traps.
  uint8_t* bytes(uint32_t address, uint64_t size_bytes, uint32_t alignment = 1) {
    const jit::MemoryView& memory = *process_.memory;
    // The sum does not overflow: an address has 32 bits, and a size of so many elements 38.
    if (address + size_bytes > memory.size_bytes || address % alignment != 0) [[unlikely]] {
      return refuse_pointer(address, size_bytes, alignment);
    }
    return memory.base + address;
  }
  template <class T>
  uint8_t* bytes(Array<T> array) {
    return bytes(array.address, uint64_t{array.count} * sizeof(T), alignof(T));
  }

  // 0, or what the function is to return.
  template <class T>
  int write(Pointer<T> to, const T& value) {
    uint8_t* memory = bytes(to.address, sizeof(T), alignof(T));
    if (memory == nullptr) [[unlikely]]
      return kTrapped;
    std::memcpy(memory, &value, sizeof(T));
    return 0;
  }
  int write(uint32_t address, std::string_view bytes);
  // A view, as long as the call. ENOMEM: too long; EILSEQ.
  int read(String string, std::string_view& text);

  // Counts bytes that the guest hands over. False (ENOMEM): they are more than one call may.
  bool charge(uint64_t size_bytes) {
    if (size_bytes > fuel_) [[unlikely]]
      return false;
    fuel_ -= size_bytes;
    return true;
  }
  uint64_t fuel() const { return fuel_; }

  // Ends the guest with this text.
  int trap(const std::string& message);
  // Ends the guest as if it had been asked to.
  int exit(uint32_t status);
  // The deadline has passed.
  int interrupt();

  // What the thunk tells the store.
  jit::TrapCode finish() {
    if (unwinding()) [[unlikely]]
      return component::report_trap(process_.store, *this);
    return jit::TrapCode::kNone;
  }

 private:
  // Null and a trap, unless there is nothing to be looked at.
  uint8_t* refuse_pointer(uint32_t address, uint64_t size_bytes, uint32_t alignment);

  Process& process_;
  std::string_view function_;
  uint64_t fuel_;
};

}  // namespace wisp::wasi::preview1
