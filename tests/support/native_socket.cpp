#include "tests/support/native_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace wisp::test {

namespace {

sockaddr_in loopback(uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(std::string(what) + ": " + std::strerror(errno));
  return result;
}

}  // namespace

NativeSocket NativeSocket::listening() {
  NativeSocket socket(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const sockaddr_in address = loopback(0);
  checked(::bind(socket.number_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "bind");
  checked(::listen(socket.number_, 64), "listen");
  return socket;
}

NativeSocket NativeSocket::connected_to(uint16_t port) {
  NativeSocket socket(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
  const sockaddr_in address = loopback(port);
  checked(::connect(socket.number_, reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "connect");
  return socket;
}

uint16_t NativeSocket::port() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(::getsockname(number_, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

NativeSocket NativeSocket::accept() const {
  return NativeSocket(checked(::accept4(number_, nullptr, nullptr, SOCK_CLOEXEC), "accept"));
}

void NativeSocket::set_buffer_sizes(int bytes) const {
  for (int option : {SO_RCVBUF, SO_SNDBUF})
    checked(::setsockopt(number_, SOL_SOCKET, option, &bytes, sizeof bytes), "setsockopt");
}

void NativeSocket::send(const std::string& bytes) const {
  size_t sent = 0;
  while (sent < bytes.size()) {
    sent += static_cast<size_t>(checked(
        static_cast<int>(::send(number_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL)),
        "send"));
  }
}

void NativeSocket::end_of_sending() const { checked(::shutdown(number_, SHUT_WR), "shutdown"); }

std::string NativeSocket::receive_all(size_t part) const {
  std::string all;
  std::string buffer(part, '\0');
  for (;;) {
    const int count =
        checked(static_cast<int>(::recv(number_, buffer.data(), buffer.size(), 0)), "recv");
    if (count == 0) return all;
    all.append(buffer, 0, static_cast<size_t>(count));
  }
}

bool NativeSocket::was_reset() const {
  char buffer[65536];
  ssize_t count;
  while ((count = ::recv(number_, buffer, sizeof buffer, 0)) > 0) {
  }
  return count < 0 && errno == ECONNRESET;
}

void NativeSocket::close() {
  if (number_ >= 0) ::close(number_);
  number_ = -1;
}

void NativeSocket::reset() {
  const linger at_once{1, 0};
  checked(::setsockopt(number_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once), "setsockopt");
  close();
}

ResettingPeer::ResettingPeer()
    : listener_(NativeSocket::listening()), port_(listener_.port()), thread_([this] { run(); }) {}

ResettingPeer::~ResettingPeer() {
  ::shutdown(listener_.number(), SHUT_RDWR);  // wakes accept(2)
  thread_.join();
}

void ResettingPeer::run() {
  for (;;) {
    const int first = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (first < 0) return;
    NativeSocket victim(first);
    const int second = ::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC);
    if (second < 0) return;
    victim.reset();
    ::close(second);
  }
}

}  // namespace wisp::test
