#include "wasi/sockets/network_policy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

namespace wisp::wasi::sockets {
namespace {

constexpr NetworkUse kAllUses[] = {NetworkUse::kTcpConnect, NetworkUse::kTcpBind,
                                   NetworkUse::kTcpListen, NetworkUse::kUdpBind,
                                   NetworkUse::kUdpSend};

SocketAddress at(std::string_view address, uint16_t port) {
  const auto parsed = SocketAddress::parse(address, port);
  EXPECT_TRUE(parsed.has_value()) << address;
  return parsed.value_or(SocketAddress());
}

NetworkPolicy with_net(std::initializer_list<const char*> rules) {
  NetworkPolicy policy;
  for (const char* rule : rules) {
    const Result<void> result = policy.allow_net(rule);
    EXPECT_TRUE(result.has_value()) << rule;
  }
  return policy;
}

NetworkPolicy with_listen(const char* rule) {
  NetworkPolicy policy;
  const Result<void> result = policy.allow_listen(rule);
  EXPECT_TRUE(result.has_value()) << rule;
  return policy;
}

TEST(NetworkPolicy, AllowsSocketsButNoAddressAtFirst) {
  NetworkPolicy policy;
  EXPECT_TRUE(policy.tcp());
  EXPECT_TRUE(policy.udp());
  for (const NetworkUse use : kAllUses) {
    EXPECT_FALSE(policy.allows(use, at("127.0.0.1", 80)));
    EXPECT_FALSE(policy.allows(use, at("::1", 80)));
    EXPECT_FALSE(policy.allows(use, at("0.0.0.0", 0)));
    EXPECT_FALSE(policy.allows(use, at("::", 0)));
  }
  EXPECT_FALSE(policy.allows_lookup("localhost"));
  EXPECT_FALSE(policy.allows_lookup(at("127.0.0.1", 0)));
}

// As in wasmtime: addresses are one thing, names and kinds of sockets are others.
TEST(NetworkPolicy, AllAddressesAreNotAllNames) {
  NetworkPolicy policy;
  policy.allow_all();
  for (const NetworkUse use : kAllUses) EXPECT_TRUE(policy.allows(use, at("192.0.2.1", 1)));
  EXPECT_FALSE(policy.allows_lookup("localhost"));
  EXPECT_FALSE(policy.allows_lookup(at("127.0.0.1", 0)));
  policy.allow_name_lookup();
  EXPECT_TRUE(policy.allows_lookup("localhost"));
  EXPECT_TRUE(policy.allows_lookup(at("127.0.0.1", 0)));

  policy.deny_tcp();
  EXPECT_FALSE(policy.tcp());
  EXPECT_TRUE(policy.udp());
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("192.0.2.1", 1)));
  EXPECT_TRUE(policy.allows(NetworkUse::kUdpSend, at("192.0.2.1", 1)));
  policy.deny_udp();
  EXPECT_FALSE(policy.udp());
  EXPECT_FALSE(policy.allows(NetworkUse::kUdpSend, at("192.0.2.1", 1)));
}

TEST(NetworkPolicy, AnAddressWithAPort) {
  NetworkPolicy policy = with_net({"10.0.0.1:443"});
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 443)));
  EXPECT_TRUE(policy.allows(NetworkUse::kUdpSend, at("10.0.0.1", 443)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("::ffff:10.0.0.1", 443)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 444)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("10.0.0.2", 443)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("::10.0.0.1", 443)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpBind, at("10.0.0.1", 443)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpListen, at("10.0.0.1", 443)));
  EXPECT_FALSE(policy.allows_lookup("example.com"));
  EXPECT_TRUE(policy.allows_lookup(at("10.0.0.1", 0)));
  EXPECT_FALSE(policy.allows_lookup(at("10.0.0.2", 0)));
}

TEST(NetworkPolicy, ProtocolsAndPortsMayBeLeftOut) {
  NetworkPolicy tcp = with_net({"tcp:[::1]"});
  EXPECT_TRUE(tcp.allows(NetworkUse::kTcpConnect, at("::1", 1)));
  EXPECT_TRUE(tcp.allows(NetworkUse::kTcpConnect, at("::1", 65535)));
  EXPECT_FALSE(tcp.allows(NetworkUse::kUdpSend, at("::1", 1)));
  NetworkPolicy udp = with_net({"udp:::1"});
  EXPECT_TRUE(udp.allows(NetworkUse::kUdpSend, at("::1", 53)));
  EXPECT_FALSE(udp.allows(NetworkUse::kTcpConnect, at("::1", 53)));
  NetworkPolicy port = with_net({"udp:[::1]:53"});
  EXPECT_TRUE(port.allows(NetworkUse::kUdpSend, at("::1", 53)));
  EXPECT_FALSE(port.allows(NetworkUse::kUdpSend, at("::1", 54)));
}

