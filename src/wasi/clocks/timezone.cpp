#include "wasi/clocks/timezone.h"

#include <ctime>
#include <limits>

namespace wisp::wasi::timezone {

// Where no zone can be told (a point in time that the calendar of the C library cannot express) the
// answer is UTC, as the interface asks.
TimezoneDisplay display(component::HostCall&, WasiContext&, Datetime when) {
  if (when.seconds > static_cast<uint64_t>(std::numeric_limits<time_t>::max())) return {};
  tzset();  // localtime_r need not look at TZ itself
  const auto seconds = static_cast<time_t>(when.seconds);
  tm local{};
  if (localtime_r(&seconds, &local) == nullptr) return {};
  return {static_cast<int32_t>(local.tm_gmtoff), local.tm_zone, local.tm_isdst > 0};
}

int32_t utc_offset(component::HostCall& call, WasiContext& context, Datetime when) {
  return display(call, context, when).utc_offset;
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&display>("display"),
    component::host_function<&utc_offset>("utc-offset"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:clocks/timezone", "0.2.12", kItems};

}  // namespace wisp::wasi::timezone
