#include "platform/fault_handler.h"

#include <sys/syscall.h>
#include <unistd.h>

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

const struct sigaction& previous_action(int signal) {
  size_t index = 0;
  while (kSignals[index] != signal) index++;
  return previous_actions[index];
}

void chain(int signal, siginfo_t* info, void* ucontext) {
  const struct sigaction& previous = previous_action(signal);
  if ((previous.sa_flags & SA_SIGINFO) != 0 && previous.sa_sigaction != nullptr) {
    previous.sa_sigaction(signal, info, ucontext);
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal);
  } else if (signal != kInterruptSignal) {
    // The default action: a fault happens again when the handler returns, a signal that was sent
    // must be sent again.
    ::signal(signal, SIG_DFL);
    if (info->si_code <= 0) raise(signal);
  }
}

void handle(int signal, siginfo_t* info, void* ucontext) {
  int saved_errno = errno;
  bool is_fault = info->si_code > 0;  // else somebody sent it
  Fault fault(signal, *info, ucontext);
  bool handled = (is_fault || signal == kInterruptSignal) && fault_callback.load()(fault);
  if (!handled) chain(signal, info, ucontext);
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

ThreadId this_thread() { return static_cast<ThreadId>(syscall(SYS_gettid)); }

void install_fault_handler(FaultCallback callback) {
  static std::once_flag once;
  std::call_once(once, [callback] {
    fault_callback = callback;
    for (size_t i = 0; i < kSignalCount; i++) {
      struct sigaction action = {};
      action.sa_sigaction = handle;
      action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
      if (kSignals[i] == kInterruptSignal) action.sa_flags |= SA_RESTART;
      sigemptyset(&action.sa_mask);
      WISP_CHECK(sigaction(kSignals[i], nullptr, &previous_actions[i]) == 0);
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

void interrupt_thread(ThreadId thread) { syscall(SYS_tgkill, getpid(), thread, kInterruptSignal); }

Result<std::unique_ptr<InterruptTimer>> InterruptTimer::create(void* owner) {
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kInterruptSignal;
  event.sigev_value.sival_ptr = owner;
  event._sigev_un._tid = this_thread();
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
    return Error(ErrorCode::kLimit, "cannot create a timer");
  }
  return std::unique_ptr<InterruptTimer>(new InterruptTimer(timer, event._sigev_un._tid));
}

InterruptTimer::~InterruptTimer() { timer_delete(timer_); }

void InterruptTimer::arm(uint64_t nanoseconds) {
  itimerspec time = {};
  time.it_value.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
  time.it_value.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
  WISP_CHECK(timer_settime(timer_, 0, &time, nullptr) == 0);
}

}  // namespace wisp