TEST(NetworkPolicy, BlocksOfAddresses) {
  struct Case {
    const char* rule;
    const char* inside;
    const char* outside;
  };
  constexpr Case kCases[] = {
      {"10.0.0.0/8", "10.255.255.255", "11.0.0.0"},
      {"10.1.2.3/8", "10.0.0.0", "9.255.255.255"},
      {"192.168.4.0/22", "192.168.7.255", "192.168.8.0"},
      {"192.168.4.0/31", "192.168.4.1", "192.168.4.2"},
      {"192.168.4.0/32", "192.168.4.0", "192.168.4.1"},
      {"0.0.0.0/0", "255.255.255.254", "::1"},
      {"::/0", "ff00::1", "127.0.0.1"},
      {"fd00::/7", "fc00::1", "fe00::1"},
      {"2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::"},
      {"[2001:db8::1/128]:7", "2001:db8::1", "2001:db8::"},
  };
  for (const Case& row : kCases) {
    NetworkPolicy policy = with_net({row.rule});
    EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at(row.inside, 7))) << row.rule;
    EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at(row.outside, 7))) << row.rule;
  }
  EXPECT_FALSE(
      with_net({"[2001:db8::/32]:7"}).allows(NetworkUse::kTcpConnect, at("2001:db8::1", 8)));
}

TEST(NetworkPolicy, ANameIsWhatItResolvesTo) {
  NetworkPolicy policy = with_net({"tcp:Example.COM.:443", "10.0.0.9"});
  EXPECT_TRUE(policy.allows_lookup("example.com"));
  EXPECT_FALSE(policy.allows_lookup("www.example.com"));
  EXPECT_FALSE(policy.allows_lookup("example.co"));
  EXPECT_TRUE(with_net({"münchen.de"}).allows_lookup("xn--mnchen-3ya.de"));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("192.0.2.7", 443)));

  const SocketAddress found[] = {at("192.0.2.7", 0), at("2001:db8::7", 0)};
  policy.resolved("example.org", found);
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("192.0.2.7", 443)));
  policy.resolved("example.com", found);
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("192.0.2.7", 443)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("2001:db8::7", 443)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("192.0.2.7", 80)));
  EXPECT_FALSE(policy.allows(NetworkUse::kUdpSend, at("192.0.2.7", 443)));
  EXPECT_TRUE(policy.allows_lookup(at("192.0.2.7", 0)));
}

// A server that answers with other addresses each time fills no memory.
TEST(NetworkPolicy, ANameKeepsItsLastAddressesOnly) {
  NetworkPolicy policy = with_net({"example.com"});
  const auto address = [](size_t i) {
    return SocketAddress::ipv4({10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)}, 80);
  };
  for (size_t i = 0; i < NetworkRule::kMostAddresses + 1; i++) {
    const SocketAddress one[] = {address(i)};
    policy.resolved("example.com", one);
    policy.resolved("example.com", one);
  }
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, address(0)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, address(1)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, address(NetworkRule::kMostAddresses)));
}

TEST(NetworkPolicy, LocalhostNeedsNoLookup) {
  NetworkPolicy policy = with_net({"localhost:8080"});
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("127.0.0.1", 8080)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpConnect, at("::1", 8080)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("127.0.0.2", 8080)));
  EXPECT_TRUE(policy.allows_lookup("localhost"));
  EXPECT_TRUE(with_listen("localhost:0").allows(NetworkUse::kTcpListen, at("::1", 0)));
}

// What the kernel would do unasked, and no more: listening is another thing.
TEST(NetworkPolicy, WhoMayConnectMayBeBoundByTheSystem) {
  NetworkPolicy policy = with_net({"tcp:10.0.0.1:443"});
  for (const char* unspecified : {"0.0.0.0", "::"}) {
    EXPECT_TRUE(policy.allows(NetworkUse::kTcpBind, at(unspecified, 0)));
    EXPECT_FALSE(policy.allows(NetworkUse::kTcpBind, at(unspecified, 80)));
    EXPECT_FALSE(policy.allows(NetworkUse::kTcpListen, at(unspecified, 0)));
    EXPECT_FALSE(policy.allows(NetworkUse::kUdpBind, at(unspecified, 0)));
  }
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpBind, at("127.0.0.1", 0)));
  EXPECT_TRUE(with_net({"udp:example.com"}).allows(NetworkUse::kUdpBind, at("::", 0)));
}

