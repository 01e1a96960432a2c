#include "wasi/sockets/network.h"

namespace wisp::wasi::sockets {

namespace {

std::array<uint8_t, 4> bytes_of(const Ipv4Address& address) {
  return std::apply([](auto... byte) { return std::array<uint8_t, 4>{byte...}; }, address);
}

std::array<uint8_t, 16> bytes_of(const Ipv6Address& address) {
  std::array<uint8_t, 16> bytes;
  size_t at = 0;
  const auto append = [&](uint16_t group) {
    bytes[at++] = static_cast<uint8_t>(group >> 8);
    bytes[at++] = static_cast<uint8_t>(group);
  };
  std::apply([&](auto... group) { (append(group), ...); }, address);
  return bytes;
}

Ipv4Address ipv4_address(std::span<const uint8_t> bytes) {
  return {bytes[0], bytes[1], bytes[2], bytes[3]};
}

Ipv6Address ipv6_address(std::span<const uint8_t> bytes) {
  const auto group = [&](size_t i) {
    return static_cast<uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
  };
  return {group(0), group(1), group(2), group(3), group(4), group(5), group(6), group(7)};
}

}  // namespace

SocketAddress to_socket_address(const IpSocketAddress& address) {
  if (const auto* v4 = std::get_if<Ipv4SocketAddress>(&address.value))
    return SocketAddress::ipv4(bytes_of(v4->address), v4->port);
  const auto& v6 = std::get<Ipv6SocketAddress>(address.value);
  return SocketAddress::ipv6(bytes_of(v6.address), v6.port, v6.flow_info, v6.scope_id);
}

IpSocketAddress to_ip_socket_address(const SocketAddress& address) {
  if (address.is_ipv4()) return {Ipv4SocketAddress{address.port(), ipv4_address(address.bytes())}};
  return {Ipv6SocketAddress{address.port(), address.flow_info(), ipv6_address(address.bytes()),
                            address.scope_id()}};
}

IpAddress to_ip_address(const SocketAddress& address) {
  if (address.is_ipv4()) return {ipv4_address(address.bytes())};
  return {ipv6_address(address.bytes())};
}

std::unique_ptr<Network> instance_network(HostCall&, WasiContext&) {
  return std::make_unique<Network>();
}

std::optional<ErrorCode> network_error_code(HostCall&, WasiContext&, IoError& error) {
  if (error.origin() != ErrorOrigin::kSockets) return std::nullopt;
  return error_code(error.error_number());
}

namespace {

constexpr component::HostItem kNetworkItems[] = {
    component::host_resource<Network>("network"),
    component::host_function<&network_error_code>("network-error-code"),
};
constexpr component::HostItem kInstanceNetworkItems[] = {
    component::host_function<&instance_network>("instance-network"),
};

}  // namespace

const component::HostInterface kNetworkInterface{"wasi:sockets/network", "0.2.12", kNetworkItems};
const component::HostInterface kInstanceNetworkInterface{"wasi:sockets/instance-network", "0.2.12",
                                                         kInstanceNetworkItems};

}  // namespace wisp::wasi::sockets
