// Hardware faults (SIGSEGV, SIGBUS, SIGFPE, SIGILL) and the interrupt signal, delivered to one
// callback.
//
// External interface: install_fault_handler(), prepare_thread_for_faults(), Fault. The callback
// runs in a signal handler on the thread that faulted: it allocates nothing and locks nothing. It
// answers whether the fault was its own; if so, the thread goes on where Fault::redirect() said.
// All else is handed to the handler that was there before; without one the fault happens again with
// the default action, so that a crash stays a crash.
//
// What differs between architectures (registers in the ucontext) is in fault_registers_<arch>.cpp.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>

#include "platform/result.h"

namespace wisp {

// Sent to a thread by ourselves, to look at it while it runs. Ignored by default, so that a late
// one does no harm.
constexpr int kInterruptSignal = SIGURG;

class Fault {
 public:
  Fault(int signal, const siginfo_t& info, void* ucontext)
      : signal_(signal),
        address_(reinterpret_cast<uintptr_t>(info.si_addr)),
        timer_owner_(info.si_code == SI_TIMER ? info.si_value.sival_ptr : nullptr),
        ucontext_(ucontext) {}

  int signal() const { return signal_; }
  // What was accessed, for SIGSEGV and SIGBUS; 0 if the machine does not tell (a non-canonical
  // address).
  uintptr_t address() const { return address_; }
  // Of the InterruptTimer that sent kInterruptSignal; null if somebody else did.
  void* timer_owner() const { return timer_owner_; }

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
  void* timer_owner_;
  void* ucontext_;
};

using FaultCallback = bool (*)(Fault& fault);

// Installs the handlers, once per process; later calls with the same callback do nothing.
void install_fault_handler(FaultCallback callback);

// Gives the calling thread an alternate signal stack, unless it has one that is large enough. A
// fault on a guarded stack that ran over cannot be delivered without.
Result<void> prepare_thread_for_faults();

// The kernel's number of a thread; 0 is none.
using ThreadId = pid_t;
ThreadId this_thread();

namespace detail {
inline constinit thread_local ThreadId prepared_thread = 0;
}
// The calling thread; 0 where it is not prepared. Makes no system call, since every entry of a
// guest asks.
inline ThreadId prepared_thread() { return detail::prepared_thread; }

// Sends kInterruptSignal to a thread of this process; nothing where it has ended.
// Async-signal-safe.
void interrupt_thread(ThreadId thread);

// Sends kInterruptSignal to the thread that made it, once, when the time is over.
class InterruptTimer {
 public:
  static Result<std::unique_ptr<InterruptTimer>> create(void* owner);
  ~InterruptTimer();
  InterruptTimer(const InterruptTimer&) = delete;
  InterruptTimer& operator=(const InterruptTimer&) = delete;

  void arm(uint64_t nanoseconds);  // 0: stops it
  // Who gets the signal.
  ThreadId thread() const { return thread_; }

 private:
  InterruptTimer(timer_t timer, ThreadId thread) : timer_(timer), thread_(thread) {}
  timer_t timer_;
  ThreadId thread_;
};

}  // namespace wisp
