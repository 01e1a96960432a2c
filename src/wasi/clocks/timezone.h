// wasi:clocks/timezone (@unstable, feature clocks-timezone): the time zone of the host, by the C
// library's data.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "component/host/host_binding.h"
#include "wasi/clocks/wall_clock.h"
#include "wasi/context.h"

namespace wisp::wasi::timezone {

struct TimezoneDisplay {
  int32_t utc_offset = 0;  // seconds east of UTC
  std::string name = "UTC";
  bool in_daylight_saving_time = false;
};

TimezoneDisplay display(component::HostCall& call, WasiContext& context, Datetime when);
int32_t utc_offset(component::HostCall& call, WasiContext& context, Datetime when);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::timezone

template <>
struct wisp::component::RecordOf<wisp::wasi::timezone::TimezoneDisplay> {
  using T = wisp::wasi::timezone::TimezoneDisplay;
  static constexpr auto fields =
      std::tuple{Field{"utc-offset", &T::utc_offset}, Field{"name", &T::name},
                 Field{"in-daylight-saving-time", &T::in_daylight_saving_time}};
};
