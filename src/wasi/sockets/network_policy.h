// NetworkPolicy: what a guest may do in the network. Nothing, unless said.
//
//   allow_all()         every address, as `-S inherit-network` of wasmtime
//   allow_net(rule)     connect, and send datagrams, to these; where the rule has a name: look it
//                       up, and use what it resolves to in this run
//   allow_listen(rule)  bind to these and listen there; the address of all interfaces (0.0.0.0, ::)
//                       stands for each of them, port 0 for one that the system chooses
//
// Who may connect or send may also be bound as the kernel does it unasked: to all interfaces, with
// a port that the system chooses. Listening there takes more, so it is asked for by itself.
//
// What is denied is told to the user, in a line at log level info that says which option allows it:
// once for each, and not more than kMostLines.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.h"
#include "platform/socket_address.h"
#include "wasi/sockets/network_rule.h"

namespace wisp::wasi::sockets {

// What an address is to be used for.
enum class NetworkUse : uint8_t {
  kTcpConnect,  // ask before kTcpBind where both are to happen: its line helps more
  kTcpBind,     // also implicit: the unspecified address with port 0
  kTcpListen,   // with the address that was asked for when binding, before a port was chosen
  kUdpBind,     // also implicit
  kUdpSend,     // also to fix the peer of a socket
};

class NetworkPolicy {
 public:
  static constexpr size_t kMostLines = 100;

  void allow_all() { allows_all_ = true; }
  Result<void> allow_net(std::string_view rule);
  Result<void> allow_listen(std::string_view rule);
  // Every name, as `-S allow-ip-name-lookup`.
  void allow_name_lookup() { allows_lookup_ = true; }
  // No such sockets at all, as `-S tcp=n` and `-S udp=n`.
  void deny_tcp() { tcp_ = false; }
  void deny_udp() { udp_ = false; }

  // Whether such sockets may be made.
  bool tcp();
  bool udp();
  bool allows(NetworkUse use, const SocketAddress& address);
  // Of a name: in ASCII and lower case, without a dot at its end.
  bool allows_lookup(std::string_view name);
  // Of an address that is given as a name: no question to anybody, but to this policy.
  bool allows_lookup(const SocketAddress& address);

  // The name was looked up: what is allowed of the name is allowed of these from now on.
  void resolved(std::string_view name, std::span<const SocketAddress> addresses);

 private:
  bool grants(NetworkUse use, const SocketAddress& address) const;
  // Says once what was denied; gives false.
  bool deny(const std::string& what, const std::string& remedy);

  bool tcp_ = true;
  bool udp_ = true;
  bool allows_all_ = false;
  bool allows_lookup_ = false;
  std::vector<NetworkRule> net_rules_;
  std::vector<NetworkRule> listen_rules_;
  std::vector<std::string> told_;
};

}  // namespace wisp::wasi::sockets
