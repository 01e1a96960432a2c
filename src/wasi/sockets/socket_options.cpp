#include "wasi/sockets/socket_options.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace wisp::wasi::sockets {

namespace {

constexpr uint64_t kNanosecondsPerSecond = 1'000'000'000;
// MAX_TCP_KEEPIDLE, MAX_TCP_KEEPINTVL and MAX_TCP_KEEPCNT of Linux.
constexpr uint64_t kMostSeconds = 32767;
constexpr uint32_t kMostProbes = 127;

template <class T>
SocketResult<T> as(SocketResult<int> option, uint64_t factor = 1) {
  if (!option.ok()) return failure(option.error());
  return static_cast<T>(static_cast<uint64_t>(option.value()) * factor);
}

SocketResult<void> set_seconds(const Socket& socket, int name, uint64_t nanoseconds) {
  if (nanoseconds == 0) return failure(ErrorCode::kInvalidArgument);
  const uint64_t seconds =
      nanoseconds / kNanosecondsPerSecond + (nanoseconds % kNanosecondsPerSecond != 0 ? 1 : 0);
  return result_of(
      socket.set_option(IPPROTO_TCP, name, static_cast<int>(std::min(seconds, kMostSeconds))));
}

// The kernel sets twice what it is told, for what it adds itself, and says so.
SocketResult<uint64_t> buffer_size(const Socket& socket, int name) {
  const auto option = socket.option(SOL_SOCKET, name);
  if (!option.ok()) return failure(option.error());
  return static_cast<uint64_t>(option.value()) / 2;
}

SocketResult<void> set_buffer_size(const Socket& socket, int name, uint64_t value) {
  if (value == 0) return failure(ErrorCode::kInvalidArgument);
  constexpr uint64_t kMost = std::numeric_limits<int>::max();
  const int status = socket.set_option(SOL_SOCKET, name, static_cast<int>(std::min(value, kMost)));
  return status == -ENOBUFS ? SocketResult<void>() : result_of(status);
}

struct HopLimitOption {
  int level;
  int name;
};

HopLimitOption hop_limit_option(const Socket& socket) {
  if (socket.family() == IpAddressFamily::kIpv4) return {IPPROTO_IP, IP_TTL};
  return {IPPROTO_IPV6, IPV6_UNICAST_HOPS};
}

}  // namespace

SocketResult<bool> keep_alive_enabled(const Socket& socket) {
  return as<bool>(socket.option(SOL_SOCKET, SO_KEEPALIVE));
}

SocketResult<void> set_keep_alive_enabled(const Socket& socket, bool value) {
  return result_of(socket.set_option(SOL_SOCKET, SO_KEEPALIVE, value ? 1 : 0));
}

SocketResult<uint64_t> keep_alive_idle_time(const Socket& socket) {
  return as<uint64_t>(socket.option(IPPROTO_TCP, TCP_KEEPIDLE), kNanosecondsPerSecond);
}

SocketResult<void> set_keep_alive_idle_time(const Socket& socket, uint64_t value) {
  return set_seconds(socket, TCP_KEEPIDLE, value);
}

SocketResult<uint64_t> keep_alive_interval(const Socket& socket) {
  return as<uint64_t>(socket.option(IPPROTO_TCP, TCP_KEEPINTVL), kNanosecondsPerSecond);
}

SocketResult<void> set_keep_alive_interval(const Socket& socket, uint64_t value) {
  return set_seconds(socket, TCP_KEEPINTVL, value);
}

SocketResult<uint32_t> keep_alive_count(const Socket& socket) {
  return as<uint32_t>(socket.option(IPPROTO_TCP, TCP_KEEPCNT));
}

SocketResult<void> set_keep_alive_count(const Socket& socket, uint32_t value) {
  if (value == 0) return failure(ErrorCode::kInvalidArgument);
  return result_of(
      socket.set_option(IPPROTO_TCP, TCP_KEEPCNT, static_cast<int>(std::min(value, kMostProbes))));
}

SocketResult<uint8_t> hop_limit(const Socket& socket) {
  const HopLimitOption option = hop_limit_option(socket);
  return as<uint8_t>(socket.option(option.level, option.name));
}

SocketResult<void> set_hop_limit(const Socket& socket, uint8_t value) {
  if (value == 0) return failure(ErrorCode::kInvalidArgument);
  const HopLimitOption option = hop_limit_option(socket);
  return result_of(socket.set_option(option.level, option.name, value));
}

SocketResult<uint64_t> receive_buffer_size(const Socket& socket) {
  return buffer_size(socket, SO_RCVBUF);
}

SocketResult<void> set_receive_buffer_size(const Socket& socket, uint64_t value) {
  return set_buffer_size(socket, SO_RCVBUF, value);
}

SocketResult<uint64_t> send_buffer_size(const Socket& socket) {
  return buffer_size(socket, SO_SNDBUF);
}

SocketResult<void> set_send_buffer_size(const Socket& socket, uint64_t value) {
  return set_buffer_size(socket, SO_SNDBUF, value);
}

}  // namespace wisp::wasi::sockets
