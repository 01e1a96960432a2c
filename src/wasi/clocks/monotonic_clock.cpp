#include "wasi/clocks/monotonic_clock.h"

#include "platform/clock.h"

namespace wisp::wasi::monotonic_clock {

uint64_t now(component::HostCall&, WasiContext&) { return monotonic_now_ns(); }

uint64_t resolution(component::HostCall&, WasiContext&) { return monotonic_resolution_ns(); }

std::unique_ptr<Pollable> subscribe_instant(component::HostCall&, WasiContext&, uint64_t when) {
  return std::make_unique<InstantPollable>(when);
}

// A duration beyond the end of the clock never elapses.
std::unique_ptr<Pollable> subscribe_duration(component::HostCall&, WasiContext&, uint64_t when) {
  uint64_t instant = 0;
  if (__builtin_add_overflow(monotonic_now_ns(), when, &instant)) instant = kForever;
  return std::make_unique<InstantPollable>(instant);
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&now>("now"),
    component::host_function<&resolution>("resolution"),
    component::host_function<&subscribe_instant>("subscribe-instant"),
    component::host_function<&subscribe_duration>("subscribe-duration"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:clocks/monotonic-clock", "0.2.12", kItems};

}  // namespace wisp::wasi::monotonic_clock
