// The clocks of the host.
#pragma once

#include <cstdint>

namespace wisp {

struct WallTime {
  int64_t seconds = 0;  // since 1970-01-01T00:00:00Z
  uint32_t nanoseconds = 0;
};

// CLOCK_MONOTONIC, in nanoseconds.
uint64_t monotonic_now_ns();
uint64_t monotonic_resolution_ns();

// CLOCK_REALTIME.
WallTime wall_now();
WallTime wall_resolution();

}  // namespace wisp
