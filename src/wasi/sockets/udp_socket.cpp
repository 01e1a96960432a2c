#include "wasi/sockets/udp_socket.h"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace wisp::wasi::sockets {

bool UdpSocket::is_same_end(const SocketAddress& a, const SocketAddress& b) {
  return a.family() == b.family() && a.port() == b.port() &&
         std::ranges::equal(a.bytes(), b.bytes());
}

SocketResult<void> UdpSocket::start_bind(const SocketAddress& address) {
  if (state_ == State::kBindInProgress) return failure(ErrorCode::kConcurrencyConflict);
  if (state_ != State::kUnbound) return failure(ErrorCode::kInvalidState);
  if (!socket_->has_family_of(address)) return failure(ErrorCode::kInvalidArgument);
  if (!context_.network.allows(NetworkUse::kUdpBind, address))
    return failure(ErrorCode::kAccessDenied);
  if (const int status = socket_->bind(address); status < 0) return result_of(status);
  const auto bound = socket_->local_address();
  if (!bound.ok()) return failure(bound.error());
  bound_address_ = bound.value();
  state_ = State::kBindInProgress;
  return {};
}

SocketResult<void> UdpSocket::finish_bind() {
  if (state_ != State::kBindInProgress) return failure(ErrorCode::kNotInProgress);
  state_ = State::kBound;
  return {};
}

SocketResult<UdpSocket::Streams> UdpSocket::stream(const std::optional<SocketAddress>& peer) {
  if (state_ == State::kBindInProgress) return failure(ErrorCode::kConcurrencyConflict);
  if (state_ != State::kBound) return failure(ErrorCode::kInvalidState);
  if (peer) {
    if (!socket_->has_family_of(*peer) || peer->is_unspecified() || peer->port() == 0)
      return failure(ErrorCode::kInvalidArgument);
    if (!context_.network.allows(NetworkUse::kUdpSend, *peer))
      return failure(ErrorCode::kAccessDenied);
  }
  retire_streams();
  int status = forget_peer();
  if (status == 0 && peer) status = socket_->connect(*peer);
  if (status < 0) return failure(-status);
  peer_ = peer;
  Streams streams{std::make_unique<IncomingDatagramStream>(*this),
                  std::make_unique<OutgoingDatagramStream>(*this)};
  incoming_ = streams.incoming.get();
  outgoing_ = streams.outgoing.get();
  return streams;
}

void UdpSocket::retire_streams() {
  if (auto* stream = std::exchange(incoming_, nullptr)) stream->source().notify();
  if (auto* stream = std::exchange(outgoing_, nullptr)) stream->source().notify();
}

// Also before another is fixed: the kernel refuses one that is reached over another interface.
int UdpSocket::forget_peer() {
  if (!peer_) return 0;
  peer_.reset();
  if (const int status = socket_->disconnect(); status < 0) return status;
  // A port that the system chose is given up with the peer.
  const auto local = socket_->local_address();
  return local.ok() && local.value().port() == 0 ? socket_->bind(bound_address_) : 0;
}

SocketResult<SocketAddress> UdpSocket::local_address() const {
  if (state_ != State::kBound) return failure(ErrorCode::kInvalidState);
  return socket_->local_address();
}

SocketResult<SocketAddress> UdpSocket::remote_address() const {
  if (!peer_) return failure(ErrorCode::kInvalidState);
  return socket_->remote_address();
}

}  // namespace wisp::wasi::sockets
