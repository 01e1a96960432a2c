// Streams of connections whose bytes are received ahead of the reads: nothing is lost, doubled or
// out of order, however a connection goes on or ends. What guests see otherwise is in cases.txt.
#include "wasi/sockets/tcp_streams.h"

#include <sys/socket.h>

#include "tests/wasi/sockets/socket_test_support.h"
#include "wasi/cli/stdio.h"

namespace wisp::wasi::sockets {
namespace {

class TcpStreamsTest : public SocketTest {
 protected:
  void SetUp() override {
    SocketTest::SetUp();
    if (IsSkipped()) return;
    auto [client, server] = make_connection();
    client_ = std::move(client);
    server_ = std::move(server);
  }
  void send(std::string_view text) {
    while (!text.empty()) {
      const auto part = text.substr(0, 4096);
      ASSERT_TRUE(streams::blocking_write_and_flush(
                      call, context, *client_.output,
                      {reinterpret_cast<const uint8_t*>(part.data()), part.size()})
                      .ok());
      text.remove_prefix(part.size());
    }
  }
  std::string receive(size_t size) {
    std::string text;
    while (text.size() < size) {
      auto bytes = streams::blocking_read(call, context, *server_.input, size - text.size());
      if (!bytes.ok()) return text + " and the end";
      text.append(bytes.value().begin(), bytes.value().end());
    }
    return text;
  }
  // Until bytes are received ahead, where the kernel can.
  void exchange_short_messages() {
    for (int i = 0; i < 10; i++) {
      auto reading = streams::subscribe_input(call, context, *server_.input);
      EXPECT_FALSE(poll::ready(call, context, *reading));
      send("message");
      poll::block(call, context, *reading);
      EXPECT_EQ(receive(7), "message");
      EXPECT_FALSE(poll::ready(call, context, *reading));
    }
    EXPECT_EQ(loop.statistics().receipts > 0, loop.can_receive());
  }

  Connection client_, server_;
};
WISP_ON_BOTH_BACKENDS(TcpStreamsTest);

TEST_P(TcpStreamsTest, ShortAndLongMessages) {
  uint32_t state = 1;
  for (int i = 0; i < 300; i++) {
    state = state * 1664525 + 1013904223;
    const size_t size = (state >> 28) == 0 ? 30'000 : 1 + (state >> 22);
    const std::string message(size, static_cast<char>('a' + i % 26));
    auto reading = streams::subscribe_input(call, context, *server_.input);
    EXPECT_FALSE(poll::ready(call, context, *reading));
    send(message);
    ASSERT_EQ(receive(size), message);
  }
  EXPECT_EQ(loop.statistics().receipts > 0, loop.can_receive());
}

TEST_P(TcpStreamsTest, TheEndComesAfterTheBytes) {
  exchange_short_messages();
  send("last words");
  client_.output.reset();
  EXPECT_EQ(receive(100), "last words and the end");
}

TEST_P(TcpStreamsTest, AResetIsAnErrorOnce) {
  exchange_short_messages();
  const linger at_once{1, 0};
  ASSERT_EQ(::setsockopt(client_.socket->open_socket()->number(), SOL_SOCKET, SO_LINGER, &at_once,
                         sizeof at_once),
            0);
  client_.input.reset();
  client_.output.reset();
  client_.socket.reset();
  auto bytes = streams::blocking_read(call, context, *server_.input, 100);
  ASSERT_FALSE(bytes.ok());
  // The output's end may have come first.
  if (bytes.error().is_closed()) return;
  EXPECT_EQ(std::get<0>(bytes.error().value)->error_number(), ECONNRESET);
  bytes = streams::blocking_read(call, context, *server_.input, 100);
  ASSERT_FALSE(bytes.ok());
  EXPECT_TRUE(bytes.error().is_closed());
}

TEST_P(TcpStreamsTest, ShutdownDropsWhatWasReceived) {
  exchange_short_messages();
  send("unread");
  loop.tick(0);
  ASSERT_TRUE(server_.socket->shutdown(ShutdownType::kReceive).ok());
  auto bytes = streams::blocking_read(call, context, *server_.input, 100);
  ASSERT_FALSE(bytes.ok());
  EXPECT_TRUE(bytes.error().is_closed());
}

TEST_P(TcpStreamsTest, ASpliceTakesWhatWasReceivedFirst) {
  exchange_short_messages();
  auto reading = streams::subscribe_input(call, context, *server_.input);
  poll::ready(call, context, *reading);
  send("first,");
  poll::block(call, context, *reading);
  const std::string second(60'000, 's');
  send(second);
  wisp::testing::Pipe pipe;
  ::fcntl(pipe.write_end, F_SETPIPE_SZ, 1 << 20);
  DescriptorOutputStream output(loop, pipe.write_end);
  std::string received;
  while (received.size() < 6 + second.size()) {
    auto count = streams::blocking_splice(call, context, output, *server_.input, 1 << 20);
    ASSERT_TRUE(count.ok());
    std::string part(count.value(), 0);
    ASSERT_EQ(::read(pipe.read_end, part.data(), part.size()), static_cast<ssize_t>(part.size()));
    received += part;
  }
  EXPECT_EQ(received, "first," + second);
}

TEST_P(TcpStreamsTest, DroppedWhileBytesAreReceivedAheadItLeavesNothing) {
  exchange_short_messages();
  send("unread");
  server_.input.reset();
  server_.output.reset();
  server_.socket.reset();
  client_.input.reset();
  client_.output.reset();
  client_.socket.reset();
  context.background_writes.finish();
  while (loop.statistics().completions < loop.statistics().submissions) loop.tick(kForever);
  EXPECT_EQ(context.descriptors.used(), 0u);
}

}  // namespace
}  // namespace wisp::wasi::sockets