TEST(NetworkPolicy, Listening) {
  NetworkPolicy policy = with_listen("127.0.0.1:8080");
  for (const NetworkUse use :
       {NetworkUse::kTcpBind, NetworkUse::kTcpListen, NetworkUse::kUdpBind}) {
    EXPECT_TRUE(policy.allows(use, at("127.0.0.1", 8080)));
    EXPECT_FALSE(policy.allows(use, at("127.0.0.1", 8081)));
    EXPECT_FALSE(policy.allows(use, at("127.0.0.1", 0)));
    EXPECT_FALSE(policy.allows(use, at("0.0.0.0", 8080)));
    EXPECT_FALSE(policy.allows(use, at("0.0.0.0", 0)));
  }
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("127.0.0.1", 8080)));
  EXPECT_FALSE(policy.allows(NetworkUse::kUdpSend, at("127.0.0.1", 8080)));

  NetworkPolicy any_port = with_listen("tcp:127.0.0.1");
  EXPECT_TRUE(any_port.allows(NetworkUse::kTcpListen, at("127.0.0.1", 0)));
  EXPECT_TRUE(any_port.allows(NetworkUse::kTcpListen, at("127.0.0.1", 22)));
  EXPECT_FALSE(any_port.allows(NetworkUse::kUdpBind, at("127.0.0.1", 22)));

  NetworkPolicy chosen_port = with_listen("127.0.0.1:0");
  EXPECT_TRUE(chosen_port.allows(NetworkUse::kTcpBind, at("127.0.0.1", 0)));
  EXPECT_FALSE(chosen_port.allows(NetworkUse::kTcpBind, at("127.0.0.1", 22)));
}

TEST(NetworkPolicy, AllInterfacesAreEachOfThem) {
  NetworkPolicy policy = with_listen("0.0.0.0:8080");
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpListen, at("0.0.0.0", 8080)));
  EXPECT_TRUE(policy.allows(NetworkUse::kTcpListen, at("127.0.0.1", 8080)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpListen, at("127.0.0.1", 8081)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpListen, at("::", 8080)));
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpListen, at("::1", 8080)));
  // To connect to, it is one address.
  EXPECT_FALSE(with_net({"0.0.0.0:80"}).allows(NetworkUse::kTcpConnect, at("127.0.0.1", 80)));
  EXPECT_TRUE(with_listen("0.0.0.0/0").allows(NetworkUse::kTcpListen, at("127.0.0.1", 80)));
  EXPECT_FALSE(with_listen("10.0.0.0/8").allows(NetworkUse::kTcpListen, at("0.0.0.0", 80)));
}

TEST(NetworkPolicy, RulesThatSayNothing) {
  NetworkPolicy policy;
  for (const char* text : {"",
                           " ",
                           ":",
                           ":80",
                           "tcp:",
                           "tcp::80",
                           "udp::",
                           "10.0.0.1:",
                           "10.0.0.1:x",
                           "10.0.0.1:65536",
                           "10.0.0.1:-1",
                           "10.0.0.1:+1",
                           "10.0.0.1: 1",
                           "10.0.0.1:80:90",
                           "10.0.0.1/33",
                           "10.0.0.1/",
                           "10.0.0.1/-1",
                           "10.0.0.1/8/8",
                           "::1/129",
                           "[::1",
                           "[::1]80",
                           "[::1]:",
                           "::1]:80",
                           "[example.com]:80",
                           "10.0.0",
                           "10.0.0.256",
                           "1",
                           "a..b",
                           ".a",
                           "a b",
                           "a/8",
                           "127.1",
                           "0x7f.1",
                           "127.0.0.1.",
                           "１.2.3.4",
                           "*",
                           "*.example.com",
                           "http://example.com",
                           "example.com/",
                           "user@example.com",
                           "::ffff:1.2.3.4",
                           "fe80::1%eth0",
                           "TCP:10.0.0.1",
                           "a23456789012345678901234567890123456789012345678901234567890abcd"}) {
    const Result<void> net = policy.allow_net(text);
    ASSERT_FALSE(net.has_value()) << text;
    EXPECT_EQ(net.error().code(), wisp::ErrorCode::kUsage);
    EXPECT_EQ(net.error().message().find("`" + std::string(text) + "`: "), 0u)
        << net.error().message();
    EXPECT_FALSE(policy.allow_listen(text).has_value()) << text;
  }
  EXPECT_FALSE(policy.allow_net("10.0.0.1:0").has_value());
  EXPECT_FALSE(policy.allow_listen("example.com:80").has_value());
  EXPECT_FALSE(policy.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 80)));
}

