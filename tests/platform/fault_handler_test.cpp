#include "platform/fault_handler.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csetjmp>
#include <thread>

#include "platform/fiber.h"
#include "platform/virtual_memory.h"

namespace wisp {
namespace {

// One callback a process: what it does is told by these.
thread_local volatile bool expect_fault = false;
thread_local sigjmp_buf back;
thread_local int seen_signal = 0;
thread_local uintptr_t seen_address = 0;
thread_local uintptr_t seen_argument = 0;
thread_local int interrupts_seen = 0;

[[noreturn]] void land(uintptr_t argument) {
  seen_argument = argument;
  siglongjmp(back, 1);
}

bool on_fault(Fault& fault) {
  if (fault.signal() == kInterruptSignal) {
    interrupts_seen++;
    return true;
  }
  if (!expect_fault) return false;
  expect_fault = false;
  seen_signal = fault.signal();
  seen_address = fault.address();
  fault.redirect(reinterpret_cast<uintptr_t>(&land), 42);
  return true;
}

template <class Action>
void fault_in(Action action) {
  install_fault_handler(&on_fault);
  ASSERT_TRUE(prepare_thread_for_faults().has_value());
  seen_signal = 0;
  if (sigsetjmp(back, 1) == 0) {
    expect_fault = true;
    action();
  }
  expect_fault = false;
}

TEST(FaultHandler, TellsTheAddressAndGoesOnElsewhere) {
  auto reservation = Reservation::reserve(kPageGranule).value();
  fault_in([&] { *const_cast<volatile uint8_t*>(reservation.base() + 100) = 1; });
  EXPECT_EQ(seen_signal, SIGSEGV);
  EXPECT_EQ(seen_address, reinterpret_cast<uintptr_t>(reservation.base()) + 100);
  EXPECT_EQ(seen_argument, 42u);
}

TEST(FaultHandler, SeesIllegalInstructions) {
  fault_in([] { __builtin_trap(); });
  EXPECT_TRUE(seen_signal == SIGILL || seen_signal == SIGTRAP);
}

TEST(FaultHandler, SurvivesAStackThatRanOver) {
  std::thread([] {  // of its own, since the jump leaves the fiber current
    fault_in([] {
      auto fiber = Fiber::create(
          [](void*) { *static_cast<volatile uint8_t*>(Fiber::current()->stack().limit() - 8) = 1; },
          nullptr);
      static Fiber* volatile left_behind;  // its stack is left by the jump
      left_behind = fiber.value().release();
      left_behind->resume();
    });
    EXPECT_EQ(seen_signal, SIGSEGV);
  })
      .join();
}

TEST(FaultHandler, WorksOnEveryThreadThatWasPrepared) {
  std::thread([] {
    auto reservation = Reservation::reserve(kPageGranule).value();
    fault_in([&] { *const_cast<volatile uint8_t*>(reservation.base()) = 1; });
    EXPECT_EQ(seen_signal, SIGSEGV);
  }).join();
}

TEST(FaultHandler, KnowsTheThreadOnceItIsPrepared) {
  std::thread([] {
    EXPECT_EQ(prepared_thread(), 0);
    ASSERT_TRUE(prepare_thread_for_faults().has_value());
    EXPECT_EQ(prepared_thread(), gettid());
    const pid_t child = fork();  // whose thread is another one
    if (child == 0) {
      const bool is_forgotten = prepared_thread() == 0;
      const bool is_prepared = prepare_thread_for_faults().has_value();
      _exit(is_forgotten && is_prepared && prepared_thread() == getpid() ? 0 : 1);
    }
    int status = -1;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }).join();
}

TEST(FaultHandler, DeliversTheInterruptSignal) {
  install_fault_handler(&on_fault);
  interrupts_seen = 0;
  pthread_kill(pthread_self(), kInterruptSignal);
  EXPECT_EQ(interrupts_seen, 1);
}

TEST(FaultHandlerDeathTest, WhatIsNotHandledStaysACrash) {
  install_fault_handler(&on_fault);
  EXPECT_DEATH(
      {
        auto reservation = Reservation::reserve(kPageGranule).value();
        *const_cast<volatile uint8_t*>(reservation.base()) = 1;
      },
      "");
  EXPECT_DEATH(kill(getpid(), SIGSEGV), "");
}

// What follows needs a process of its own each, in which a handler is there before ours: the
// statement runs in a new one and exits with 0 where everything was as it should be.
class FaultHandlerChainDeathTest : public testing::Test {
 protected:
  FaultHandlerChainDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};
#define EXPECT_HOLDS_IN_A_PROCESS(function) \
  EXPECT_EXIT(_exit((function)()), testing::ExitedWithCode(0), "")
// The line is the process's status.
#define REQUIRE(condition) \
  if (!(condition)) _exit(__LINE__ % 255 + 1)

void handle_with(int signal, void (*handler)(int), int flags = 0) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  REQUIRE(sigaction(signal, &action, nullptr) == 0);
}

thread_local volatile int foreign_seen = 0;
void count_foreign(int) { foreign_seen = foreign_seen + 1; }

void start_handling() {
  install_fault_handler(&on_fault);
  REQUIRE(prepare_thread_for_faults().has_value());
}

int sent_signals_are_passed_on() {
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) handle_with(signal, &count_foreign);
  start_handling();
  for (int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) pthread_kill(pthread_self(), signal);
  return foreign_seen == 4 ? 0 : 1;
}
TEST_F(FaultHandlerChainDeathTest, SentSignalsArePassedOn) {
  EXPECT_HOLDS_IN_A_PROCESS(sent_signals_are_passed_on);
}

