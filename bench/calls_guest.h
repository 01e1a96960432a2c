// The host of guests/calls.wat, whose loops call one function of it many times.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "component/host/host_binding.h"

namespace wisp::component::calls_guest {

struct Host {
  uint64_t calls = 0;
  std::vector<uint8_t> bytes = std::vector<uint8_t>(65536);
};
class Thing : public HostResource {
 public:
  uint64_t touched = 0;
};

inline void nop(HostCall&, Host&) {}
inline uint32_t add(HostCall&, Host&, uint32_t a, uint32_t b) { return a + b; }
inline std::unique_ptr<Thing> make(HostCall&, Host&) { return std::make_unique<Thing>(); }
inline uint64_t touch(HostCall&, Host&, Thing& self) { return ++self.touched; }
inline void take_string(HostCall&, Host& host, std::string_view text) { host.calls += text.size(); }
inline void take_bytes(HostCall&, Host& host, std::span<const uint8_t> bytes) {
  host.calls += bytes.size();
}
inline std::span<const uint8_t> get_bytes(HostCall&, Host& host, uint32_t length) {
  return {host.bytes.data(), length};
}
inline std::tuple<uint64_t, uint32_t> get_record(HostCall&, Host& host) { return {host.calls, 1}; }
inline Outcome<uint64_t, std::string> get_result(HostCall&, Host& host, bool fail) {
  if (fail) return Failure{std::string("failed")};
  return host.calls;
}

inline constexpr HostItem kItems[] = {
    host_resource<Thing>("thing"),
    host_function<&nop>("nop"),
    host_function<&add>("add"),
    host_function<&make>("make"),
    host_function<&touch>("[method]thing.touch"),
    host_function<&take_string>("take-string"),
    host_function<&take_bytes>("take-bytes"),
    host_function<&get_bytes>("get-bytes"),
    host_function<&get_record>("get-record"),
    host_function<&get_result>("get-result"),
};
inline constexpr HostInterface kInterface{"bench:host/calls", "", kItems};

}  // namespace wisp::component::calls_guest
