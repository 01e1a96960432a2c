// Runs the cases of the guest that looks up names (name_cases.txt) on both backends, beside a name
// server of the test.
#include "wasi/sockets/ip_name_lookup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "component/load/load.h"
#include "jit/engine.h"
#include "tests/platform/io_test_support.h"
#include "tests/support/dns_server.h"
#include "tests/support/guest_cases.h"
#include "wasi/command_world.h"
#include "wasi/imports.h"

namespace wisp::wasi::sockets {
namespace {

using test::DnsAnswer;
using test::DnsQuery;
using test::DnsServer;
using test::GuestCase;
using test::Packet;
namespace dns = test::dns;

// What becomes of a name is said by its first part; "late-" puts it off until a guest has looked.
std::vector<Packet> answer(const DnsQuery& query) {
  std::string what = query.name.substr(0, query.name.find('.'));
  if (what.starts_with("late-")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    what.erase(0, 5);
  }
  const auto addresses = [&](std::vector<std::string> list) {
    return dns::addresses(std::move(list))(query);
  };
  if (what == "both") return addresses({"192.0.2.1", "2001:db8::1"});
  if (what == "four") return addresses({"192.0.2.1"});
  if (what == "six") return addresses({"2001:db8::1"});
  if (what == "mapped") return addresses({"::ffff:192.0.2.1"});
  if (what == "xn--bcher-kva") return addresses({"192.0.2.9"});
  if (what == "alias") {
    DnsAnswer alias(query);
    alias.alias("four.test");
    if (query.asks_a()) alias.address("192.0.2.1", "four.test");
    return {alias.packet()};
  }
  if (what == "truncated") {
    if (!query.is_tcp) return {DnsAnswer(query).truncated().packet()};
    return addresses({"192.0.2.1"});
  }
  if (what == "nxdomain") return dns::code(3)(query);
  if (what == "servfail") return dns::code(2)(query);
  if (what == "formerr") return dns::code(1)(query);
  if (what == "empty") return addresses({});
  return {};  // "silent"
}

// Which of two families comes first, and whether localhost has both, depends on the machine.
std::string of_any_machine(std::string output) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (size_t at = output.find(from); at != std::string::npos; at = output.find(from, at))
      output.replace(at, from.size(), to);
  };
  replace("2001:db8::1 192.0.2.1", "192.0.2.1 2001:db8::1");
  replace("::1 127.0.0.1", "127.0.0.1");
  replace("127.0.0.1 ::1", "127.0.0.1");
  return output;
}

void apply(const std::string& option, NetworkPolicy& network) {
  if (option == "allow-ip-name-lookup") {
    network.allow_name_lookup();
  } else if (option == "inherit-network") {
    network.allow_all();
  } else {
    ASSERT_TRUE(option.starts_with("allow-net=")) << option;
    ASSERT_TRUE(network.allow_net(option.substr(10)).has_value()) << option;
  }
}

struct Parameter {
  GuestCase guest_case;
  IoChoice io;
  size_t number;
};
void PrintTo(const Parameter& parameter, std::ostream* out) { *out << parameter.guest_case.name; }

