// wasi:clocks, called as the thunks call it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <limits>

#include "platform/clock.h"
#include "wasi/clocks/monotonic_clock.h"
#include "wasi/clocks/timezone.h"
#include "wasi/clocks/wall_clock.h"

namespace wisp::wasi {
namespace {

class Clocks : public testing::Test {
 protected:
  EventLoop loop_{IoChoice::kEpoll};
  WasiContext context_{loop_};
  component::HostCall call_;
};

TEST_F(Clocks, MonotonicClockDoesNotGoBack) {
  const uint64_t first = monotonic_clock::now(call_, context_);
  EXPECT_GE(monotonic_clock::now(call_, context_), first);
  EXPECT_GT(monotonic_clock::resolution(call_, context_), 0u);
}

TEST_F(Clocks, InstantsAreReadyWhenTheyHavePassed) {
  const uint64_t now = monotonic_clock::now(call_, context_);
  EXPECT_TRUE(monotonic_clock::subscribe_instant(call_, context_, 0)->ready());
  EXPECT_TRUE(monotonic_clock::subscribe_instant(call_, context_, now)->ready());
  const auto later = monotonic_clock::subscribe_instant(call_, context_, now + 3'600'000'000'000);
  EXPECT_FALSE(later->ready());
  EXPECT_EQ(later->deadline(), now + 3'600'000'000'000);
}

TEST_F(Clocks, DurationsCountFromTheCall) {
  EXPECT_TRUE(monotonic_clock::subscribe_duration(call_, context_, 0)->ready());
  const auto later = monotonic_clock::subscribe_duration(call_, context_, 1'000'000'000);
  EXPECT_GE(later->deadline(), monotonic_now_ns());
  EXPECT_LE(later->deadline(), monotonic_now_ns() + 1'000'000'000);
  // The end of the clock is not wrapped around.
  EXPECT_EQ(monotonic_clock::subscribe_duration(call_, context_, ~uint64_t{0})->deadline(),
            kForever);
}

TEST_F(Clocks, WallClockIsThatOfTheHost) {
  const auto now = static_cast<uint64_t>(std::time(nullptr));
  const Datetime datetime = wall_clock::now(call_, context_);
  EXPECT_NEAR(static_cast<double>(datetime.seconds), static_cast<double>(now), 2);
  EXPECT_LT(datetime.nanoseconds, 1'000'000'000u);
  const Datetime resolution = wall_clock::resolution(call_, context_);
  EXPECT_GT(resolution.seconds + resolution.nanoseconds, 0u);
}

TEST_F(Clocks, TimezoneOfTheHost) {
  // A rule as text needs no files of zones: one hour east, two in summer.
  setenv("TZ", "AAA-1BBB,M3.5.0,M10.5.0", 1);
  const Datetime january{1'736'942'400, 0};  // 2025-01-15
  const Datetime july{1'752'580'800, 0};     // 2025-07-15
  const timezone::TimezoneDisplay winter = timezone::display(call_, context_, january);
  EXPECT_EQ(winter.utc_offset, 3600);
  EXPECT_EQ(winter.name, "AAA");
  EXPECT_FALSE(winter.in_daylight_saving_time);
  const timezone::TimezoneDisplay summer = timezone::display(call_, context_, july);
  EXPECT_EQ(summer.utc_offset, 7200);
  EXPECT_EQ(summer.name, "BBB");
  EXPECT_TRUE(summer.in_daylight_saving_time);
  EXPECT_EQ(timezone::utc_offset(call_, context_, july), 7200);
  unsetenv("TZ");
}

TEST_F(Clocks, TimezoneOfNoPossibleDateIsUtc) {
  setenv("TZ", "AAA-1", 1);
  for (const uint64_t seconds : {std::numeric_limits<uint64_t>::max(), uint64_t{1} << 62}) {
    const timezone::TimezoneDisplay display = timezone::display(call_, context_, {seconds, 0});
    EXPECT_EQ(display.utc_offset, 0);
    EXPECT_EQ(display.name, "UTC");
    EXPECT_FALSE(display.in_daylight_saving_time);
  }
  unsetenv("TZ");
}

}  // namespace
}  // namespace wisp::wasi
