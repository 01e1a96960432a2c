#include "platform/clock.h"

#include <ctime>

#include "platform/check.h"

namespace wisp {

namespace {

timespec read_clock(clockid_t clock) {
  timespec time;
  WISP_CHECK(clock_gettime(clock, &time) == 0);
  return time;
}

timespec read_resolution(clockid_t clock) {
  timespec resolution;
  WISP_CHECK(clock_getres(clock, &resolution) == 0);
  return resolution;
}

uint64_t to_ns(timespec time) {
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

WallTime to_wall(timespec time) { return {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)}; }

}  // namespace

uint64_t monotonic_now_ns() { return to_ns(read_clock(CLOCK_MONOTONIC)); }
uint64_t monotonic_resolution_ns() {
  static const uint64_t resolution = to_ns(read_resolution(CLOCK_MONOTONIC));
  return resolution;
}
WallTime wall_now() { return to_wall(read_clock(CLOCK_REALTIME)); }
WallTime wall_resolution() {
  static const WallTime resolution = to_wall(read_resolution(CLOCK_REALTIME));
  return resolution;
}

}  // namespace wisp
