#include "platform/interrupt.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>
#include <utility>

namespace wisp {
namespace {

// Signals are taken as they come, without a handler.
class InterruptTest : public testing::Test {
 protected:
  void SetUp() override {
    sigemptyset(&set_);
    sigaddset(&set_, kInterruptSignal);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  void TearDown() override {
    const timespec none = {};
    while (sigtimedwait(&set_, nullptr, &none) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  siginfo_t wait() {
    siginfo_t info;
    while (sigwaitinfo(&set_, &info) < 0) EXPECT_EQ(errno, EINTR);
    return info;
  }

  sigset_t set_, before_;
};

TEST_F(InterruptTest, ATimerFiresOnceEachTimeItIsArmed) {
  uint32_t flag = 0;
  auto timer = InterruptTimer::create(&flag, 3);
  ASSERT_TRUE(timer.has_value());
  EXPECT_EQ(timer.value()->thread(), this_thread());
  for (int i = 0; i < 2; i++) {
    timer.value()->arm(1);
    EXPECT_FALSE(timer.value()->has_fired());
    take_interrupt(wait());
    EXPECT_TRUE(timer.value()->has_fired());
    EXPECT_EQ(std::exchange(flag, 0), 3u);
  }
  timer.value()->arm(0);
  EXPECT_FALSE(timer.value()->has_fired());
}

TEST_F(InterruptTest, ForeignTimersAreNotFollowed) {
  uint32_t flag = 0;
  for (void* value : {static_cast<void*>(nullptr), static_cast<void*>(&flag)}) {
    siginfo_t info = {};
    info.si_signo = kInterruptSignal;
    info.si_code = SI_TIMER;
    info.si_value.sival_ptr = value;
    take_interrupt(info);
  }
  EXPECT_EQ(flag, 0u);
}

TEST_F(InterruptTest, ALateSignalHarmsNobody) {
  uint32_t flag = 0;
  auto timer = InterruptTimer::create(&flag, 3);
  ASSERT_TRUE(timer.has_value());
  timer.value()->arm(1);
  const siginfo_t late = wait();
  timer.value().reset();
  take_interrupt(late);
  EXPECT_EQ(flag, 0u);
  // Not even the one that has its place now.
  for (int i = 0; i < 20'000; i++) {
    auto other = InterruptTimer::create(&flag, 4);
    ASSERT_TRUE(other.has_value());
    take_interrupt(late);
    ASSERT_EQ(flag, 0u) << i;
  }
}

// The flag goes with the timer, while another thread takes its signal.
TEST_F(InterruptTest, ATimerMayEndWhileItsSignalIsTaken) {
  for (int i = 0; i < 200; i++) {
    auto flag = std::make_unique<uint32_t>(0);
    std::atomic<ThreadId> thread_id = 0;
    std::atomic<bool> is_done = false;
    std::unique_ptr<InterruptTimer> timer;
    std::thread thread([&] {
      auto made = InterruptTimer::create(flag.get(), 1);
      EXPECT_TRUE(made.has_value());
      timer = std::move(made).value();
      thread_id = this_thread();
      take_interrupt(wait());
      is_done = true;
    });
    while (thread_id == 0) sched_yield();
    timer->arm(1);
    const timespec pause = {0, i * 250};
    nanosleep(&pause, nullptr);
    timer.reset();
    flag.reset();
    // Where the timer did not come to it. More than once: the kernel merges a signal with the
    // timer's that still waits, and then drops that one, since its timer is gone.
    while (!is_done) {
      interrupt_thread(thread_id);
      sched_yield();
    }
    thread.join();
  }
}

}  // namespace
}  // namespace wisp
