#include "wasi/preview1/clocks.h"

#include "platform/clock.h"
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

// The clocks that measure a process are not the guest's to see: EBADF, as in Wasmtime.
int read_clock(Clockid id, WallTime (*wall)(), uint64_t (*monotonic)(), Timestamp& result) {
  switch (id) {
    case Clockid::kRealtime: {
      const WallTime time = wall();
      return to_timestamp(time.seconds, time.nanoseconds, result);
    }
    case Clockid::kMonotonic:
      result = monotonic();
      return 0;
    default:
      return -EBADF;
  }
}

}  // namespace

int clock_res_get(Call& call, Clockid id, Pointer<Timestamp> resolution) {
  Timestamp result = 0;
  if (int error = read_clock(id, &wall_resolution, &monotonic_resolution_ns, result)) return error;
  return call.write(resolution, result);
}

int clock_time_get(Call& call, Clockid id, Timestamp, Pointer<Timestamp> time) {
  Timestamp result = 0;
  if (int error = read_clock(id, &wall_now, &monotonic_now_ns, result)) return error;
  return call.write(time, result);
}

}  // namespace wisp::wasi::preview1
