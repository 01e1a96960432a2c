// HostFunction: a C++ function as an item that guests import.
//
// It begins with a VmContext, since that is what a FuncRef carries and what the pinned register
// holds when its exit trampoline runs; `functions` points at its own FuncRef, so that it is found
// again from a table entry (index 0). Whoever has many keeps them where it likes and links them
// (Store::link_host_function); a store can own single ones.
#pragma once

#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

// Arguments at values[0..], one 8-byte slot each (i32 and f32 in the low half, zero-extended);
// results are written to values[0..]. Runs on the guest's stack, with checked headroom, and may
// suspend the guest's fiber. Returns kNone to go on; anything else unwinds the guest
// (`Store::set_trap` gives the text first). Must not throw.
using HostCode = TrapCode (*)(void* environment, uint64_t* values);

struct HostFunction {
  VmContext context;
  FuncRef reference;
  HostCode code = nullptr;
  void* environment = nullptr;
};

}  // namespace wisp::jit
