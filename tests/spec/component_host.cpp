#include "tests/spec/component_host.h"

#include "component/host_binding.h"

namespace wisp::spec {
namespace {

using component::host_function;
using component::host_resource;
using component::HostCall;
using component::HostInterface;
using component::HostItem;

class Resource1 : public component::HostResource {
 public:
  Resource1(ComponentHost& owner, uint32_t representation) : host(&owner), rep(representation) {}
  ~Resource1() override {
    if (host == nullptr) return;
    host->drops++;
    host->last_drop = rep;
  }

  ComponentHost* host;  // null: the destructor does not count
  uint32_t rep;
};
class Resource2 : public component::HostResource {};

uint32_t return_two(HostCall&, ComponentHost&) { return 2; }
uint32_t return_three(HostCall&, ComponentHost&) { return 3; }
std::string_view return_hi(HostCall&, ComponentHost&) { return "hi"; }

std::unique_ptr<Resource1> make(HostCall&, ComponentHost& host, uint32_t rep) {
  return std::make_unique<Resource1>(host, rep);
}
void expect(HostCall& call, uint32_t found, uint32_t expected) {
  if (found != expected) call.trap("another resource");
}
void assert_rep(HostCall& call, ComponentHost&, std::unique_ptr<Resource1> self, uint32_t rep) {
  expect(call, self->rep, rep);
  self->host = nullptr;
}
uint32_t last_drop(HostCall&, ComponentHost& host) { return host.last_drop; }
uint32_t drops(HostCall&, ComponentHost& host) { return host.drops; }
void simple(HostCall& call, ComponentHost&, Resource1& self, uint32_t rep) {
  expect(call, self.rep, rep);
}
void take_borrow(HostCall&, ComponentHost&, Resource1&, Resource1&) {}
void take_own(HostCall&, ComponentHost&, Resource1&, std::unique_ptr<Resource1> given) {
  given->host = nullptr;
}

constexpr HostItem kRootItems[] = {host_function<&return_two>("host-return-two")};
constexpr HostInterface kRoot{"", "", kRootItems};
constexpr HostItem kHostItems[] = {
    host_function<&return_three>("return-three"),
    host_function<&return_hi>("return-hi"),
    host_resource<Resource1>("resource1"),
    host_resource<Resource2>("resource2"),
    host_resource<Resource1>("resource1-again"),
    host_function<&make>("[constructor]resource1"),
    host_function<&assert_rep>("[static]resource1.assert"),
    host_function<&last_drop>("[static]resource1.last-drop"),
    host_function<&drops>("[static]resource1.drops"),
    host_function<&simple>("[method]resource1.simple"),
    host_function<&take_borrow>("[method]resource1.take-borrow"),
    host_function<&take_own>("[method]resource1.take-own"),
};
constexpr HostInterface kHost{"host", "", kHostItems};

}  // namespace

void add_component_host(component::ComponentLinker& linker, ComponentHost& host) {
  linker.add(kRoot, &host);
  linker.add(kHost, &host);
}

}  // namespace wisp::spec
