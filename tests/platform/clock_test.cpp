#include "platform/clock.h"

#include <gtest/gtest.h>

#include <ctime>

namespace wisp {
namespace {

TEST(Clock, MonotonicNeverGoesBack) {
  uint64_t last = monotonic_now_ns();
  for (int i = 0; i < 10'000; i++) {
    const uint64_t now = monotonic_now_ns();
    ASSERT_GE(now, last);
    last = now;
  }
  EXPECT_GT(monotonic_resolution_ns(), 0u);
  EXPECT_LE(monotonic_resolution_ns(), 10'000'000u);
}

TEST(Clock, WallClockIsThatOfTheSystem) {
  const std::time_t before = std::time(nullptr);
  const WallTime now = wall_now();
  EXPECT_GE(now.seconds, before);
  EXPECT_LE(now.seconds, before + 10);
  EXPECT_LT(now.nanoseconds, 1'000'000'000u);
  EXPECT_GT(wall_resolution().nanoseconds, 0u);
}

}  // namespace
}  // namespace wisp
