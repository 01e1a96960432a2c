// TCP sockets and their streams: EAGAIN at each step, drops in any order, nothing left behind. What
// guests see is in cases.txt.
#include "wasi/sockets/tcp_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "tests/wasi/sockets/socket_test_support.h"

namespace wisp::wasi::sockets {
namespace {

using TcpSocketTest = SocketTest;
WISP_ON_BOTH_BACKENDS(TcpSocketTest);

TEST_P(TcpSocketTest, ForcedEagainTakesTheSlowPath) {
  IoFaults faults;
  loop.set_faults(&faults);
  auto listener = make_listener();
  Connection client = connect(listener->local_address().value());
  faults.again = 2;
  Connection server = accept(*listener);
  EXPECT_EQ(faults.again, 0u);
  faults.again = 2;  // a send, and one in the background
  const std::string text = "slow";
  ASSERT_TRUE(client.output->check_write().ok());
  ASSERT_TRUE(
      client.output->write({reinterpret_cast<const uint8_t*>(text.data()), text.size()}).ok());
  EXPECT_EQ(client.output->check_write().value(), 0u);
  ASSERT_TRUE(streams::blocking_flush(call, context, *client.output).ok());
  faults.again = 2;
  auto bytes = streams::blocking_read(call, context, *server.input, 100);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(std::string(bytes.value().begin(), bytes.value().end()), text);
  EXPECT_EQ(faults.injected, 6u);
}

// As it happens where a table is full: the socket finds no place, and its streams go after it.
TEST_P(TcpSocketTest, TheSocketMayGoBeforeItsStreams) {
  auto [client, server] = make_connection();
  fill(*client.output);
  client.socket.reset();
  client.output.reset();
  client.input.reset();
  EXPECT_GT(drain(*server.input), 0u);
}

TEST_P(TcpSocketTest, NothingIsLeftBehind) {
  size_t before = 0;
  for (int round = 0; round < 20; round++) {
    auto listener = make_listener();
    auto [client, server] = make_connection();
    auto accepting = tcp::subscribe(call, context, *listener);
    EXPECT_FALSE(poll::ready(call, context, *accepting));
    auto reading = streams::subscribe_input(call, context, *client.input);
    EXPECT_FALSE(poll::ready(call, context, *reading));
    fill(*server.output);
    if (round == 0) before = open_descriptors();  // with those of the backend
  }
  context.background_writes.finish();
  while (context.descriptors.used() > 0) loop.tick(kForever);
  EXPECT_LT(open_descriptors(), before);
}

// What a guest writes goes out at once, on both ends of a connection.
TEST_P(TcpSocketTest, NothingWaitsForAnAcknowledgement) {
  auto [client, server] = make_connection();
  for (const Connection* end : {&client, &server})
    EXPECT_EQ(end->socket->open_socket()->option(IPPROTO_TCP, TCP_NODELAY).value(), 1);
  auto reading = streams::subscribe_input(call, context, *client.input);
  EXPECT_FALSE(poll::ready(call, context, *reading));
}

TEST_P(TcpSocketTest, DescriptorsComeOutOfTheBudget) {
  auto listener = make_listener();
  EXPECT_EQ(context.descriptors.used(), 1u);
  {
    Connection client = connect(listener->local_address().value());
    Connection server = accept(*listener);
    EXPECT_EQ(context.descriptors.used(), 3u);
    auto waiting = tcp::subscribe(call, context, *listener);
    EXPECT_FALSE(poll::ready(call, context, *waiting));
  }
  EXPECT_EQ(context.descriptors.used(), 1u);
}

}  // namespace
}  // namespace wisp::wasi::sockets
