// The host of tests/component/guests/handles.wat: resources that are counted, and functions that
// make them, exit, and call back.
#pragma once

#include <memory>
#include <string>

#include "component/host/host_binding.h"
#include "component/instance/component_instance.h"

namespace wisp::component::testing {

struct ThingsHost {
  int alive = 0;
  ComponentInstance* instance = nullptr;  // that `call-back` calls
  std::string answer;                     // what it got
};
class Thing : public HostResource {
 public:
  explicit Thing(ThingsHost& host) : host_(host) { host_.alive++; }
  ~Thing() override { host_.alive--; }

 private:
  ThingsHost& host_;
};

inline std::unique_ptr<Thing> make(HostCall&, ThingsHost& host) {
  return std::make_unique<Thing>(host);
}
inline std::unique_ptr<Thing> make_child(HostCall&, ThingsHost& host, Thing& parent) {
  auto child = std::make_unique<Thing>(host);
  child->set_parent(parent);
  return child;
}
inline void quit(HostCall& call, ThingsHost&) { call.exit(); }
inline void call_back(HostCall& call, ThingsHost& host) {
  const auto result = host.instance->find_function("", "make-family")->call({});
  host.answer = result.has_value() ? "returned" : result.error().message();
  if (!result.has_value()) call.trap("refused");
}

inline constexpr HostItem kThings[] = {
    host_resource<Thing>("thing"),
    host_function<&make>("make"),
    host_function<&make_child>("make-child"),
    host_function<&quit>("quit"),
    host_function<&call_back>("call-back"),
};
inline constexpr HostInterface kThingsInterface{"test:host/things", "", kThings};

}  // namespace wisp::component::testing
