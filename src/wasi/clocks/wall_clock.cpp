#include "wasi/clocks/wall_clock.h"

#include "platform/clock.h"

namespace wisp::wasi::wall_clock {

namespace {

// A datetime cannot say "before 1970": a clock that is set so is shown as standing at 1970.
Datetime datetime(WallTime time) {
  if (time.seconds < 0) return {};
  return {static_cast<uint64_t>(time.seconds), time.nanoseconds};
}

}  // namespace

Datetime now(component::HostCall&, WasiContext&) { return datetime(wall_now()); }

Datetime resolution(component::HostCall&, WasiContext&) { return datetime(wall_resolution()); }

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&now>("now"),
    component::host_function<&resolution>("resolution"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:clocks/wall-clock", "0.2.12", kItems};

}  // namespace wisp::wasi::wall_clock
