// The clocks of preview 1: nanoseconds in 64 bits.
#pragma once

#include <cerrno>
#include <cstdint>

#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;

// 0, or EOVERFLOW. A time before 1970 cannot be said, and is shown as 1970.
inline int to_timestamp(int64_t seconds, uint64_t nanoseconds, Timestamp& result) {
  result = 0;
  if (seconds < 0) return 0;
  const bool overflows =
      __builtin_mul_overflow(static_cast<uint64_t>(seconds), kNanosecondsPerSecond, &result) ||
      __builtin_add_overflow(result, nanoseconds, &result);
  return overflows ? -EOVERFLOW : 0;
}

}  // namespace wisp::wasi::preview1
