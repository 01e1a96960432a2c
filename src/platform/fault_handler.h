// Hardware faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) and the interrupt signal, delivered to one
// callback.
//
// External interface: install_fault_handler(), prepare_thread_for_faults(), Fault. The callback
// runs in a signal handler on the thread that faulted: it allocates nothing and locks nothing. It
// answers whether the fault was its own; if so, the thread goes on where Fault::redirect() said.
// All else is handed to the handler that was there before; without one the fault happens again with
// the default action, so that a crash stays a crash. Interrupts are handed to the handler before us
// as well, all of them: the kernel merges signals, and with one of ours his may have come.
//
// What differs between architectures (registers in the ucontext) is in fault_registers_<arch>.cpp.
#pragma once

#include <csignal>
#include <cstdint>

#include "platform/interrupt.h"
#include "platform/result.h"

namespace wisp {

class Fault {
 public:
  Fault(int signal, const siginfo_t& info, void* ucontext)
      : signal_(signal), address_(reinterpret_cast<uintptr_t>(info.si_addr)), ucontext_(ucontext) {}

  int signal() const { return signal_; }
  // What was accessed, for SIGSEGV and SIGBUS; 0 if the machine does not tell (a non-canonical
  // address).
  uintptr_t address() const { return address_; }

  uintptr_t pc() const;
  uintptr_t stack_pointer() const;
  uintptr_t frame_pointer() const;
  // By the architecture's own numbering.
  uint64_t general_register(uint8_t number) const;
  // Makes the thread go on at `pc`, with `argument` as the first of the C convention. The stack
  // pointer stays.
  void redirect(uintptr_t pc, uintptr_t argument);

 private:
  int signal_;
  uintptr_t address_;
  void* ucontext_;
};

// For kInterruptSignal nobody looks at the answer.
using FaultCallback = bool (*)(Fault& fault);

// Installs the handlers, once per process; later calls with the same callback do nothing.
void install_fault_handler(FaultCallback callback);

// Gives the calling thread an alternate signal stack, unless it has one that is large enough. A
// fault on a guarded stack that ran over cannot be delivered without.
Result<void> prepare_thread_for_faults();

namespace detail {
// The model is Fiber::current_'s, for speed alone.
[[gnu::tls_model("initial-exec")]] inline constinit thread_local ThreadId prepared_thread = 0;
}  // namespace detail
// The calling thread; 0 where it is not prepared. Makes no system call, since every entry of a
// guest asks.
inline ThreadId prepared_thread() { return detail::prepared_thread; }

}  // namespace wisp
