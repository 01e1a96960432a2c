// wasi:clocks/wall-clock, and the record that other interfaces use for points in time.
#pragma once

#include <cstdint>
#include <tuple>

#include "component/host/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi {

struct Datetime {
  uint64_t seconds = 0;  // since 1970-01-01T00:00:00Z
  uint32_t nanoseconds = 0;
};

namespace wall_clock {

Datetime now(component::HostCall& call, WasiContext& context);
Datetime resolution(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kInterface;

}  // namespace wall_clock
}  // namespace wisp::wasi

template <>
struct wisp::component::RecordOf<wisp::wasi::Datetime> {
  static constexpr auto fields =
      std::tuple{Field{"seconds", &wisp::wasi::Datetime::seconds},
                 Field{"nanoseconds", &wisp::wasi::Datetime::nanoseconds}};
};
