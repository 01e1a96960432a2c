#include "wasi/sockets/tcp.h"

#include "wasi/sockets/socket_options.h"

namespace wisp::wasi::sockets::tcp {

SocketResult<std::unique_ptr<TcpSocket>> create_tcp_socket(HostCall& call, WasiContext& context,
                                                           IpAddressFamily address_family) {
  if (!context.network.tcp()) return failure(ErrorCode::kAccessDenied);
  auto socket = Socket::make(context, address_family, SocketType::kStream);
  if (!socket.ok()) return failure(socket.error());
  return std::make_unique<TcpSocket>(context, std::move(socket.value()), call.memory_budget());
}

SocketResult<void> start_bind(HostCall&, WasiContext&, TcpSocket& self, Network&,
                              const IpSocketAddress& local_address) {
  return self.start_bind(to_socket_address(local_address));
}

SocketResult<void> finish_bind(HostCall&, WasiContext&, TcpSocket& self) {
  return self.finish_bind();
}

SocketResult<void> start_connect(HostCall&, WasiContext&, TcpSocket& self, Network&,
                                 const IpSocketAddress& remote_address) {
  return self.start_connect(to_socket_address(remote_address));
}

SocketResult<std::tuple<std::unique_ptr<InputStream>, std::unique_ptr<OutputStream>>>
finish_connect(HostCall&, WasiContext&, TcpSocket& self) {
  auto streams = self.finish_connect();
  if (!streams.ok()) return failure(streams.error());
  auto& [input, output] = streams.value();
  return std::tuple{std::move(input), std::move(output)};
}

SocketResult<void> start_listen(HostCall&, WasiContext&, TcpSocket& self) {
  return self.start_listen();
}

SocketResult<void> finish_listen(HostCall&, WasiContext&, TcpSocket& self) {
  return self.finish_listen();
}

SocketResult<std::tuple<std::unique_ptr<TcpSocket>, std::unique_ptr<InputStream>,
                        std::unique_ptr<OutputStream>>>
accept(HostCall&, WasiContext&, TcpSocket& self) {
  auto accepted = self.accept();
  if (!accepted.ok()) return failure(accepted.error());
  auto& [socket, streams] = accepted.value();
  return std::tuple{std::move(socket), std::move(streams.input), std::move(streams.output)};
}

SocketResult<IpSocketAddress> local_address(HostCall&, WasiContext&, TcpSocket& self) {
  return to_ip_socket_address(self.local_address());
}

SocketResult<IpSocketAddress> remote_address(HostCall&, WasiContext&, TcpSocket& self) {
  return to_ip_socket_address(self.remote_address());
}

bool is_listening(HostCall&, WasiContext&, TcpSocket& self) { return self.is_listening(); }

IpAddressFamily address_family(HostCall&, WasiContext&, TcpSocket& self) { return self.family(); }

SocketResult<void> set_listen_backlog_size(HostCall&, WasiContext&, TcpSocket& self,
                                           uint64_t value) {
  return self.set_listen_backlog_size(value);
}

std::unique_ptr<Pollable> subscribe(HostCall&, WasiContext&, TcpSocket& self) {
  return std::make_unique<ResourcePollable<TcpSocket>>(self);
}

SocketResult<void> shutdown(HostCall&, WasiContext&, TcpSocket& self, ShutdownType type) {
  return self.shutdown(type);
}

namespace {

using component::host_function;

constexpr component::HostItem kItems[] = {
    component::host_resource<TcpSocket>("tcp-socket"),
    host_function<&start_bind>("[method]tcp-socket.start-bind"),
    host_function<&finish_bind>("[method]tcp-socket.finish-bind"),
    host_function<&start_connect>("[method]tcp-socket.start-connect"),
    host_function<&finish_connect>("[method]tcp-socket.finish-connect"),
    host_function<&start_listen>("[method]tcp-socket.start-listen"),
    host_function<&finish_listen>("[method]tcp-socket.finish-listen"),
    host_function<&accept>("[method]tcp-socket.accept"),
    host_function<&local_address>("[method]tcp-socket.local-address"),
    host_function<&remote_address>("[method]tcp-socket.remote-address"),
    host_function<&is_listening>("[method]tcp-socket.is-listening"),
    host_function<&address_family>("[method]tcp-socket.address-family"),
    host_function<&set_listen_backlog_size>("[method]tcp-socket.set-listen-backlog-size"),
    host_function<&get_option<bool, &keep_alive_enabled>>("[method]tcp-socket.keep-alive-enabled"),
    host_function<&set_option<bool, &set_keep_alive_enabled>>(
        "[method]tcp-socket.set-keep-alive-enabled"),
    host_function<&get_option<uint64_t, &keep_alive_idle_time>>(
        "[method]tcp-socket.keep-alive-idle-time"),
    host_function<&set_option<uint64_t, &set_keep_alive_idle_time>>(
        "[method]tcp-socket.set-keep-alive-idle-time"),
    host_function<&get_option<uint64_t, &keep_alive_interval>>(
        "[method]tcp-socket.keep-alive-interval"),
    host_function<&set_option<uint64_t, &set_keep_alive_interval>>(
        "[method]tcp-socket.set-keep-alive-interval"),
    host_function<&get_option<uint32_t, &keep_alive_count>>("[method]tcp-socket.keep-alive-count"),
    host_function<&set_option<uint32_t, &set_keep_alive_count>>(
        "[method]tcp-socket.set-keep-alive-count"),
    host_function<&get_option<uint8_t, &hop_limit>>("[method]tcp-socket.hop-limit"),
    host_function<&set_option<uint8_t, &set_hop_limit>>("[method]tcp-socket.set-hop-limit"),
    host_function<&get_option<uint64_t, &receive_buffer_size>>(
        "[method]tcp-socket.receive-buffer-size"),
    host_function<&set_option<uint64_t, &set_receive_buffer_size>>(
        "[method]tcp-socket.set-receive-buffer-size"),
    host_function<&get_option<uint64_t, &send_buffer_size>>("[method]tcp-socket.send-buffer-size"),
    host_function<&set_option<uint64_t, &set_send_buffer_size>>(
        "[method]tcp-socket.set-send-buffer-size"),
    host_function<&subscribe>("[method]tcp-socket.subscribe"),
    host_function<&shutdown>("[method]tcp-socket.shutdown"),
};

constexpr component::HostItem kCreateSocketItems[] = {
    host_function<&create_tcp_socket>("create-tcp-socket")};

}  // namespace

const component::HostInterface kInterface{"wasi:sockets/tcp", "0.2.12", kItems};
const component::HostInterface kCreateSocketInterface{"wasi:sockets/tcp-create-socket", "0.2.12",
                                                      kCreateSocketItems};

}  // namespace wisp::wasi::sockets::tcp