// By whoever compiles, checks or grows memory by faults of his own.
uint8_t* volatile page_to_open = nullptr;
int faults_are_passed_on() {
  struct sigaction action = {};
  action.sa_flags = SA_SIGINFO;
  action.sa_sigaction = [](int, siginfo_t* info, void*) {
    if (info->si_addr != page_to_open + 7) _exit(1);
    foreign_seen = foreign_seen + 1;
    mprotect(page_to_open, kPageGranule, PROT_READ | PROT_WRITE);
  };
  REQUIRE(sigaction(SIGSEGV, &action, nullptr) == 0);
  handle_with(SIGILL, [](int signal) { siglongjmp(back, signal); });
  handle_with(SIGFPE, [](int signal) { siglongjmp(back, signal); });
  handle_with(SIGBUS, [](int signal) { siglongjmp(back, signal); });
  start_handling();

  auto page = Reservation::reserve(kPageGranule).value();
  page_to_open = page.base();
  *const_cast<volatile uint8_t*>(page.base() + 7) = 42;
  REQUIRE(foreign_seen == 1 && page.base()[7] == 42);

  const int illegal = sigsetjmp(back, 1);
  if (illegal == 0) __builtin_trap();
  REQUIRE(illegal == SIGILL || illegal == SIGTRAP);
  const int beyond = sigsetjmp(back, 1);
  if (beyond == 0) {
    const int file = memfd_create("empty", 0);
    void* mapping = mmap(nullptr, kPageGranule, PROT_READ, MAP_PRIVATE, file, 0);
    (void)*static_cast<volatile uint8_t*>(mapping);
  }
  REQUIRE(beyond == SIGBUS);
  // Not a division, which AArch64 does not fault on and sanitizers look at.
  const int division = sigsetjmp(back, 1);
  if (division == 0) {
    siginfo_t info = {};
    info.si_signo = SIGFPE;
    info.si_code = SI_QUEUE;
    syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGFPE, &info);
  }
  REQUIRE(division == SIGFPE);
  return 0;
}
TEST_F(FaultHandlerChainDeathTest, FaultsArePassedOn) {
  EXPECT_HOLDS_IN_A_PROCESS(faults_are_passed_on);
}

int foreign_interrupts_are_passed_on() {
  handle_with(kInterruptSignal, &count_foreign, SA_RESTART);
  start_handling();
  interrupts_seen = 0;
  pthread_kill(pthread_self(), kInterruptSignal);
  kill(getpid(), kInterruptSignal);
  sigqueue(getpid(), kInterruptSignal, sigval{.sival_int = 7});
  REQUIRE(foreign_seen == 3);

  sigevent event = {};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = kInterruptSignal;
  event.sigev_value.sival_ptr = reinterpret_cast<void*>(8);
  timer_t timer;
  REQUIRE(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
  const itimerspec soon = {{0, 0}, {0, 1}};
  REQUIRE(timer_settime(timer, 0, &soon, nullptr) == 0);
  while (foreign_seen == 3) sched_yield();

  // Ours may have come together with another one. The callback sees them all.
  interrupt_thread(gettid());
  uint32_t flag = 0;
  auto deadline = InterruptTimer::create(&flag, 5);
  REQUIRE(deadline.has_value());
  deadline.value()->arm(1);
  while (__atomic_load_n(&flag, __ATOMIC_RELAXED) == 0) sched_yield();
  REQUIRE(foreign_seen == 6 && interrupts_seen == 6 && flag == 5);
  return 0;
}
TEST_F(FaultHandlerChainDeathTest, ForeignInterruptsArePassedOn) {
  EXPECT_HOLDS_IN_A_PROCESS(foreign_interrupts_are_passed_on);
}

// The mask, a handler for one time, and signals that are ignored.
int a_handler_finds_what_it_asked_for() {
  struct sigaction action = {};
  action.sa_handler = [](int) {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    if (sigismember(&mask, SIGUSR1) && sigismember(&mask, kInterruptSignal)) count_foreign(0);
  };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaddset(&action.sa_mask, SIGUSR1);
  REQUIRE(sigaction(kInterruptSignal, &action, nullptr) == 0);
  handle_with(SIGFPE, SIG_IGN);
  start_handling();
  for (int i = 0; i < 2; i++) pthread_kill(pthread_self(), kInterruptSignal);
  REQUIRE(foreign_seen == 1);
  sigset_t mask;
  REQUIRE(pthread_sigmask(SIG_BLOCK, nullptr, &mask) == 0);
  REQUIRE(!sigismember(&mask, SIGUSR1) && !sigismember(&mask, kInterruptSignal));
  pthread_kill(pthread_self(), SIGFPE);
  return 0;
}
TEST_F(FaultHandlerChainDeathTest, AHandlerFindsWhatItAskedFor) {
  EXPECT_HOLDS_IN_A_PROCESS(a_handler_finds_what_it_asked_for);
}

}  // namespace
}  // namespace wisp
