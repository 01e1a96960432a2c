#include "wasi/sockets/socket.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "platform/system_call.h"

namespace wisp::wasi::sockets {

namespace {

// What accept(2) of Linux says of the connection that was pending, not of the listener: that the
// connection was aborted.
bool is_about_pending_connection(int error_number) {
  switch (error_number) {
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETRESET:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPROTO:
      return true;
    default:
      return false;
  }
}

template <class Name>
SocketResult<SocketAddress> address_of(int number, Name name) {
  sockaddr_storage storage;
  socklen_t size = sizeof storage;
  if (name(number, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return failure(errno);
  const auto address = SocketAddress::from(reinterpret_cast<sockaddr*>(&storage), size);
  if (!address) return failure(ErrorCode::kUnknown);
  return *address;
}

// An address that was deprecated in 2006, and that systems understand in different ways: ::a.b.c.d
bool is_ipv4_compatible(const SocketAddress& address) {
  const std::span<const uint8_t> bytes = address.bytes();
  return !address.is_ipv4() && !address.is_unspecified() && !address.is_loopback() &&
         std::all_of(bytes.begin(), bytes.begin() + 12, [](uint8_t byte) { return byte == 0; });
}

}  // namespace

SocketResult<std::shared_ptr<const Socket>> Socket::make(WasiContext& context,
                                                         IpAddressFamily family, SocketType type) {
  CountedDescriptor count(context.descriptors);
  if (!count.is_counted()) return failure(EMFILE);
  const bool is_ipv6 = family == IpAddressFamily::kIpv6;
  const int number = ::socket(
      is_ipv6 ? AF_INET6 : AF_INET,
      (type == SocketType::kStream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (number < 0) return failure(errno);
  auto socket = std::make_shared<const Socket>(number, family, std::move(count));
  int status = is_ipv6 ? socket->set_option(IPPROTO_IPV6, IPV6_V6ONLY, 1) : 0;
  // WASI has no option for it, so a guest could not keep a question in two writes from waiting for
  // the acknowledgement of the first. Connections have it from their listener.
  if (status == 0 && type == SocketType::kStream)
    status = socket->set_option(IPPROTO_TCP, TCP_NODELAY, 1);
  if (status < 0) return failure(-status);
  return socket;
}

Socket::~Socket() { ::close(number_); }

bool Socket::has_family_of(const SocketAddress& address) const {
  if (family_ == IpAddressFamily::kIpv4) return address.is_ipv4();
  return !address.is_ipv4() && !address.is_ipv4_mapped() && !is_ipv4_compatible(address);
}

int Socket::bind(const SocketAddress& address) const {
  const int status = negated_errno(::bind(number_, address.data(), address.size()));
  if (status == -ENODEV) return -EADDRNOTAVAIL;  // the scope of an interface that is not there
  return status == -EAFNOSUPPORT ? -EINVAL : status;
}

int Socket::connect(const SocketAddress& address) const {
  const int status = negated_errno(::connect(number_, address.data(), address.size()));
  if (status == -EISCONN) return 0;
  if (status == -EINPROGRESS) return -EALREADY;
  return status == -EAFNOSUPPORT ? -EINVAL : status;
}

int Socket::disconnect() const {
  sockaddr address = {};
  address.sa_family = AF_UNSPEC;
  return negated_errno(::connect(number_, &address, sizeof address));
}

int Socket::listen(uint32_t backlog) const {
  return negated_errno(::listen(number_, static_cast<int>(std::min(backlog, uint32_t{INT32_MAX}))));
}

int Socket::shutdown(int how) const { return negated_errno(::shutdown(number_, how)); }

SocketResult<std::shared_ptr<const Socket>> Socket::accept(WasiContext& context) const {
  if (IoFaults* faults = context.loop.faults(); faults != nullptr && faults->take_again())
      [[unlikely]]
    return failure(EAGAIN);
  CountedDescriptor count(context.descriptors);
  if (!count.is_counted()) return failure(EMFILE);
  const int number = call_system(
      [&] { return ::accept4(number_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); });
  if (number < 0) return failure(is_about_pending_connection(-number) ? ECONNABORTED : -number);
  return std::make_shared<const Socket>(number, family_, std::move(count));
}

SocketResult<SocketAddress> Socket::local_address() const {
  return address_of(number_, ::getsockname);
}

SocketResult<SocketAddress> Socket::remote_address() const {
  return address_of(number_, ::getpeername);
}

int32_t Socket::receive(std::span<uint8_t> buffer, IoFaults* faults) const {
  return call_system(faults, [&] { return ::recv(number_, buffer.data(), buffer.size(), 0); });
}

int32_t Socket::send(std::span<const uint8_t> bytes, IoFaults* faults) const {
  return call_system(faults,
                     [&] { return ::send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL); });
}

bool Socket::has_events(uint32_t events) const {
  pollfd poll{number_, static_cast<short>(events), 0};
  return ::poll(&poll, 1, 0) > 0;
}

int Socket::set_option(int level, int name, int value) const {
  return negated_errno(::setsockopt(number_, level, name, &value, sizeof value));
}

SocketResult<int> Socket::option(int level, int name) const {
  int value = 0;
  socklen_t size = sizeof value;
  if (::getsockopt(number_, level, name, &value, &size) != 0) return failure(errno);
  return value;
}

}  // namespace wisp::wasi::sockets
