#include "wasi/sockets/network_rule.h"

#include <algorithm>
#include <charconv>

#include "platform/printable.h"
#include "wasi/sockets/host_name.h"

namespace wisp::wasi::sockets {

namespace {

constexpr char kForm[] =
    "expected [tcp:|udp:]HOST[:PORT], where HOST is a name, an address or a block of addresses as "
    "in 10.0.0.0/8; IPv6 before a port stands in brackets";

Error no_rule(std::string_view text, std::string_view why) {
  return Error(wisp::ErrorCode::kUsage, quoted(text) + ": " + std::string(why));
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// "10.0.0.1", "10.0.0.0/8".
std::optional<AddressBlock> parse_block(std::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<SocketAddress> address = SocketAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const uint32_t all_bits = 8 * static_cast<uint32_t>(address->bytes().size());
  if (slash == std::string_view::npos) return AddressBlock{*address, all_bits};
  const std::optional<uint32_t> bits = parse_number<uint32_t>(text.substr(slash + 1));
  if (!bits || *bits > all_bits) return std::nullopt;
  return AddressBlock{*address, *bits};
}

// What stands before the port and what stands behind its colon.
struct Split {
  std::string_view host;
  std::optional<std::string_view> port;
  bool has_brackets = false;
};

std::optional<Split> split_port(std::string_view text) {
  if (text.starts_with('[')) {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    Split split{text.substr(1, end - 1), std::nullopt, true};
    const std::string_view rest = text.substr(end + 1);
    if (rest.empty()) return split;
    if (rest[0] != ':') return std::nullopt;
    split.port = rest.substr(1);
    return split;
  }
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return Split{text, std::nullopt};
  return Split{text.substr(0, colon), text.substr(colon + 1)};
}

}  // namespace

bool AddressBlock::contains(const SocketAddress& address) const {
  if (address.family() != first.family()) return false;
  const std::span<const uint8_t> theirs = address.bytes(), ours = first.bytes();
  const uint32_t whole = prefix_bits / 8, rest = prefix_bits % 8;
  if (!std::ranges::equal(theirs.first(whole), ours.first(whole))) return false;
  return rest == 0 || (theirs[whole] ^ ours[whole]) >> (8 - rest) == 0;
}

bool NetworkRule::has_host(const SocketAddress& address) const {
  if (block) return block->contains(address);
  return std::ranges::find(addresses, address.with_port(0)) != addresses.end();
}

void NetworkRule::add_address(const SocketAddress& address) {
  if (has_host(address)) return;
  if (addresses.size() == kMostAddresses) addresses.erase(addresses.begin());
  addresses.push_back(address.with_port(0));
}

Result<NetworkRule> parse_network_rule(std::string_view text) {
  NetworkRule rule;
  std::string_view rest = text;
  for (const auto& [prefix, protocol] :
       {std::pair{"tcp:", Protocol::kTcp}, std::pair{"udp:", Protocol::kUdp}}) {
    if (!rest.starts_with(prefix)) continue;
    rule.protocol = protocol;
    rest.remove_prefix(4);
    break;
  }
  const std::optional<Split> split = split_port(rest);
  if (!split) return no_rule(text, kForm);
  if (split->port) {
    rule.port = parse_number<uint16_t>(*split->port);
    if (!rule.port) return no_rule(text, "a port is a number of 0 to 65535");
  }
  rule.block = parse_block(split->host);
  if (rule.block && rule.block->first.is_ipv4_mapped())
    return no_rule(text, "write it as the IPv4 address that it stands for");
  if (rule.block) return rule;
  // A number that is no address of the usual form was mistyped, whatever a resolver makes of it.
  std::optional<HostName> host = parse_host_name(split->host);
  if (split->has_brackets || !host || host->address) return no_rule(text, kForm);
  rule.name = std::move(host->name);
  // RFC 6761, 6.3: it is that everywhere, looked up or not.
  if (rule.name == "localhost") {
    rule.add_address(SocketAddress::ipv4({127, 0, 0, 1}, 0));
    rule.add_address(*SocketAddress::parse("::1"));
  }
  return rule;
}

}  // namespace wisp::wasi::sockets
