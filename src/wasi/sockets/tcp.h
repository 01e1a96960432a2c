// wasi:sockets/tcp and tcp-create-socket: the host functions. What a socket does is in
// tcp_socket.h, its options are in socket_options.h.
#pragma once

#include <memory>
#include <tuple>

#include "component/host/host_binding.h"
#include "wasi/sockets/network.h"
#include "wasi/sockets/tcp_socket.h"

namespace wisp::wasi::sockets::tcp {

SocketResult<std::unique_ptr<TcpSocket>> create_tcp_socket(HostCall&, WasiContext&,
                                                           IpAddressFamily address_family);

SocketResult<void> start_bind(HostCall&, WasiContext&, TcpSocket& self, Network& network,
                              const IpSocketAddress& local_address);
SocketResult<void> finish_bind(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<void> start_connect(HostCall&, WasiContext&, TcpSocket& self, Network& network,
                                 const IpSocketAddress& remote_address);
SocketResult<std::tuple<std::unique_ptr<InputStream>, std::unique_ptr<OutputStream>>>
finish_connect(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<void> start_listen(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<void> finish_listen(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<std::tuple<std::unique_ptr<TcpSocket>, std::unique_ptr<InputStream>,
                        std::unique_ptr<OutputStream>>>
accept(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<IpSocketAddress> local_address(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<IpSocketAddress> remote_address(HostCall&, WasiContext&, TcpSocket& self);
bool is_listening(HostCall&, WasiContext&, TcpSocket& self);
IpAddressFamily address_family(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<void> set_listen_backlog_size(HostCall&, WasiContext&, TcpSocket& self,
                                           uint64_t value);
std::unique_ptr<Pollable> subscribe(HostCall&, WasiContext&, TcpSocket& self);
SocketResult<void> shutdown(HostCall&, WasiContext&, TcpSocket& self, ShutdownType type);

// Options, by the functions of socket_options.h.
template <class T, SocketResult<T> (*kGet)(const Socket&)>
SocketResult<T> get_option(HostCall&, WasiContext&, TcpSocket& self) {
  if (self.open_socket() == nullptr) return failure(ErrorCode::kInvalidState);
  return kGet(*self.open_socket());
}
template <class T, SocketResult<void> (*kSet)(const Socket&, T)>
SocketResult<void> set_option(HostCall&, WasiContext&, TcpSocket& self, T value) {
  if (self.open_socket() == nullptr) return failure(ErrorCode::kInvalidState);
  return kSet(*self.open_socket(), value);
}

extern const component::HostInterface kInterface;
extern const component::HostInterface kCreateSocketInterface;

}  // namespace wisp::wasi::sockets::tcp

template <>
struct wisp::component::EnumOf<wisp::wasi::sockets::ShutdownType> {
  static constexpr std::string_view names[] = {"receive", "send", "both"};
};
