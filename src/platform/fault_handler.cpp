#include "platform/fault_handler.h"

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "platform/virtual_memory.h"

namespace wisp {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, kInterruptSignal};
constexpr size_t kSignalCount = std::size(kSignals);

// The tables that a signal handler has to find: written once, before the handlers are installed.
std::atomic<FaultCallback> fault_callback{nullptr};
struct sigaction previous_actions[kSignalCount];

struct sigaction& previous_action(int signal) {
  size_t index = 0;
  while (kSignals[index] != signal) index++;
  return previous_actions[index];
}

// The default action of a fault: it happens again when the handler returns; a signal that was sent
// must be sent again.
void take_default_action(int signal, bool was_sent) {
  ::signal(signal, SIG_DFL);
  if (was_sent) raise(signal);
}

// Does what the kernel would have done without us. It restores the mask when our handler returns.
void chain(int signal, siginfo_t* info, void* ucontext) {
  struct sigaction& previous = previous_action(signal);
  const struct sigaction action = previous;
  const bool takes_info = (action.sa_flags & SA_SIGINFO) != 0;
  const bool was_sent = info->si_code <= 0;
  if (!takes_info && action.sa_handler == SIG_DFL) {
    if (signal != kInterruptSignal) take_default_action(signal, was_sent);
    return;
  }
  if (!takes_info && action.sa_handler == SIG_IGN) {  // which does not hold for faults
    if (!was_sent) take_default_action(signal, was_sent);
    return;
  }
  if ((action.sa_flags & SA_RESETHAND) != 0) {
    previous = {};
    previous.sa_handler = SIG_DFL;
  }
  sigset_t mask = action.sa_mask;
  if ((action.sa_flags & SA_NODEFER) == 0) sigaddset(&mask, signal);
  pthread_sigmask(SIG_BLOCK, &mask, nullptr);
  if (takes_info) {
    action.sa_sigaction(signal, info, ucontext);
  } else {
    action.sa_handler(signal);
  }
}

void handle(int signal, siginfo_t* info, void* ucontext) {
  const int saved_errno = errno;
  Fault fault(signal, *info, ucontext);
  if (signal == kInterruptSignal) {
    take_interrupt(*info);
    chain(signal, info, ucontext);
    fault_callback.load()(fault);
  } else {
    const bool is_fault = info->si_code > 0;  // else somebody sent it
    if (!is_fault || !fault_callback.load()(fault)) chain(signal, info, ucontext);
  }
  errno = saved_errno;
}

constexpr size_t kSignalStackBytes = kPageGranule;
// AVX-512 state alone takes 3 KiB; a sanitizer's reporting needs more than our handler does.
constexpr size_t kLeastSignalStackBytes = 16 * 1024;

class SignalStack {
 public:
  ~SignalStack() {
    detail::prepared_thread = 0;
    if (memory_.base() == nullptr) return;  // the thread had a stack that is large enough
    stack_t current;
    if (sigaltstack(nullptr, &current) != 0 || current.ss_sp != stack()) return;
    stack_t disabled = {};
    disabled.ss_flags = SS_DISABLE;
    sigaltstack(&disabled, nullptr);
  }

  Result<void> prepare() {
    stack_t current;
    WISP_CHECK(sigaltstack(nullptr, &current) == 0);
    if ((current.ss_flags & SS_DISABLE) != 0 || current.ss_size < kLeastSignalStackBytes) {
      memory_ = WISP_TRY(Reservation::reserve(kPageGranule + kSignalStackBytes));
      WISP_TRY(memory_.protect(kPageGranule, kSignalStackBytes, PageAccess::kReadWrite));
      stack_t own = {};
      own.ss_sp = stack();
      own.ss_size = kSignalStackBytes;
      WISP_CHECK(sigaltstack(&own, nullptr) == 0);
    }
    detail::prepared_thread = this_thread();
    return {};
  }

 private:
  void* stack() const { return memory_.base() + kPageGranule; }

  Reservation memory_;
};

}  // namespace

void install_fault_handler(FaultCallback callback) {
  static std::once_flag once;
  std::call_once(once, [callback] {
    fault_callback = callback;
    for (size_t i = 0; i < kSignalCount; i++) {
      struct sigaction action = {};
      action.sa_sigaction = handle;
      WISP_CHECK(sigaction(kSignals[i], nullptr, &previous_actions[i]) == 0);
      // Whether system calls go on is for whoever had the signal before; ignored ones end none.
      const struct sigaction& previous = previous_actions[i];
      const bool is_ignored = (previous.sa_flags & SA_SIGINFO) == 0 &&
                              (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN);
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      action.sa_flags |= is_ignored ? SA_RESTART : previous.sa_flags & SA_RESTART;
      sigemptyset(&action.sa_mask);
      WISP_CHECK(sigaction(kSignals[i], &action, nullptr) == 0);
    }
  });
  WISP_CHECK(fault_callback.load() == callback);
}

Result<void> prepare_thread_for_faults() {
  // The thread of a child of fork has another number.
  static std::once_flag once;
  std::call_once(once,
                 [] { pthread_atfork(nullptr, nullptr, [] { detail::prepared_thread = 0; }); });
  thread_local SignalStack stack;
  return prepared_thread() != 0 ? Result<void>() : stack.prepare();
}

}  // namespace wisp
