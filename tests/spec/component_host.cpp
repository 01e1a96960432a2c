#include "tests/spec/component_host.h"

#include "component/host/host_binding.h"

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
uint32_t return_four(HostCall&, ComponentHost&) { return 4; }
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

void collect_garbage(HostCall&, ComponentHost&) {}

constexpr HostItem kRootItems[] = {host_function<&return_two>("host-return-two")};
constexpr HostInterface kRoot{"", "", kRootItems};
constexpr HostItem kNestedItems[] = {host_function<&return_four>("return-four")};
constexpr HostInterface kNested{"", "", kNestedItems};
constexpr HostItem kHostItems[] = {
    host_function<&return_three>("return-three"),
    host_function<&return_hi>("return-hi"),
    host_instance("nested", kNested),
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
constexpr HostItem kWasmtimeItems[] = {host_function<&collect_garbage>("gc")};
constexpr HostInterface kWasmtime{"wasmtime", "", kWasmtimeItems};

// (module (global (export "g") i32 (i32.const 100)) (func (export "f") (result i32) i32.const 101))
constexpr uint8_t kSimpleModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,              // preamble
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f,                    // type () -> i32
    0x03, 0x02, 0x01, 0x00,                                      // a function of it
    0x06, 0x07, 0x01, 0x7f, 0x00, 0x41, 0xe4, 0x00, 0x0b,        // the global
    0x07, 0x09, 0x02, 0x01, 'g',  0x03, 0x00, 0x01, 'f',  0, 0,  // exports
    0x0a, 0x07, 0x01, 0x05, 0x00, 0x41, 0xe5, 0x00, 0x0b,        // the body
};

}  // namespace

void add_component_host(component::ComponentLinker& linker, jit::Engine& engine,
                        ComponentHost& host) {
  linker.add(kRoot, &host);
  linker.add(kHost, &host);
  linker.add(kWasmtime, &host);
  linker.add_module("host", "simple-module", engine.compile(kSimpleModule).value());
}

}  // namespace wisp::spec
