// TcpSocket: the state machine of TcpSocketOperationalSemantics.md.
//
//   unbound -> bind in progress -> bound -> listen in progress -> listening
//   unbound, bound -> connect in progress -> connected
//
// Binding and listening are done when they are started; what remains is to ask how it went. A
// connection is made by the kernel meanwhile. A call in the wrong state is `invalid-state` and has
// no effect; a connection that fails, or cannot be listened for, closes the socket.
//
// As in wasmtime, arguments of start-connect that no socket could use leave the socket as it was,
// and whatever else is wrong is what finish-connect tells.
#pragma once

#include <memory>
#include <optional>

#include "platform/memory_budget.h"
#include "wasi/context.h"
#include "wasi/io/readiness.h"
#include "wasi/sockets/network.h"
#include "wasi/sockets/socket.h"
#include "wasi/sockets/tcp_streams.h"

namespace wisp::wasi::sockets {

enum class ShutdownType : uint8_t { kReceive, kSend, kBoth };

class TcpSocket final : public component::HostResource {
 public:
  struct Streams {
    std::unique_ptr<InputStream> input;
    std::unique_ptr<OutputStream> output;
  };
  struct Accepted {
    std::unique_ptr<TcpSocket> socket;
    Streams streams;
  };

  // `budget` pays for what the streams have to keep; may be null.
  TcpSocket(WasiContext& context, std::shared_ptr<const Socket> socket, MemoryBudget* budget)
      : context_(context), socket_(std::move(socket)), budget_(budget) {}
  ~TcpSocket() override;

  SocketResult<void> start_bind(const SocketAddress& address);
  SocketResult<void> finish_bind();
  SocketResult<void> start_connect(const SocketAddress& address);
  SocketResult<Streams> finish_connect();
  SocketResult<void> start_listen();
  SocketResult<void> finish_listen();
  SocketResult<Accepted> accept();
  SocketResult<void> shutdown(ShutdownType type);

  SocketResult<SocketAddress> local_address() const;
  SocketResult<SocketAddress> remote_address() const;
  bool is_listening() const { return state_ == State::kListening; }
  SocketResult<void> set_listen_backlog_size(uint64_t value);
  // For its options. Null: it is closed.
  const Socket* open_socket() const { return state_ == State::kClosed ? nullptr : socket_.get(); }
  IpAddressFamily family() const { return socket_->family(); }

  // Whether what is in progress has ended, or a connection waits.
  bool ready();
  void arm(EventLoop& loop);
  Source& source() { return readiness_.source(); }

  // For the streams.
  void input_gone() { input_ = nullptr; }
  void output_gone() { output_ = nullptr; }

 private:
  enum class State : uint8_t {
    kUnbound,
    kBindInProgress,
    kBound,
    kListenInProgress,
    kListening,
    kConnectInProgress,
    kConnected,
    kClosed,
  };

  bool in_progress() const {
    return state_ == State::kBindInProgress || state_ == State::kListenInProgress ||
           state_ == State::kConnectInProgress;
  }
  bool may_connect(const SocketAddress& address);
  void look_at_connection();
  Streams make_streams();

  WasiContext& context_;
  std::shared_ptr<const Socket> socket_;
  MemoryBudget* budget_;
  State state_ = State::kUnbound;
  bool is_bound_ = false;  // by the guest
  uint32_t backlog_ = 128;
  SocketAddress address_;                        // asked for: of bind, then of connect
  std::optional<SocketResult<void>> connected_;  // how the connection went
  Readiness readiness_;                          // of the connection, or of those that wait
  TcpInputStream* input_ = nullptr;
  TcpOutputStream* output_ = nullptr;
};

}  // namespace wisp::wasi::sockets
