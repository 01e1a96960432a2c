#include "platform/watchdog.h"

#include <gtest/gtest.h>

#include <atomic>

#include "platform/clock.h"

namespace wisp {
namespace {

void count(void* counter) { (*static_cast<std::atomic<int>*>(counter))++; }

TEST(Watchdog, CallsOnceWhenTheDeadlineHasPassed) {
  std::atomic<int> calls = 0;
  const uint64_t start_ns = monotonic_now_ns();
  Watchdog watchdog(start_ns + 20'000'000, count, &calls);
  while (calls == 0 && monotonic_now_ns() < start_ns + 10'000'000'000) {
  }
  EXPECT_EQ(calls, 1);
  EXPECT_GE(monotonic_now_ns(), start_ns + 20'000'000);
}

TEST(Watchdog, NeverCallsAfterItIsGone) {
  std::atomic<int> calls = 0;
  { Watchdog watchdog(monotonic_now_ns() + 3'600'000'000'000, count, &calls); }
  { Watchdog watchdog(kForever, count, &calls); }
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace wisp
