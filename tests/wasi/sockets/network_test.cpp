// Addresses between the WIT and the kernel.
#include "wasi/sockets/network.h"

#include <gtest/gtest.h>

namespace wisp::wasi::sockets {
namespace {

TEST(NetworkAddresses, TravelBothWays) {
  const SocketAddress v4 = SocketAddress::ipv4({10, 1, 2, 255}, 65535);
  const SocketAddress v6 = SocketAddress::ipv6(
      {0xfe, 0x80, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0xab, 0xcd}, 443, 0x12345, 7);
  for (const SocketAddress& address : {v4, v6})
    EXPECT_EQ(to_socket_address(to_ip_socket_address(address)), address) << address.to_string();
  const auto lowered = std::get<Ipv6SocketAddress>(to_ip_socket_address(v6).value);
  EXPECT_EQ(lowered.port, 443);
  EXPECT_EQ(lowered.flow_info, 0x12345u);
  EXPECT_EQ(lowered.scope_id, 7u);
  EXPECT_EQ(std::get<0>(lowered.address), 0xfe80);
  EXPECT_EQ(std::get<7>(lowered.address), 0xabcd);
  EXPECT_EQ(std::get<0>(to_ip_address(v4).value), (Ipv4Address{10, 1, 2, 255}));
  EXPECT_EQ(std::get<1>(to_ip_address(v6).value), lowered.address);
}

}  // namespace
}  // namespace wisp::wasi::sockets
