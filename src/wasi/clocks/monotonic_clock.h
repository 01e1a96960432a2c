// wasi:clocks/monotonic-clock, and the pollable of an instant: a timer of the loop, not of the
// kernel, that is armed while somebody waits for it.
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
  void arm(EventLoop& loop) override {
    if (!timer_.armed() && deadline() != kForever) loop.arm(timer_, deadline());
  }
  Source& source() override { return source_; }

 protected:
  bool do_ready() override { return false; }

 private:
  Source source_;
  Timer timer_{[](void* source) { static_cast<Source*>(source)->notify(); }, &source_};
};

uint64_t now(component::HostCall& call, WasiContext& context);
uint64_t resolution(component::HostCall& call, WasiContext& context);
std::unique_ptr<Pollable> subscribe_instant(component::HostCall& call, WasiContext& context,
                                            uint64_t when);
std::unique_ptr<Pollable> subscribe_duration(component::HostCall& call, WasiContext& context,
                                             uint64_t when);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::monotonic_clock
