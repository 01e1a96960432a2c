// For tests of sockets by their host functions: a context that may use the network, and
// connections.
#pragma once

#include <dirent.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "tests/platform/io_test_support.h"
#include "wasi/io/poll.h"
#include "wasi/io/streams.h"
#include "wasi/sockets/tcp.h"
#include "wasi/sockets/udp.h"

namespace wisp::wasi::sockets {

using component::HostCall;

struct Connection {
  // Goes in the reverse order.
  std::unique_ptr<TcpSocket> socket;
  std::unique_ptr<InputStream> input;
  std::unique_ptr<OutputStream> output;
};

class SocketTest : public wisp::testing::IoTest {
 protected:
  SocketTest() { context.network.allow_all(); }

  static SocketAddress loopback(uint16_t port = 0) {
    return SocketAddress::ipv4({127, 0, 0, 1}, port);
  }

  std::unique_ptr<TcpSocket> make_tcp() {
    auto socket = Socket::make(context, IpAddressFamily::kIpv4, SocketType::kStream);
    return std::make_unique<TcpSocket>(context, std::move(socket.value()), budget);
  }
  std::unique_ptr<TcpSocket> make_listener() {
    auto socket = make_tcp();
    EXPECT_TRUE(socket->start_bind(loopback()).ok());
    EXPECT_TRUE(socket->finish_bind().ok());
    EXPECT_TRUE(socket->start_listen().ok());
    EXPECT_TRUE(socket->finish_listen().ok());
    return socket;
  }
  void block(TcpSocket& socket) {
    auto pollable = tcp::subscribe(call, context, socket);
    poll::block(call, context, *pollable);
  }
  Connection connect(const SocketAddress& address) {
    auto socket = make_tcp();
    EXPECT_TRUE(socket->start_connect(address).ok());
    for (;;) {
      auto streams = socket->finish_connect();
      if (streams.ok()) {
        auto& [input, output] = streams.value();
        return {std::move(socket), std::move(input), std::move(output)};
      }
      EXPECT_EQ(streams.error(), ErrorCode::kWouldBlock);
      if (streams.error() != ErrorCode::kWouldBlock) return {};
      block(*socket);
    }
  }
  Connection accept(TcpSocket& listener) {
    for (;;) {
      auto accepted = listener.accept();
      if (accepted.ok()) {
        auto& [socket, streams] = accepted.value();
        return {std::move(socket), std::move(streams.input), std::move(streams.output)};
      }
      EXPECT_EQ(accepted.error(), ErrorCode::kWouldBlock);
      if (accepted.error() != ErrorCode::kWouldBlock) return {};
      block(listener);
    }
  }
  std::pair<Connection, Connection> make_connection() {
    auto listener = make_listener();
    Connection client = connect(listener->local_address().value());
    return {std::move(client), accept(*listener)};
  }

  // Writes until there is no permit: something is left to be sent. How many bytes.
  static size_t fill(OutputStream& output) {
    size_t written = 0;
    for (;;) {
      const uint64_t permit = output.check_write().value();
      if (permit == 0) return written;
      const std::string bytes(permit, 'x');
      EXPECT_TRUE(output.write({reinterpret_cast<const uint8_t*>(bytes.data()), permit}).ok());
      written += permit;
    }
  }
  // Reads up to the end, letting the loop turn.
  size_t drain(InputStream& input) {
    size_t count = 0;
    for (;;) {
      auto bytes = streams::blocking_read(call, context, input, 65536);
      if (!bytes.ok()) return count;
      count += bytes.value().size();
    }
  }

  static size_t open_descriptors() {
    size_t count = 0;
    DIR* directory = ::opendir("/proc/self/fd");
    while (::readdir(directory) != nullptr) count++;
    ::closedir(directory);
    return count;
  }

  WasiContext context{loop};
  HostCall call;
  MemoryBudget* budget = nullptr;
};

}  // namespace wisp::wasi::sockets
