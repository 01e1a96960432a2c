#include "wasi/sockets/tcp_socket.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace wisp::wasi::sockets {

namespace {

bool is_unicast(const SocketAddress& address) {
  return !address.is_multicast() && !address.is_broadcast();
}

}  // namespace

TcpSocket::~TcpSocket() {
  if (input_ != nullptr) input_->orphan();
  if (output_ != nullptr) output_->orphan();
}

SocketResult<void> TcpSocket::start_bind(const SocketAddress& address) {
  if (in_progress()) return failure(ErrorCode::kConcurrencyConflict);
  if (state_ != State::kUnbound) return failure(ErrorCode::kInvalidState);
  if (!socket_->has_family_of(address) || !is_unicast(address))
    return failure(ErrorCode::kInvalidArgument);
  if (!context_.network.allows(NetworkUse::kTcpBind, address))
    return failure(ErrorCode::kAccessDenied);
  // So that connections which ended a moment ago do not occupy the port.
  int status = socket_->set_option(SOL_SOCKET, SO_REUSEADDR, 1);
  if (status == 0) status = socket_->bind(address);
  if (status < 0) return result_of(status);
  address_ = address;
  state_ = State::kBindInProgress;
  return {};
}

SocketResult<void> TcpSocket::finish_bind() {
  if (state_ != State::kBindInProgress) return failure(ErrorCode::kNotInProgress);
  state_ = State::kBound;
  is_bound_ = true;
  return {};
}

// Also what the kernel would do unasked.
bool TcpSocket::may_connect(const SocketAddress& address) {
  return context_.network.allows(NetworkUse::kTcpConnect, address) &&
         (is_bound_ || context_.network.allows(NetworkUse::kTcpBind,
                                               SocketAddress::unspecified(address.family())));
}

SocketResult<void> TcpSocket::start_connect(const SocketAddress& address) {
  if (in_progress()) return failure(ErrorCode::kConcurrencyConflict);
  if (state_ != State::kUnbound && state_ != State::kBound)
    return failure(ErrorCode::kInvalidState);
  if (!socket_->has_family_of(address) || !is_unicast(address) || address.is_unspecified() ||
      address.port() == 0)
    return failure(ErrorCode::kInvalidArgument);
  state_ = State::kConnectInProgress;
  address_ = address;
  if (may_connect(address)) {
    look_at_connection();
  } else {
    connected_ = failure(ErrorCode::kAccessDenied);
  }
  return {};
}

void TcpSocket::look_at_connection() {
  const int status = socket_->connect(address_);
  if (status == -EALREADY) {
    readiness_.consume();
  } else {
    connected_ = result_of(status);
  }
}

SocketResult<TcpSocket::Streams> TcpSocket::finish_connect() {
  if (state_ != State::kConnectInProgress) return failure(ErrorCode::kNotInProgress);
  if (!connected_) look_at_connection();
  if (!connected_) return failure(ErrorCode::kWouldBlock);
  state_ = connected_->ok() ? State::kConnected : State::kClosed;
  if (!connected_->ok()) return failure(connected_->error());
  return make_streams();
}

TcpSocket::Streams TcpSocket::make_streams() {
  auto input = std::make_unique<TcpInputStream>(*this, context_, socket_);
  auto output = std::make_unique<TcpOutputStream>(*this, context_, socket_, budget_);
  input_ = input.get();
  output_ = output.get();
  return {std::move(input), std::move(output)};
}

SocketResult<void> TcpSocket::start_listen() {
  if (in_progress()) return failure(ErrorCode::kConcurrencyConflict);
  if (state_ != State::kBound) return failure(ErrorCode::kInvalidState);
  if (!context_.network.allows(NetworkUse::kTcpListen, address_)) {
    state_ = State::kClosed;
    return failure(ErrorCode::kAccessDenied);
  }
  const int status = socket_->listen(backlog_);
  state_ = status < 0 ? State::kClosed : State::kListenInProgress;
  return result_of(status);
}

SocketResult<void> TcpSocket::finish_listen() {
  if (state_ != State::kListenInProgress) return failure(ErrorCode::kNotInProgress);
  state_ = State::kListening;
  return {};
}

SocketResult<TcpSocket::Accepted> TcpSocket::accept() {
  if (state_ != State::kListening) return failure(ErrorCode::kInvalidState);
  auto connection = socket_->accept(context_);
  readiness_.consume();
  if (!connection.ok()) return failure(connection.error());
  auto socket = std::make_unique<TcpSocket>(context_, std::move(connection.value()), budget_);
  socket->state_ = State::kConnected;
  Streams streams = socket->make_streams();
  return Accepted{std::move(socket), std::move(streams)};
}

SocketResult<void> TcpSocket::shutdown(ShutdownType type) {
  if (state_ != State::kConnected) return failure(ErrorCode::kInvalidState);
  if (type != ShutdownType::kSend) {
    if (input_ != nullptr) input_->shut();
    socket_->shutdown(SHUT_RD);
  }
  if (type != ShutdownType::kReceive && output_ != nullptr) output_->shut();
  return {};
}

SocketResult<SocketAddress> TcpSocket::local_address() const {
  if (state_ == State::kUnbound || state_ == State::kBindInProgress || state_ == State::kClosed)
    return failure(ErrorCode::kInvalidState);
  return socket_->local_address();
}

SocketResult<SocketAddress> TcpSocket::remote_address() const {
  if (state_ != State::kConnected) return failure(ErrorCode::kInvalidState);
  return socket_->remote_address();
}

SocketResult<void> TcpSocket::set_listen_backlog_size(uint64_t value) {
  if (value == 0) return failure(ErrorCode::kInvalidArgument);
  if (state_ == State::kConnectInProgress || state_ == State::kConnected ||
      state_ == State::kClosed)
    return failure(ErrorCode::kInvalidState);
  constexpr uint64_t kMost = std::numeric_limits<int32_t>::max();
  backlog_ = static_cast<uint32_t>(std::min(value, kMost));
  if (state_ == State::kListening || state_ == State::kListenInProgress)
    return result_of(socket_->listen(backlog_));
  return {};
}

bool TcpSocket::ready() {
  if (state_ == State::kConnectInProgress) return connected_.has_value() || readiness_.ready();
  return state_ != State::kListening || readiness_.ready();
}

void TcpSocket::arm(EventLoop& loop) {
  const uint32_t events = state_ == State::kListening ? POLLIN : POLLOUT;
  readiness_.arm(loop, socket_->number(), events, socket_);
}

}  // namespace wisp::wasi::sockets
