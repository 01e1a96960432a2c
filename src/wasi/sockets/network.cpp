#include "wasi/sockets/network.h"

#include "wasi/trap_stubs.h"

namespace wisp::wasi::sockets {

namespace {

constexpr std::string_view kInstanceNetworkName = "wasi:sockets/instance-network";
constexpr std::string_view kInstanceNetworkFunctions[] = {
    "instance-network",
};
constexpr auto kInstanceNetwork =
    trap_stubs<kInstanceNetworkName, kNoNames, kInstanceNetworkFunctions>();

constexpr std::string_view kIpNameLookupName = "wasi:sockets/ip-name-lookup";
constexpr std::string_view kIpNameLookupResources[] = {
    "resolve-address-stream",
};
constexpr std::string_view kIpNameLookupFunctions[] = {
    "[method]resolve-address-stream.resolve-next-address",
    "[method]resolve-address-stream.subscribe",
    "resolve-addresses",
};
constexpr auto kIpNameLookup =
    trap_stubs<kIpNameLookupName, kIpNameLookupResources, kIpNameLookupFunctions>();

constexpr std::string_view kNetworkName = "wasi:sockets/network";
constexpr std::string_view kNetworkResources[] = {
    "network",
};
constexpr std::string_view kNetworkFunctions[] = {
    "network-error-code",
};
constexpr auto kNetwork = trap_stubs<kNetworkName, kNetworkResources, kNetworkFunctions>();

constexpr std::string_view kTcpCreateSocketName = "wasi:sockets/tcp-create-socket";
constexpr std::string_view kTcpCreateSocketFunctions[] = {
    "create-tcp-socket",
};
constexpr auto kTcpCreateSocket =
    trap_stubs<kTcpCreateSocketName, kNoNames, kTcpCreateSocketFunctions>();

constexpr std::string_view kTcpName = "wasi:sockets/tcp";
constexpr std::string_view kTcpResources[] = {
    "tcp-socket",
};
constexpr std::string_view kTcpFunctions[] = {
    "[method]tcp-socket.start-bind",
    "[method]tcp-socket.finish-bind",
    "[method]tcp-socket.start-connect",
    "[method]tcp-socket.finish-connect",
    "[method]tcp-socket.start-listen",
    "[method]tcp-socket.finish-listen",
    "[method]tcp-socket.accept",
    "[method]tcp-socket.local-address",
    "[method]tcp-socket.remote-address",
    "[method]tcp-socket.is-listening",
    "[method]tcp-socket.address-family",
    "[method]tcp-socket.set-listen-backlog-size",
    "[method]tcp-socket.keep-alive-enabled",
    "[method]tcp-socket.set-keep-alive-enabled",
    "[method]tcp-socket.keep-alive-idle-time",
    "[method]tcp-socket.set-keep-alive-idle-time",
    "[method]tcp-socket.keep-alive-interval",
    "[method]tcp-socket.set-keep-alive-interval",
    "[method]tcp-socket.keep-alive-count",
    "[method]tcp-socket.set-keep-alive-count",
    "[method]tcp-socket.hop-limit",
    "[method]tcp-socket.set-hop-limit",
    "[method]tcp-socket.receive-buffer-size",
    "[method]tcp-socket.set-receive-buffer-size",
    "[method]tcp-socket.send-buffer-size",
    "[method]tcp-socket.set-send-buffer-size",
    "[method]tcp-socket.subscribe",
    "[method]tcp-socket.shutdown",
};
constexpr auto kTcp = trap_stubs<kTcpName, kTcpResources, kTcpFunctions>();

constexpr std::string_view kUdpCreateSocketName = "wasi:sockets/udp-create-socket";
constexpr std::string_view kUdpCreateSocketFunctions[] = {
    "create-udp-socket",
};
constexpr auto kUdpCreateSocket =
    trap_stubs<kUdpCreateSocketName, kNoNames, kUdpCreateSocketFunctions>();

constexpr std::string_view kUdpName = "wasi:sockets/udp";
constexpr std::string_view kUdpResources[] = {
    "udp-socket",
    "incoming-datagram-stream",
    "outgoing-datagram-stream",
};
constexpr std::string_view kUdpFunctions[] = {
    "[method]udp-socket.start-bind",
    "[method]udp-socket.finish-bind",
    "[method]udp-socket.stream",
    "[method]udp-socket.local-address",
    "[method]udp-socket.remote-address",
    "[method]udp-socket.address-family",
    "[method]udp-socket.unicast-hop-limit",
    "[method]udp-socket.set-unicast-hop-limit",
    "[method]udp-socket.receive-buffer-size",
    "[method]udp-socket.set-receive-buffer-size",
    "[method]udp-socket.send-buffer-size",
    "[method]udp-socket.set-send-buffer-size",
    "[method]udp-socket.subscribe",
    "[method]incoming-datagram-stream.receive",
    "[method]incoming-datagram-stream.subscribe",
    "[method]outgoing-datagram-stream.check-send",
    "[method]outgoing-datagram-stream.send",
    "[method]outgoing-datagram-stream.subscribe",
};
constexpr auto kUdp = trap_stubs<kUdpName, kUdpResources, kUdpFunctions>();

constexpr component::HostInterface kTable[] = {
    {kInstanceNetworkName, "0.2.12", kInstanceNetwork},
    {kIpNameLookupName, "0.2.12", kIpNameLookup},
    {kNetworkName, "0.2.12", kNetwork},
    {kTcpCreateSocketName, "0.2.12", kTcpCreateSocket},
    {kTcpName, "0.2.12", kTcp},
    {kUdpCreateSocketName, "0.2.12", kUdpCreateSocket},
    {kUdpName, "0.2.12", kUdp},
};

}  // namespace

const std::span<const component::HostInterface> kInterfaces = kTable;

}  // namespace wisp::wasi::sockets
