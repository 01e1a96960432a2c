// UDP sockets where the kernel says EAGAIN. What guests see is in cases.txt.
#include "wasi/sockets/udp_socket.h"

#include "tests/wasi/sockets/socket_test_support.h"

namespace wisp::wasi::sockets {
namespace {

class UdpSocketTest : public SocketTest {
 protected:
  std::unique_ptr<UdpSocket> make_udp() {
    auto socket = Socket::make(context, IpAddressFamily::kIpv4, SocketType::kDatagram);
    auto udp = std::make_unique<UdpSocket>(context, std::move(socket.value()));
    EXPECT_TRUE(udp->start_bind(loopback()).ok());
    EXPECT_TRUE(udp->finish_bind().ok());
    return udp;
  }
};
WISP_ON_BOTH_BACKENDS(UdpSocketTest);

TEST_P(UdpSocketTest, ForcedEagainTakesTheSlowPath) {
  IoFaults faults;
  loop.set_faults(&faults);
  auto socket = make_udp();
  auto streams = socket->stream(socket->local_address().value());
  ASSERT_TRUE(streams.ok());
  auto& [incoming, outgoing] = streams.value();
  const std::string text = "slow";
  const OutgoingDatagram datagrams[] = {
      {{reinterpret_cast<const uint8_t*>(text.data()), text.size()}, std::nullopt}};
  ASSERT_GT(outgoing->check_send().value(), 0u);
  faults.again = 1;
  EXPECT_EQ(outgoing->send(datagrams).value(), 0u);
  EXPECT_EQ(outgoing->permit(), 0u);
  auto sendable = udp::subscribe_outgoing(call, context, *outgoing);
  poll::block(call, context, *sendable);
  ASSERT_GT(outgoing->check_send().value(), 0u);
  EXPECT_EQ(outgoing->send(datagrams).value(), 1u);
  faults.again = 1;
  EXPECT_TRUE(incoming->receive(10).value().empty());
  auto receivable = udp::subscribe_incoming(call, context, *incoming);
  poll::block(call, context, *receivable);
  const auto received = incoming->receive(10);
  ASSERT_TRUE(received.ok());
  ASSERT_EQ(received.value().size(), 1u);
  const auto& data = received.value()[0].data;
  EXPECT_EQ(std::string(data.begin(), data.end()), text);
  EXPECT_EQ(faults.injected, 2u);
}

}  // namespace
}  // namespace wisp::wasi::sockets
