// UdpSocket: unbound -> bind in progress -> bound, and in `bound` with a fixed peer or without.
//
// It has one pair of streams that works, the one that it made last; earlier pairs answer
// `invalid-state`. Binding is done when it is started; what remains is to ask how it went.
#pragma once

#include <memory>
#include <optional>

#include "wasi/context.h"
#include "wasi/sockets/datagram_streams.h"
#include "wasi/sockets/network.h"
#include "wasi/sockets/socket.h"

namespace wisp::wasi::sockets {

class UdpSocket final : public component::HostResource {
 public:
  struct Streams {
    std::unique_ptr<IncomingDatagramStream> incoming;
    std::unique_ptr<OutgoingDatagramStream> outgoing;
  };

  UdpSocket(WasiContext& context, std::shared_ptr<const Socket> socket)
      : context_(context), socket_(std::move(socket)) {}

  SocketResult<void> start_bind(const SocketAddress& address);
  SocketResult<void> finish_bind();
  SocketResult<Streams> stream(const std::optional<SocketAddress>& peer);
  SocketResult<SocketAddress> local_address() const;
  SocketResult<SocketAddress> remote_address() const;
  const std::shared_ptr<const Socket>& socket() const { return socket_; }

  // Nothing of it takes time.
  bool ready() const { return true; }
  void arm(EventLoop&) {}
  Source& source() { return source_; }

  // For the streams.
  WasiContext& context() { return context_; }
  const std::optional<SocketAddress>& peer() const { return peer_; }
  bool has_peer(const SocketAddress& address) const {
    return peer_ && is_same_end(*peer_, address);
  }
  bool is_current(const IncomingDatagramStream& stream) const { return incoming_ == &stream; }
  bool is_current(const OutgoingDatagramStream& stream) const { return outgoing_ == &stream; }
  void gone(const IncomingDatagramStream& stream) {
    if (is_current(stream)) incoming_ = nullptr;
  }
  void gone(const OutgoingDatagramStream& stream) {
    if (is_current(stream)) outgoing_ = nullptr;
  }

 private:
  enum class State : uint8_t { kUnbound, kBindInProgress, kBound };

  // Whether datagrams to one are datagrams to the other; a flow or scope makes no difference.
  static bool is_same_end(const SocketAddress& a, const SocketAddress& b);
  void retire_streams();
  int forget_peer();

  WasiContext& context_;
  std::shared_ptr<const Socket> socket_;
  State state_ = State::kUnbound;
  SocketAddress bound_address_;  // with the port that the system chose
  std::optional<SocketAddress> peer_;
  IncomingDatagramStream* incoming_ = nullptr;  // of the pair that works
  OutgoingDatagramStream* outgoing_ = nullptr;
  Source source_;
};

}  // namespace wisp::wasi::sockets