// The guest, compiled once for all of them.
struct CompiledGuest {
  CompiledGuest() {
    std::ifstream in(WISP_SOURCE_DIR "/tests/guests/names.wasm", std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    engine = jit::Engine::create().value();
    component = component::link_component(bytes).value();
  }
  std::vector<uint8_t> bytes;
  std::shared_ptr<jit::Engine> engine;
  std::shared_ptr<component::Component> component;
};
const CompiledGuest& compiled_guest() {
  static const CompiledGuest guest;
  return guest;
}

// Everything that can be read; the writing end is closed.
std::string rest_of(int descriptor) {
  std::string text;
  char part[4096];
  ssize_t count;
  while ((count = ::read(descriptor, part, sizeof part)) > 0)
    text.append(part, static_cast<size_t>(count));
  return text;
}

class IpNameLookup : public ::testing::TestWithParam<Parameter> {};

TEST_P(IpNameLookup, EndsAsItMust) {
  const GuestCase& guest_case = GetParam().guest_case;
  const DnsServer server(&answer);
  EventLoop loop(GetParam().io);
  if (!loop.open_backend().has_value()) GTEST_SKIP() << "this kernel or container refuses it";
  testing::Pipe output;
  Result<int> status = 0;
  jit::Trap trap;
  {
    WasiContext context(loop);
    context.dns = {{server.address()}, 200, 1};
    context.stdout_descriptor = output.write_end;
    for (const std::string& option : guest_case.options) apply(option, context.network);
    context.arguments = {"names", guest_case.name};
    context.arguments.insert(context.arguments.end(), guest_case.arguments.begin(),
                             guest_case.arguments.end());
    status = run_command(compiled_guest().engine, compiled_guest().component, context, {}, trap);
    EXPECT_EQ(context.pending_lookups, 0u);
    EXPECT_EQ(context.descriptors.used(), 0u);
  }
  output.close_write();
  EXPECT_EQ(of_any_machine(rest_of(output.read_end)), guest_case.output);
  if (guest_case.trap.empty()) {
    ASSERT_TRUE(status.has_value()) << status.error().message() << trap.message;
    EXPECT_EQ(*status, 0);
  } else {
    ASSERT_FALSE(status.has_value());
    EXPECT_NE(trap.message.find(guest_case.trap), std::string::npos) << trap.message;
  }
  if (server.queries() > 0) {
    EXPECT_GT(loop.statistics().submissions, 0u);
  }
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> all;
  size_t number = 0;
  for (const GuestCase& guest_case : read_guest_cases(test::kNameCases)) {
    for (const IoChoice io : {IoChoice::kUring, IoChoice::kEpoll})
      all.push_back({guest_case, io, number});
    number++;
  }
  return all;
}

std::string name_of(const ::testing::TestParamInfo<Parameter>& info) {
  std::string name = info.param.guest_case.name;
  std::ranges::replace(name, '-', '_');
  return name + "_" + std::to_string(info.param.number) + "_" +
         (info.param.io == IoChoice::kUring ? "uring" : "epoll");
}

INSTANTIATE_TEST_SUITE_P(Cases, IpNameLookup, ::testing::ValuesIn(parameters()), name_of);

// A guest that looks up nothing but addresses costs no resolver, and no backend.
TEST(IpNameLookup, AnAddressAsksNobody) {
  EventLoop loop(IoChoice::kAuto);
  WasiContext context(loop);
  context.network.allow_name_lookup();
  component::HostCall call;
  Network network;
  auto stream = ip_name_lookup::resolve_addresses(call, context, network, "192.0.2.1");
  ASSERT_TRUE(stream.ok());
  EXPECT_FALSE(stream.value()->pending());
  EXPECT_STREQ(loop.backend_name(), "none");
  EXPECT_LT(stream.value()->size_bytes(), 1024u);
}

// Who waits for a server that is silent is ended at the deadline of the run all the same.
TEST(IpNameLookup, ADeadlineEndsAWaitForAnAnswer) {
  const DnsServer server(&dns::silence);
  for (const IoChoice io : {IoChoice::kUring, IoChoice::kEpoll}) {
    EventLoop loop(io);
    if (!loop.open_backend().has_value()) continue;
    WasiContext context(loop);
    context.dns = {{server.address()}, 100'000, 1};
    context.network.allow_name_lookup();
    context.arguments = {"names", "resolve", "silent.test"};
    CommandOptions options;
    options.timeout_ns = 100'000'000;
    jit::Trap trap;
    const auto status =
        run_command(compiled_guest().engine, compiled_guest().component, context, options, trap);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(context.pending_lookups, 0u);
    EXPECT_EQ(context.descriptors.used(), 0u);
  }
}

// What is pending takes memory, which the guest pays for.
TEST(IpNameLookup, ALookupIsChargedToTheBudget) {
  const DnsServer server(&dns::silence);
  EventLoop loop(IoChoice::kAuto);
  WasiContext context(loop);
  context.dns.servers = {server.address()};
  context.network.allow_name_lookup();
  component::HostCall call;
  Network network;
  auto stream = ip_name_lookup::resolve_addresses(call, context, network, "silent.test");
  ASSERT_TRUE(stream.ok());
  EXPECT_GE(stream.value()->size_bytes(), 100u << 10);
  EXPECT_GT(context.descriptors.used(), 0u);
  stream = component::Failure{ErrorCode::kUnknown};
  EXPECT_EQ(context.descriptors.used(), 0u);
  EXPECT_EQ(context.pending_lookups, 0u);
}

// A name of a rule stands for what it resolved to in this run, and before that for nothing.
TEST(IpNameLookup, TheRuleLearnsWhatItsNameStandsFor) {
  const DnsServer server(&answer);
  EventLoop loop(IoChoice::kAuto);
  WasiContext context(loop);
  context.dns.servers = {server.address()};
  ASSERT_TRUE(context.network.allow_net("four.test:443").has_value());
  const SocketAddress address = SocketAddress::ipv4({192, 0, 2, 1}, 443);
  EXPECT_FALSE(context.network.allows(NetworkUse::kTcpConnect, address));
  component::HostCall call;
  Network network;
  auto stream = ip_name_lookup::resolve_addresses(call, context, network, "Four.Test");
  ASSERT_TRUE(stream.ok());
  loop.wait_until(
      [](void* self) {
        return !static_cast<ip_name_lookup::ResolveAddressStream*>(self)->pending();
      },
      stream.value().get());
  EXPECT_TRUE(context.network.allows(NetworkUse::kTcpConnect, address));
  EXPECT_FALSE(context.network.allows(NetworkUse::kTcpConnect, address.with_port(80)));
}

}  // namespace
}  // namespace wisp::wasi::sockets
