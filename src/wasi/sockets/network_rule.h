// NetworkRule: what one --allow-net or --allow-listen says.
//
//   [tcp:|udp:]HOST[:PORT]
//
// HOST is an address, a block of addresses in CIDR form ("10.0.0.0/8", "[fd00::/8]:443"), or a
// name. Without a protocol both are meant, without a port all ports. IPv6 needs brackets where a
// port follows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.h"
#include "platform/socket_address.h"

namespace wisp::wasi::sockets {

enum class Protocol : uint8_t { kTcp, kUdp };

// All addresses that begin with the same bits.
struct AddressBlock {
  SocketAddress first;
  uint32_t prefix_bits = 0;

  bool contains(const SocketAddress& address) const;
  // Whether it is one address only.
  bool is_single() const { return prefix_bits == 8 * first.bytes().size(); }
};

struct NetworkRule {
  // Of one name, those that it resolved to last; a peer who gives others each time pushes out its
  // own.
  static constexpr size_t kMostAddresses = 256;

  std::optional<Protocol> protocol;
  std::optional<uint16_t> port;
  std::optional<AddressBlock> block;     // or a name:
  std::string name;                      // as HostName has it
  std::vector<SocketAddress> addresses;  // what the name stands for, as far as it is known

  // Whether the host is or may be this address, whatever the port.
  bool has_host(const SocketAddress& address) const;
  bool has_name(std::string_view host_name) const { return !block && name == host_name; }
  bool is_about(Protocol asked) const { return !protocol || *protocol == asked; }
  bool is_about(Protocol asked, uint16_t asked_port) const {
    return is_about(asked) && (!port || *port == asked_port);
  }
  void add_address(const SocketAddress& address);
};

Result<NetworkRule> parse_network_rule(std::string_view text);

}  // namespace wisp::wasi::sockets
