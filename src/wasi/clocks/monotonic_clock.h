// wasi:clocks/monotonic-clock, and the pollable of an instant: it needs no timer in the kernel,
// since a wait that includes it ends at its deadline.
#pragma once

#include <cstdint>
#include <memory>

#include "component/host/host_binding.h"
#include "wasi/context.h"
#include "wasi/pollable.h"

namespace wisp::wasi::monotonic_clock {

class InstantPollable final : public Pollable {
 public:
  // kForever never comes.
  explicit InstantPollable(Deadline when) : Pollable(when) {}
  void arm(EventLoop&) override {}

 protected:
  bool do_ready() override { return false; }
};

uint64_t now(component::HostCall& call, WasiContext& context);
uint64_t resolution(component::HostCall& call, WasiContext& context);
std::unique_ptr<Pollable> subscribe_instant(component::HostCall& call, WasiContext& context,
                                            uint64_t when);
std::unique_ptr<Pollable> subscribe_duration(component::HostCall& call, WasiContext& context,
                                             uint64_t when);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::monotonic_clock
