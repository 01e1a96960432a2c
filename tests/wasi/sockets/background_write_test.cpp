// What the kernel did not take at once: it is charged, it is sent, it ends.
#include "wasi/sockets/background_write.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <thread>

#include "tests/wasi/sockets/socket_test_support.h"

namespace wisp::wasi::sockets {
namespace {

using BackgroundWriteTest = SocketTest;

// Without the loop, which another thread turns.
size_t drain_natively(int number) {
  size_t all = 0;
  char buffer[4096];
  for (;;) {
    pollfd poll{number, POLLIN, 0};
    ::poll(&poll, 1, -1);
    const ssize_t count = ::recv(number, buffer, sizeof buffer, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return all;
    if (count > 0) all += static_cast<size_t>(count);
  }
}

WISP_ON_BOTH_BACKENDS(BackgroundWriteTest);

TEST_P(BackgroundWriteTest, TheBufferIsChargedWhileSomethingIsLeft) {
  MemoryBudget own(1 << 20);
  budget = &own;
  auto [client, server] = make_connection();
  EXPECT_EQ(own.used(), 0u);
  const size_t written = fill(*client.output);
  EXPECT_GE(own.used(), BackgroundWrite::kMostBytes);
  EXPECT_FALSE(context.background_writes.empty());
  // Dropped, it still holds it.
  client.output.reset();
  client.input.reset();
  client.socket.reset();
  EXPECT_GE(own.used(), BackgroundWrite::kMostBytes);
  EXPECT_EQ(drain(*server.input), written);
  EXPECT_EQ(own.used(), 0u);
  EXPECT_TRUE(context.background_writes.empty());
}

TEST_P(BackgroundWriteTest, WhoHasNoBudgetIsTold) {
  MemoryBudget own(BackgroundWrite::kMostBytes);
  budget = &own;
  auto [client, server] = make_connection();
  for (;;) {
    const uint64_t permit = client.output->check_write().value();
    ASSERT_GT(permit, 0u);
    const std::string bytes(permit, 'x');
    auto written = client.output->write({reinterpret_cast<const uint8_t*>(bytes.data()), permit});
    if (written.ok()) continue;
    ASSERT_FALSE(written.error().is_closed());
    const IoError& error = *std::get<0>(written.error().value);
    EXPECT_EQ(error_code(error.error_number()), ErrorCode::kOutOfMemory);
    break;
  }
  EXPECT_TRUE(client.output->check_write().error().is_closed());
  EXPECT_EQ(own.used(), 0u);
  auto reading = streams::subscribe_input(call, context, *client.input);
  EXPECT_TRUE(server.socket->shutdown(ShutdownType::kBoth).ok());
  poll::block(call, context, *reading);
}

TEST_P(BackgroundWriteTest, FinishWaitsAsLongAsThePeerReads) {
  auto [client, server] = make_connection();
  const size_t written = fill(*client.output);
  client.output.reset();
  client.input.reset();
  client.socket.reset();
  size_t received = 0;
  std::thread reader([&received, number = server.socket->open_socket()->number()] {
    received = drain_natively(number);
  });
  context.background_writes.finish();
  EXPECT_TRUE(context.background_writes.empty());
  reader.join();
  EXPECT_EQ(received, written);
}

TEST_P(BackgroundWriteTest, FinishResetsWhoTakesNothing) {
  auto [client, server] = make_connection();
  fill(*client.output);
  client.output.reset();
  client.input.reset();
  client.socket.reset();
  context.background_writes.finish();
  EXPECT_EQ(context.descriptors.used(), 1u);  // the server's
  for (;;) {
    auto bytes = streams::blocking_read(call, context, *server.input, 65536);
    if (bytes.ok()) continue;
    ASSERT_FALSE(bytes.error().is_closed());
    EXPECT_EQ(std::get<0>(bytes.error().value)->error_number(), ECONNRESET);
    break;
  }
}

}  // namespace
}  // namespace wisp::wasi::sockets
