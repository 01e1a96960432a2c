// From a fault to a trap: decides whether a fault is one of the guest, and sends the guest back to
// where it was entered.
//
// External interface: raise_trap(), install_trap_handler(). Rules: a fault counts as
// a trap only if a guest of this thread is entered and the pc lies in published code; a fault of
// C++ code is never one, not even on the guest's stack. Nothing here allocates or locks.
#pragma once

#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"
#include "platform/fault_handler.h"

namespace wisp::jit {

class Store;

struct TrapHandler {
  static bool on_fault(Fault& fault);
  static void on_interrupt(Fault& fault, Store& store);
  static TrapCode classify(const Fault& fault, const Store& store);
  static void leave(Fault& fault, Store& store, TrapCode code);
  [[noreturn]] static void raise(Store& store, TrapCode code);
};

// Unwinds the guest that called a builtin. No frame in between owns anything.
[[noreturn]] void raise_trap(VmContext* context, TrapCode code);

void install_trap_handler();

}  // namespace wisp::jit
