// The two streams of a UDP socket: several datagrams per call, both ways. Children of the socket.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "component/host/host_binding.h"
#include "wasi/io/readiness.h"
#include "wasi/sockets/network.h"

namespace wisp::wasi::sockets {

class UdpSocket;

// The data are views: of the context's memory for datagrams, or of the guest's.
struct IncomingDatagram {
  std::span<const uint8_t> data;
  IpSocketAddress remote_address;
};
struct OutgoingDatagram {
  std::span<const uint8_t> data;
  std::optional<IpSocketAddress> remote_address;
};

class IncomingDatagramStream final : public component::HostResource {
 public:
  explicit IncomingDatagramStream(UdpSocket& socket);
  ~IncomingDatagramStream() override;

  // What is there; none that another than the fixed peer sent.
  SocketResult<std::vector<IncomingDatagram>> receive(uint64_t max_results);

  bool ready() const;
  void arm(EventLoop& loop);
  Source& source() { return readiness_.source(); }

 private:
  int receive_some(uint64_t max_results, std::vector<IncomingDatagram>& results);

  UdpSocket& socket_;
  Readiness readiness_;
};

class OutgoingDatagramStream final : public component::HostResource {
 public:
  explicit OutgoingDatagramStream(UdpSocket& socket);
  ~OutgoingDatagramStream() override;

  SocketResult<uint64_t> check_send();
  // No more than permit(), which this spends. How many were sent: up to the first that could not.
  SocketResult<uint64_t> send(std::span<const OutgoingDatagram> datagrams);
  uint64_t permit() const { return permit_; }

  bool ready() const;
  void arm(EventLoop& loop);
  Source& source() { return readiness_.source(); }

 private:
  struct Batch;
  std::optional<ErrorCode> add(const OutgoingDatagram& datagram, Batch& batch);
  int send_some(Batch& batch);

  UdpSocket& socket_;
  uint64_t permit_ = 0;
  bool is_full_ = false;  // the kernel took no more, when it was asked last
  Readiness readiness_;
};

}  // namespace wisp::wasi::sockets

namespace wisp::component {

template <>
struct RecordOf<wasi::sockets::IncomingDatagram> {
  using D = wasi::sockets::IncomingDatagram;
  static constexpr auto fields =
      std::tuple{Field{"data", &D::data}, Field{"remote-address", &D::remote_address}};
};
template <>
struct RecordOf<wasi::sockets::OutgoingDatagram> {
  using D = wasi::sockets::OutgoingDatagram;
  static constexpr auto fields =
      std::tuple{Field{"data", &D::data}, Field{"remote-address", &D::remote_address}};
};

}  // namespace wisp::component
