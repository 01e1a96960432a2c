#include "platform/socket_address.h"

#include <gtest/gtest.h>

#include <cstring>

namespace wisp {
namespace {

SocketAddress parsed(std::string_view text, uint16_t port = 0) {
  const auto address = SocketAddress::parse(text, port);
  EXPECT_TRUE(address.has_value()) << text;
  return address.value_or(SocketAddress());
}

TEST(SocketAddress, IsWhatTheKernelTakes) {
  const SocketAddress four = SocketAddress::ipv4({10, 0, 0, 1}, 443);
  EXPECT_EQ(four.family(), AF_INET);
  EXPECT_EQ(four.size(), sizeof(sockaddr_in));
  EXPECT_EQ(four.port(), 443);
  EXPECT_EQ(four.to_string(), "10.0.0.1:443");
  sockaddr_in raw;
  std::memcpy(&raw, four.data(), sizeof raw);
  EXPECT_EQ(ntohl(raw.sin_addr.s_addr), 0x0a000001u);
  EXPECT_EQ(ntohs(raw.sin_port), 443);

  const SocketAddress six = SocketAddress::ipv6(
      {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 80, 0x12345, 7);
  EXPECT_EQ(six.family(), AF_INET6);
  EXPECT_EQ(six.size(), sizeof(sockaddr_in6));
  EXPECT_EQ(six.to_string(), "[2001:db8::1]:80");
  EXPECT_EQ(six.address_to_string(), "2001:db8::1");
  EXPECT_EQ(six.flow_info(), 0x12345u);
  EXPECT_EQ(six.scope_id(), 7u);
  EXPECT_EQ(six.bytes().size(), 16u);
}

TEST(SocketAddress, ComesBackFromTheKernel) {
  const SocketAddress six = parsed("fe80::1", 9);
  const auto again = SocketAddress::from(six.data(), six.size());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, six);
  // The kernel does not clear what pads an IPv4 address.
  sockaddr_in raw;
  std::memset(&raw, 0xee, sizeof raw);
  const SocketAddress four = parsed("1.2.3.4", 5);
  std::memcpy(&raw, four.data(), offsetof(sockaddr_in, sin_zero));
  EXPECT_EQ(SocketAddress::from(reinterpret_cast<const sockaddr*>(&raw), sizeof raw), four);

  EXPECT_FALSE(SocketAddress::from(four.data(), sizeof(sockaddr_in) - 1));
  EXPECT_FALSE(SocketAddress::from(six.data(), sizeof(sockaddr_in)));
  EXPECT_FALSE(SocketAddress::from(six.data(), 0));
  sockaddr other = {};
  other.sa_family = AF_UNIX;
  EXPECT_FALSE(SocketAddress::from(&other, sizeof other));
}

TEST(SocketAddress, EqualIsEveryPart) {
  EXPECT_EQ(parsed("1.2.3.4", 5), parsed("1.2.3.4", 5));
  EXPECT_FALSE(parsed("1.2.3.4", 5) == parsed("1.2.3.4", 6));
  EXPECT_FALSE(parsed("1.2.3.4", 5) == parsed("1.2.3.5", 5));
  EXPECT_FALSE(parsed("::") == parsed("0.0.0.0"));
  EXPECT_FALSE(SocketAddress::ipv6({}, 1, 0, 1) == SocketAddress::ipv6({}, 1, 0, 2));
  EXPECT_EQ(parsed("::1", 5).with_port(6), parsed("::1", 6));
  EXPECT_EQ(SocketAddress(), parsed("0.0.0.0"));
  EXPECT_EQ(SocketAddress::unspecified(AF_INET6, 3), parsed("::", 3));
}

TEST(SocketAddress, TextsThatAreNone) {
  for (const char* text : {"", " ", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", "0x7f.0.0.1",
                           "[::1]", "::1%lo", "fe80::1%1", "1.2.3.4:5", ":::", "localhost"}) {
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
  }
  EXPECT_FALSE(SocketAddress::parse(std::string_view("1.2.3.4\0", 8)));
}

TEST(SocketAddress, Kinds) {
  struct Case {
    const char* text;
    bool unspecified, loopback, multicast, broadcast, mapped;
  };
  constexpr Case kCases[] = {
      {"0.0.0.0", true, false, false, false, false},
      {"0.0.0.1", false, false, false, false, false},
      {"127.0.0.1", false, true, false, false, false},
      {"127.255.0.9", false, true, false, false, false},
      {"128.0.0.1", false, false, false, false, false},
      {"223.255.255.255", false, false, false, false, false},
      {"224.0.0.0", false, false, true, false, false},
      {"239.255.255.255", false, false, true, false, false},
      {"240.0.0.0", false, false, false, false, false},
      {"255.255.255.255", false, false, false, true, false},
      {"255.255.255.254", false, false, false, false, false},
      {"::", true, false, false, false, false},
      {"::1", false, true, false, false, false},
      {"::2", false, false, false, false, false},
      {"::1:0:1", false, false, false, false, false},
      {"ff02::1", false, false, true, false, false},
      {"fe80::1", false, false, false, false, false},
      {"::ffff:0:0", false, false, false, false, true},
      {"::ffff:127.0.0.1", false, false, false, false, true},
      {"::fffe:127.0.0.1", false, false, false, false, false},
      {"::127.0.0.1", false, false, false, false, false},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false, false, true, false, false},
  };
  for (const Case& row : kCases) {
    const SocketAddress address = parsed(row.text);
    EXPECT_EQ(address.is_unspecified(), row.unspecified) << row.text;
    EXPECT_EQ(address.is_loopback(), row.loopback) << row.text;
    EXPECT_EQ(address.is_multicast(), row.multicast) << row.text;
    EXPECT_EQ(address.is_broadcast(), row.broadcast) << row.text;
    EXPECT_EQ(address.is_ipv4_mapped(), row.mapped) << row.text;
  }
  EXPECT_EQ(parsed("::ffff:127.0.0.1", 8).unmapped(), parsed("127.0.0.1", 8));
  EXPECT_EQ(parsed("::1", 8).unmapped(), parsed("::1", 8));
  EXPECT_EQ(parsed("127.0.0.1", 8).unmapped(), parsed("127.0.0.1", 8));
}

}  // namespace
}  // namespace wisp
