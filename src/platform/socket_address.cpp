#include "platform/socket_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace wisp {

namespace {

constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool all_zero(std::span<const uint8_t> bytes) {
  return std::ranges::all_of(bytes, [](uint8_t byte) { return byte == 0; });
}

}  // namespace

SocketAddress SocketAddress::ipv4(std::array<uint8_t, 4> bytes, uint16_t port) {
  Storage storage = {};
  storage.v4.sin_family = AF_INET;
  storage.v4.sin_port = htons(port);
  std::memcpy(&storage.v4.sin_addr, bytes.data(), bytes.size());
  return SocketAddress(storage);
}

SocketAddress SocketAddress::ipv6(std::array<uint8_t, 16> bytes, uint16_t port, uint32_t flow_info,
                                  uint32_t scope_id) {
  Storage storage = {};
  storage.v6 = {};
  storage.v6.sin6_family = AF_INET6;
  storage.v6.sin6_port = htons(port);
  storage.v6.sin6_flowinfo = htonl(flow_info);
  storage.v6.sin6_scope_id = scope_id;
  std::memcpy(&storage.v6.sin6_addr, bytes.data(), bytes.size());
  return SocketAddress(storage);
}

SocketAddress SocketAddress::unspecified(int family, uint16_t port) {
  return family == AF_INET ? ipv4({}, port) : ipv6({}, port);
}

std::optional<SocketAddress> SocketAddress::from(const sockaddr* address, socklen_t size) {
  if (size < sizeof(sa_family_t)) return std::nullopt;
  Storage storage = {};
  storage.v6 = {};
  if (address->sa_family == AF_INET && size >= sizeof storage.v4) {
    std::memcpy(&storage.v4, address, sizeof storage.v4);
    std::memset(storage.v4.sin_zero, 0, sizeof storage.v4.sin_zero);
    return SocketAddress(storage);
  }
  if (address->sa_family == AF_INET6 && size >= sizeof storage.v6) {
    std::memcpy(&storage.v6, address, sizeof storage.v6);
    return SocketAddress(storage);
  }
  return std::nullopt;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text, uint16_t port) {
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  std::array<uint8_t, 4> v4;
  if (inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return ipv4(v4, port);
  std::array<uint8_t, 16> v6;
  if (inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return ipv6(v6, port);
  return std::nullopt;
}

std::span<const uint8_t> SocketAddress::bytes() const {
  if (is_ipv4()) return {reinterpret_cast<const uint8_t*>(&storage_.v4.sin_addr), 4};
  return {reinterpret_cast<const uint8_t*>(&storage_.v6.sin6_addr), 16};
}

SocketAddress SocketAddress::with_port(uint16_t port) const {
  SocketAddress result = *this;
  result.storage_.v4.sin_port = htons(port);
  return result;
}

bool SocketAddress::is_unspecified() const { return all_zero(bytes()); }

bool SocketAddress::is_loopback() const {
  if (is_ipv4()) return bytes()[0] == 127;
  return all_zero(bytes().first(15)) && bytes()[15] == 1;
}

bool SocketAddress::is_multicast() const {
  return is_ipv4() ? bytes()[0] >> 4 == 0xe : bytes()[0] == 0xff;
}

bool SocketAddress::is_broadcast() const {
  return is_ipv4() && std::ranges::all_of(bytes(), [](uint8_t byte) { return byte == 0xff; });
}

bool SocketAddress::is_ipv4_mapped() const {
  return !is_ipv4() && std::ranges::equal(bytes().first(kMappedPrefix.size()), kMappedPrefix);
}

SocketAddress SocketAddress::unmapped() const {
  if (!is_ipv4_mapped()) return *this;
  const std::span<const uint8_t> last = bytes().subspan(kMappedPrefix.size());
  return ipv4({last[0], last[1], last[2], last[3]}, port());
}

std::string SocketAddress::address_to_string() const {
  char text[INET6_ADDRSTRLEN];
  inet_ntop(family(), bytes().data(), text, sizeof text);
  return text;
}

std::string SocketAddress::to_string() const {
  const std::string address = address_to_string();
  return (is_ipv4() ? address : "[" + address + "]") + ":" + std::to_string(port());
}

bool operator==(const SocketAddress& a, const SocketAddress& b) {
  return a.family() == b.family() && std::memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace wisp
