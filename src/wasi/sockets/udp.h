// wasi:sockets/udp and udp-create-socket: the host functions. What a socket does is in udp_socket.h
// and datagram_streams.h, its options are in socket_options.h.
#pragma once

#include <memory>
#include <optional>
#include <tuple>
#include <vector>

#include "component/host/host_binding.h"
#include "wasi/pollable.h"
#include "wasi/sockets/datagram_streams.h"
#include "wasi/sockets/network.h"
#include "wasi/sockets/udp_socket.h"

namespace wisp::wasi::sockets::udp {

SocketResult<std::unique_ptr<UdpSocket>> create_udp_socket(HostCall&, WasiContext&,
                                                           IpAddressFamily address_family);

SocketResult<void> start_bind(HostCall&, WasiContext&, UdpSocket& self, Network& network,
                              const IpSocketAddress& local_address);
SocketResult<void> finish_bind(HostCall&, WasiContext&, UdpSocket& self);
SocketResult<
    std::tuple<std::unique_ptr<IncomingDatagramStream>, std::unique_ptr<OutgoingDatagramStream>>>
stream(HostCall&, WasiContext&, UdpSocket& self,
       const std::optional<IpSocketAddress>& remote_address);
SocketResult<IpSocketAddress> local_address(HostCall&, WasiContext&, UdpSocket& self);
SocketResult<IpSocketAddress> remote_address(HostCall&, WasiContext&, UdpSocket& self);
IpAddressFamily address_family(HostCall&, WasiContext&, UdpSocket& self);
std::unique_ptr<Pollable> subscribe(HostCall&, WasiContext&, UdpSocket& self);

SocketResult<std::vector<IncomingDatagram>> receive(HostCall&, WasiContext&,
                                                    IncomingDatagramStream& self,
                                                    uint64_t max_results);
std::unique_ptr<Pollable> subscribe_incoming(HostCall&, WasiContext&, IncomingDatagramStream& self);

SocketResult<uint64_t> check_send(HostCall&, WasiContext&, OutgoingDatagramStream& self);
SocketResult<uint64_t> send(HostCall&, WasiContext&, OutgoingDatagramStream& self,
                            const std::vector<OutgoingDatagram>& datagrams);
std::unique_ptr<Pollable> subscribe_outgoing(HostCall&, WasiContext&, OutgoingDatagramStream& self);

// Options, by the functions of socket_options.h.
template <class T, SocketResult<T> (*kGet)(const Socket&)>
SocketResult<T> get_option(HostCall&, WasiContext&, UdpSocket& self) {
  return kGet(*self.socket());
}
template <class T, SocketResult<void> (*kSet)(const Socket&, T)>
SocketResult<void> set_option(HostCall&, WasiContext&, UdpSocket& self, T value) {
  return kSet(*self.socket(), value);
}

extern const component::HostInterface kInterface;
extern const component::HostInterface kCreateSocketInterface;

}  // namespace wisp::wasi::sockets::udp
