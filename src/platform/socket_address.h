// SocketAddress: an IPv4 or IPv6 address and a port, as the kernel takes it.
//
// A value; two are equal where every part is. Texts are those of RFC 5952: "10.0.0.1:443",
// "[::1]:80".
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wisp {

class SocketAddress {
 public:
  // 0.0.0.0:0
  SocketAddress() : SocketAddress(ipv4({}, 0)) {}
  static SocketAddress ipv4(std::array<uint8_t, 4> bytes, uint16_t port);
  static SocketAddress ipv6(std::array<uint8_t, 16> bytes, uint16_t port, uint32_t flow_info = 0,
                            uint32_t scope_id = 0);
  // 0.0.0.0 or ::, of AF_INET or AF_INET6.
  static SocketAddress unspecified(int family, uint16_t port = 0);
  // What the kernel gave; nothing for other families and for less than an address.
  static std::optional<SocketAddress> from(const sockaddr* address, socklen_t size);
  // An address alone: four decimal numbers, or IPv6 without brackets or scope.
  static std::optional<SocketAddress> parse(std::string_view text, uint16_t port = 0);

  // For the kernel.
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const { return is_ipv4() ? sizeof storage_.v4 : sizeof storage_.v6; }

  int family() const { return storage_.v4.sin_family; }
  bool is_ipv4() const { return family() == AF_INET; }
  uint16_t port() const { return ntohs(storage_.v4.sin_port); }  // the same place in both
  uint32_t flow_info() const { return is_ipv4() ? 0 : ntohl(storage_.v6.sin6_flowinfo); }
  uint32_t scope_id() const { return is_ipv4() ? 0 : storage_.v6.sin6_scope_id; }
  // Of the address: 4 or 16, most significant first.
  std::span<const uint8_t> bytes() const;
  SocketAddress with_port(uint16_t port) const;

  bool is_unspecified() const;
  bool is_loopback() const;
  bool is_multicast() const;
  bool is_broadcast() const;       // 255.255.255.255
  bool is_ipv4_mapped() const;     // ::ffff:0:0/96
  SocketAddress unmapped() const;  // the IPv4 address of one that is mapped; others as they are

  std::string to_string() const;          // with the port
  std::string address_to_string() const;  // without it, and without brackets

  friend bool operator==(const SocketAddress& a, const SocketAddress& b);

 private:
  union Storage {
    sockaddr_in v4;
    sockaddr_in6 v6;
  };
  explicit SocketAddress(const Storage& storage) : storage_(storage) {}

  Storage storage_;
};

}  // namespace wisp
