#include "wasi/sockets/network_policy.h"

#include <algorithm>

#include "platform/log.h"
#include "platform/printable.h"

namespace wisp::wasi::sockets {

namespace {

// Of NetworkUse, in its order.
struct UseInWords {
  Protocol protocol;
  std::string_view verb;
  std::string_view option;
  std::string_view prefix;  // of the rule that the option takes
};
constexpr UseInWords kUses[] = {
    {Protocol::kTcp, "connect", "--allow-net", ""},
    {Protocol::kTcp, "bind", "--allow-listen", ""},
    {Protocol::kTcp, "listen", "--allow-listen", ""},
    {Protocol::kUdp, "bind", "--allow-listen", "udp:"},
    {Protocol::kUdp, "send to", "--allow-net", "udp:"},
};

const UseInWords& in_words(NetworkUse use) { return kUses[static_cast<size_t>(use)]; }

// A guest's name in a line of the log; no longer than one can be.
std::string shortened(std::string_view name) {
  constexpr size_t kMostOfAName = 253;
  return std::string(name.substr(0, kMostOfAName)) + (name.size() > kMostOfAName ? "..." : "");
}

// Whoever listens on all interfaces listens on each.
bool covers_local(const NetworkRule& rule, const SocketAddress& address) {
  if (rule.has_host(address)) return true;
  return rule.block && rule.block->first.is_unspecified() && rule.block->is_single() &&
         rule.block->first.family() == address.family();
}

}  // namespace

Result<void> NetworkPolicy::allow_net(std::string_view text) {
  NetworkRule rule = WISP_TRY(parse_network_rule(text));
  if (rule.port == 0) {
    return Error(wisp::ErrorCode::kUsage, quoted(text) + ": nobody can be reached at port 0");
  }
  net_rules_.push_back(std::move(rule));
  return {};
}

Result<void> NetworkPolicy::allow_listen(std::string_view text) {
  NetworkRule rule = WISP_TRY(parse_network_rule(text));
  if (!rule.block && rule.addresses.empty()) {
    return Error(wisp::ErrorCode::kUsage,
                 quoted(text) +
                     ": expected an address of this machine instead of a name, as in "
                     "127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces");
  }
  listen_rules_.push_back(std::move(rule));
  return {};
}

bool NetworkPolicy::tcp() { return tcp_ || deny("TCP sockets", "remove -S tcp=n"); }

bool NetworkPolicy::udp() { return udp_ || deny("UDP sockets", "remove -S udp=n"); }

bool NetworkPolicy::allows(NetworkUse use, const SocketAddress& address) {
  const UseInWords& words = in_words(use);
  if (words.protocol == Protocol::kTcp ? !tcp() : !udp()) return false;
  if (allows_all_ || grants(use, address.unmapped())) return true;
  const std::string text = address.to_string();
  return deny(fmt::format("{} {}", words.verb, text),
              fmt::format("add {}={}{}", words.option, words.prefix, text));
}

bool NetworkPolicy::grants(NetworkUse use, const SocketAddress& address) const {
  const Protocol protocol = in_words(use).protocol;
  if (use == NetworkUse::kTcpConnect || use == NetworkUse::kUdpSend) {
    return std::ranges::any_of(net_rules_, [&](const NetworkRule& rule) {
      return rule.is_about(protocol, address.port()) && rule.has_host(address);
    });
  }
  const bool is_left_to_the_system = address.is_unspecified() && address.port() == 0;
  if (use != NetworkUse::kTcpListen && is_left_to_the_system &&
      std::ranges::any_of(net_rules_,
                          [&](const NetworkRule& rule) { return rule.is_about(protocol); })) {
    return true;
  }
  return std::ranges::any_of(listen_rules_, [&](const NetworkRule& rule) {
    return rule.is_about(protocol, address.port()) && covers_local(rule, address);
  });
}

bool NetworkPolicy::allows_lookup(std::string_view name) {
  if (allows_lookup_ || std::ranges::any_of(net_rules_, [&](const NetworkRule& rule) {
        return rule.has_name(name);
      })) {
    return true;
  }
  const std::string text = shortened(name);
  return deny("lookup " + text, "add --allow-net=" + text + " or -S allow-ip-name-lookup");
}

bool NetworkPolicy::allows_lookup(const SocketAddress& address) {
  if (allows_lookup_ || std::ranges::any_of(net_rules_, [&](const NetworkRule& rule) {
        return rule.has_host(address.unmapped());
      })) {
    return true;
  }
  const std::string text = address.address_to_string();
  return deny("lookup " + text, "add --allow-net=" + text + " or -S allow-ip-name-lookup");
}

void NetworkPolicy::resolved(std::string_view name, std::span<const SocketAddress> addresses) {
  for (NetworkRule& rule : net_rules_) {
    if (!rule.has_name(name)) continue;
    for (const SocketAddress& address : addresses) rule.add_address(address.unmapped());
  }
}

bool NetworkPolicy::deny(const std::string& what, const std::string& remedy) {
  if (!log_enabled(LogLevel::kInfo) || told_.size() > kMostLines) return false;
  std::string line = told_.size() == kMostLines ? "denied more, which is not listed"
                                                : fmt::format("denied {}; {}", what, remedy);
  if (std::ranges::find(told_, line) != told_.end()) return false;
  log(LogLevel::kInfo, "{}", line);
  told_.push_back(std::move(line));
  return false;
}

}  // namespace wisp::wasi::sockets
