// wasi:sockets/network and instance-network: the capability, the addresses as the WIT writes them,
// and what is left of the error of a stream.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <tuple>
#include <variant>

#include "component/host/host_binding.h"
#include "platform/socket_address.h"
#include "wasi/context.h"
#include "wasi/error_code.h"
#include "wasi/io/error.h"

namespace wisp::wasi::sockets {

using component::HostCall;

template <class T>
using SocketResult = component::Outcome<T, ErrorCode>;

// A failure by its errno.
inline component::Failure<ErrorCode> failure(int error_number) {
  return {error_code(error_number)};
}
inline component::Failure<ErrorCode> failure(ErrorCode code) { return {code}; }
// Of a call that gives 0, or a negated errno.
inline SocketResult<void> result_of(int status) {
  if (status < 0) return failure(-status);
  return {};
}

// Access to the network of the context: its policy decides, whichever handle is shown.
class Network final : public component::HostResource {};

enum class IpAddressFamily : uint8_t { kIpv4, kIpv6 };

using Ipv4Address = std::tuple<uint8_t, uint8_t, uint8_t, uint8_t>;
using Ipv6Address =
    std::tuple<uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t, uint16_t>;

struct IpAddress {
  std::variant<Ipv4Address, Ipv6Address> value;
};
struct Ipv4SocketAddress {
  uint16_t port = 0;
  Ipv4Address address;
};
struct Ipv6SocketAddress {
  uint16_t port = 0;
  uint32_t flow_info = 0;
  Ipv6Address address;
  uint32_t scope_id = 0;
};
struct IpSocketAddress {
  std::variant<Ipv4SocketAddress, Ipv6SocketAddress> value;
};

SocketAddress to_socket_address(const IpSocketAddress& address);
IpSocketAddress to_ip_socket_address(const SocketAddress& address);
inline SocketResult<IpSocketAddress> to_ip_socket_address(
    const SocketResult<SocketAddress>& address) {
  if (!address.ok()) return failure(address.error());
  return to_ip_socket_address(address.value());
}
IpAddress to_ip_address(const SocketAddress& address);

std::unique_ptr<Network> instance_network(HostCall& call, WasiContext& context);
// Nothing: the error is not of a socket.
std::optional<ErrorCode> network_error_code(HostCall& call, WasiContext& context, IoError& error);

extern const component::HostInterface kNetworkInterface;
extern const component::HostInterface kInstanceNetworkInterface;

}  // namespace wisp::wasi::sockets

namespace wisp::component {

template <>
struct EnumOf<wasi::sockets::IpAddressFamily> {
  static constexpr std::string_view names[] = {"ipv4", "ipv6"};
};
template <>
struct VariantOf<wasi::sockets::IpAddress> {
  static constexpr std::string_view names[] = {"ipv4", "ipv6"};
};
template <>
struct RecordOf<wasi::sockets::Ipv4SocketAddress> {
  using A = wasi::sockets::Ipv4SocketAddress;
  static constexpr auto fields = std::tuple{Field{"port", &A::port}, Field{"address", &A::address}};
};
template <>
struct RecordOf<wasi::sockets::Ipv6SocketAddress> {
  using A = wasi::sockets::Ipv6SocketAddress;
  static constexpr auto fields =
      std::tuple{Field{"port", &A::port}, Field{"flow-info", &A::flow_info},
                 Field{"address", &A::address}, Field{"scope-id", &A::scope_id}};
};
template <>
struct VariantOf<wasi::sockets::IpSocketAddress> {
  static constexpr std::string_view names[] = {"ipv4", "ipv6"};
};

}  // namespace wisp::component