// -- What the user is told ------------------------------------------------------------------------

class NetworkPolicyLog : public ::testing::Test {
 protected:
  void SetUp() override {
    setenv("WISP_LOG", "info", 1);
    ::testing::internal::CaptureStderr();
  }
  void TearDown() override { unsetenv("WISP_LOG"); }
  static std::string told() { return ::testing::internal::GetCapturedStderr(); }

  NetworkPolicy policy_;
};

TEST_F(NetworkPolicyLog, NamesTheOptionThatAllowsIt) {
  policy_.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 443));
  policy_.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 443));
  policy_.allows(NetworkUse::kTcpBind, at("::1", 80));
  policy_.allows(NetworkUse::kTcpListen, at("::", 0));
  policy_.allows(NetworkUse::kUdpBind, at("0.0.0.0", 53));
  policy_.allows(NetworkUse::kUdpSend, at("10.0.0.1", 53));
  policy_.allows_lookup("example.com");
  policy_.allows_lookup(at("::1", 0));
  policy_.deny_tcp();
  policy_.deny_udp();
  policy_.tcp();
  policy_.udp();
  policy_.allows(NetworkUse::kUdpSend, at("10.0.0.2", 53));
  EXPECT_EQ(told(),
            "wisp: info: denied connect 10.0.0.1:443; add --allow-net=10.0.0.1:443\n"
            "wisp: info: denied bind [::1]:80; add --allow-listen=[::1]:80\n"
            "wisp: info: denied listen [::]:0; add --allow-listen=[::]:0\n"
            "wisp: info: denied bind 0.0.0.0:53; add --allow-listen=udp:0.0.0.0:53\n"
            "wisp: info: denied send to 10.0.0.1:53; add --allow-net=udp:10.0.0.1:53\n"
            "wisp: info: denied lookup example.com; add --allow-net=example.com or "
            "-S allow-ip-name-lookup\n"
            "wisp: info: denied lookup ::1; add --allow-net=::1 or -S allow-ip-name-lookup\n"
            "wisp: info: denied TCP sockets; remove -S tcp=n\n"
            "wisp: info: denied UDP sockets; remove -S udp=n\n");
}

// What a line says to add does allow what was denied.
TEST_F(NetworkPolicyLog, TheOptionDoesAllowIt) {
  for (const NetworkUse use : kAllUses) {
    for (const char* text : {"10.0.0.1", "2001:db8::1"}) {
      NetworkPolicy policy;
      const SocketAddress address = at(text, 443);
      ::testing::internal::GetCapturedStderr();
      ::testing::internal::CaptureStderr();
      EXPECT_FALSE(policy.allows(use, address));
      const std::string line = ::testing::internal::GetCapturedStderr();
      ::testing::internal::CaptureStderr();
      const size_t equals = line.find('=');
      ASSERT_NE(equals, std::string::npos) << line;
      const std::string rule = line.substr(equals + 1, line.size() - equals - 2);
      const bool is_net = line.find("--allow-net=") != std::string::npos;
      EXPECT_TRUE((is_net ? policy.allow_net(rule) : policy.allow_listen(rule)).has_value());
      EXPECT_TRUE(policy.allows(use, address)) << line;
    }
  }
  told();
}

TEST_F(NetworkPolicyLog, IsShortAndFitForATerminal) {
  policy_.allows_lookup("\x1b[2J");
  policy_.allows_lookup(std::string(100'000, 'a'));
  const std::string text = told();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\u{1b}"), std::string::npos);
  EXPECT_LT(text.size(), 2000u);
}

TEST_F(NetworkPolicyLog, Ends) {
  for (uint16_t port = 1; port < 2000; port++) {
    policy_.allows(NetworkUse::kTcpConnect, at("10.0.0.1", port));
  }
  const std::string text = told();
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(text, '\n')), NetworkPolicy::kMostLines + 1);
  EXPECT_TRUE(text.ends_with("denied more, which is not listed\n")) << text;
}

TEST_F(NetworkPolicyLog, IsSilentByDefault) {
  unsetenv("WISP_LOG");
  policy_.allows(NetworkUse::kTcpConnect, at("10.0.0.1", 443));
  EXPECT_EQ(told(), "");
}

}  // namespace
}  // namespace wisp::wasi::sockets
