#include "wasi/sockets/tcp_listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "platform/printable.h"
#include "platform/socket_address.h"
#include "wasi/sockets/network_rule.h"

namespace wisp::wasi::sockets {

namespace {

Result<SocketAddress> parse_address(std::string_view text) {
  const NetworkRule rule = WISP_TRY(parse_network_rule(text));
  if (!rule.block || !rule.block->is_single() || !rule.port || rule.protocol) {
    return Error(wisp::ErrorCode::kUsage, "expected ADDRESS:PORT, not " + quoted(text));
  }
  return rule.block->first.with_port(*rule.port);
}

}  // namespace

Result<int> listen_tcp(std::string_view text) {
  const SocketAddress address = WISP_TRY(parse_address(text));
  const int socket = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int yes = 1;
  if (socket >= 0 && ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
      ::bind(socket, address.data(), address.size()) == 0 && ::listen(socket, SOMAXCONN) == 0) {
    return socket;
  }
  const std::string reason = std::strerror(errno);
  if (socket >= 0) ::close(socket);
  return Error(wisp::ErrorCode::kIo, "cannot listen at " + address.to_string() + ": " + reason);
}

}  // namespace wisp::wasi::sockets
