#include "platform/fault_handler.h"

#include <gtest/gtest.h>
#include <pthread.h>
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
  }).join();
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

TEST(FaultHandlerDeathTest, ChainsToTheHandlerThatWasThereBefore) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        struct sigaction action = {};
        action.sa_handler = [](int) { _exit(17); };
        sigaction(SIGSEGV, &action, nullptr);
        install_fault_handler(&on_fault);
        kill(getpid(), SIGSEGV);
      },
      testing::ExitedWithCode(17), "");
}

}  // namespace
}  // namespace wisp
