#include "wasi/sockets/udp.h"

#include "wasi/sockets/socket_options.h"

namespace wisp::wasi::sockets::udp {

SocketResult<std::unique_ptr<UdpSocket>> create_udp_socket(HostCall&, WasiContext& context,
                                                           IpAddressFamily address_family) {
  if (!context.network.udp()) return failure(ErrorCode::kAccessDenied);
  auto socket = Socket::make(context, address_family, SocketType::kDatagram);
  if (!socket.ok()) return failure(socket.error());
  return std::make_unique<UdpSocket>(context, std::move(socket.value()));
}

SocketResult<void> start_bind(HostCall&, WasiContext&, UdpSocket& self, Network&,
                              const IpSocketAddress& local_address) {
  return self.start_bind(to_socket_address(local_address));
}

SocketResult<void> finish_bind(HostCall&, WasiContext&, UdpSocket& self) {
  return self.finish_bind();
}

SocketResult<
    std::tuple<std::unique_ptr<IncomingDatagramStream>, std::unique_ptr<OutgoingDatagramStream>>>
stream(HostCall&, WasiContext&, UdpSocket& self,
       const std::optional<IpSocketAddress>& remote_address) {
  std::optional<SocketAddress> peer;
  if (remote_address) peer = to_socket_address(*remote_address);
  auto streams = self.stream(peer);
  if (!streams.ok()) return failure(streams.error());
  auto& [incoming, outgoing] = streams.value();
  return std::tuple{std::move(incoming), std::move(outgoing)};
}

SocketResult<IpSocketAddress> local_address(HostCall&, WasiContext&, UdpSocket& self) {
  return to_ip_socket_address(self.local_address());
}

SocketResult<IpSocketAddress> remote_address(HostCall&, WasiContext&, UdpSocket& self) {
  return to_ip_socket_address(self.remote_address());
}

IpAddressFamily address_family(HostCall&, WasiContext&, UdpSocket& self) {
  return self.socket()->family();
}

std::unique_ptr<Pollable> subscribe(HostCall&, WasiContext&, UdpSocket& self) {
  return std::make_unique<ResourcePollable<UdpSocket>>(self);
}

SocketResult<std::vector<IncomingDatagram>> receive(HostCall&, WasiContext&,
                                                    IncomingDatagramStream& self,
                                                    uint64_t max_results) {
  return self.receive(max_results);
}

std::unique_ptr<Pollable> subscribe_incoming(HostCall&, WasiContext&,
                                             IncomingDatagramStream& self) {
  return std::make_unique<ResourcePollable<IncomingDatagramStream>>(self);
}

SocketResult<uint64_t> check_send(HostCall&, WasiContext&, OutgoingDatagramStream& self) {
  return self.check_send();
}

SocketResult<uint64_t> send(HostCall& call, WasiContext&, OutgoingDatagramStream& self,
                            const std::vector<OutgoingDatagram>& datagrams) {
  if (datagrams.size() > self.permit()) {
    call.trap("unpermitted: argument exceeds permitted size");
    return {};
  }
  return self.send(datagrams);
}

std::unique_ptr<Pollable> subscribe_outgoing(HostCall&, WasiContext&,
                                             OutgoingDatagramStream& self) {
  return std::make_unique<ResourcePollable<OutgoingDatagramStream>>(self);
}

namespace {

using component::host_function;
using component::host_resource;

constexpr component::HostItem kItems[] = {
    host_resource<UdpSocket>("udp-socket"),
    host_resource<IncomingDatagramStream>("incoming-datagram-stream"),
    host_resource<OutgoingDatagramStream>("outgoing-datagram-stream"),
    host_function<&start_bind>("[method]udp-socket.start-bind"),
    host_function<&finish_bind>("[method]udp-socket.finish-bind"),
    host_function<&stream>("[method]udp-socket.stream"),
    host_function<&local_address>("[method]udp-socket.local-address"),
    host_function<&remote_address>("[method]udp-socket.remote-address"),
    host_function<&address_family>("[method]udp-socket.address-family"),
    host_function<&get_option<uint8_t, &hop_limit>>("[method]udp-socket.unicast-hop-limit"),
    host_function<&set_option<uint8_t, &set_hop_limit>>("[method]udp-socket.set-unicast-hop-limit"),
    host_function<&get_option<uint64_t, &receive_buffer_size>>(
        "[method]udp-socket.receive-buffer-size"),
    host_function<&set_option<uint64_t, &set_receive_buffer_size>>(
        "[method]udp-socket.set-receive-buffer-size"),
    host_function<&get_option<uint64_t, &send_buffer_size>>("[method]udp-socket.send-buffer-size"),
    host_function<&set_option<uint64_t, &set_send_buffer_size>>(
        "[method]udp-socket.set-send-buffer-size"),
    host_function<&subscribe>("[method]udp-socket.subscribe"),
    host_function<&receive>("[method]incoming-datagram-stream.receive"),
    host_function<&subscribe_incoming>("[method]incoming-datagram-stream.subscribe"),
    host_function<&check_send>("[method]outgoing-datagram-stream.check-send"),
    host_function<&send>("[method]outgoing-datagram-stream.send"),
    host_function<&subscribe_outgoing>("[method]outgoing-datagram-stream.subscribe"),
};

constexpr component::HostItem kCreateSocketItems[] = {
    host_function<&create_udp_socket>("create-udp-socket")};

}  // namespace

const component::HostInterface kInterface{"wasi:sockets/udp", "0.2.12", kItems};
const component::HostInterface kCreateSocketInterface{"wasi:sockets/udp-create-socket", "0.2.12",
                                                      kCreateSocketItems};

}  // namespace wisp::wasi::sockets::udp
