#include "platform/receiver.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "tests/platform/io_test_support.h"

namespace wisp {
namespace {

// A connected pair; the first end is received from.
struct Connection {
  Connection() {
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
      std::abort();
  }
  ~Connection() {
    ::close(ends[0]);
    close_peer();
  }
  void put(std::string_view text) const {
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_peer() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2];
};

class ReceiverTest : public testing::IoTest {
 protected:
  void SetUp() override {
    testing::IoTest::SetUp();
    if (IsSkipped()) return;
    Operation poll;  // makes the backend
    poll.set_poll(connection_->ends[0], POLLOUT);
    loop.finish(poll);
    if (GetParam() == IoChoice::kUring && !loop.can_receive())
      GTEST_SKIP() << "this kernel has no receives that go on";
  }
  bool arm(Receiver& receiver) { return receiver.arm(loop, connection_->ends[0], connection_); }
  // As a stream that has waited often enough.
  void arm_at_last(Receiver& receiver) {
    for (int i = 0; i < 10 && !arm(receiver); i++) {
    }
    ASSERT_TRUE(receiver.armed());
    loop.tick(0);
  }
  void wait_for(const Receiver& receiver) {
    while (!receiver.ready()) loop.tick(kForever);
  }
  void wait_for_the_end_of(const Receiver& receiver) {
    while (receiver.armed()) loop.tick(kForever);
  }
  std::string take(Receiver& receiver, size_t size = 1 << 16) {
    std::string text(size, 0);
    last_ = receiver.take({reinterpret_cast<uint8_t*>(text.data()), text.size()});
    text.resize(last_ > 0 ? static_cast<size_t>(last_) : 0);
    return text;
  }
  std::string read_plainly() {
    std::string text(1 << 16, 0);
    const ssize_t count = ::read(connection_->ends[0], text.data(), text.size());
    text.resize(count > 0 ? static_cast<size_t>(count) : 0);
    return text;
  }

  std::shared_ptr<Connection> connection_ = std::make_shared<Connection>();
  Source source_;
  int32_t last_ = 0;
};

class RingReceiverTest : public ReceiverTest {};
INSTANTIATE_TEST_SUITE_P(Backends, RingReceiverTest, ::testing::Values(IoChoice::kUring),
                         testing::choice_name);
WISP_ON_BOTH_BACKENDS(ReceiverTest);

TEST_P(ReceiverTest, ItIsRefusedAtFirstAndWhereTheKernelCannot) {
  Receiver receiver(source_);
  EXPECT_FALSE(arm(receiver));
  EXPECT_FALSE(receiver.armed());
  EXPECT_FALSE(receiver.ready());
  take(receiver);
  EXPECT_EQ(last_, -EAGAIN);
  bool armed = false;
  for (int i = 0; i < 10; i++) armed |= arm(receiver);
  EXPECT_EQ(armed, GetParam() == IoChoice::kUring);
}

TEST_P(RingReceiverTest, MessagesComeByThemselves) {
  Receiver receiver(source_);
  arm_at_last(receiver);
  const uint64_t submissions = loop.statistics().submissions;
  for (int i = 0; i < 3000; i++) {  // more than there are buffers
    connection_->put("message " + std::to_string(i));
    wait_for(receiver);
    ASSERT_EQ(take(receiver), "message " + std::to_string(i));
    EXPECT_FALSE(receiver.ready());
    EXPECT_TRUE(arm(receiver));
  }
  EXPECT_EQ(loop.statistics().submissions, submissions);
  EXPECT_GE(loop.statistics().receipts, 3000u);
}

TEST_P(RingReceiverTest, ReadersThatTakeLittleGetEverything) {
  Receiver receiver(source_);
  arm_at_last(receiver);
  connection_->put("abcdef");
  wait_for(receiver);
  EXPECT_EQ(take(receiver, 4), "abcd");
  EXPECT_TRUE(receiver.ready());
  connection_->put("ghi");
  loop.tick(kForever);
  EXPECT_EQ(take(receiver, 4), "efgh");
  EXPECT_EQ(take(receiver, 4), "i");
  EXPECT_FALSE(receiver.ready());
}

TEST_P(RingReceiverTest, TheEndComesAfterTheBytes) {
  Receiver receiver(source_);
  arm_at_last(receiver);
  connection_->put("last words");
  connection_->close_peer();
  wait_for_the_end_of(receiver);
  EXPECT_EQ(take(receiver), "last words");
  EXPECT_TRUE(receiver.ready());
  for (int i = 0; i < 2; i++) {
    take(receiver);
    EXPECT_EQ(last_, 0);
  }
}

TEST_P(RingReceiverTest, ItsWatcherIsTold) {
  Receiver receiver(source_);
  Watcher watcher;
  Link link;
  watcher.attach(link, source_);
  arm_at_last(receiver);
  watcher.settle([](Link&) { return false; });
  connection_->put("x");
  wait_for(receiver);
  EXPECT_TRUE(link.suspect());
}

// The peer is told to wait by the kernel's own buffers, not by ours.
TEST_P(RingReceiverTest, UnreadBytesBeyondALimitEndIt) {
  Receiver receiver(source_);
  arm_at_last(receiver);
  std::string sent;
  for (int i = 0; receiver.armed(); i++) {
    ASSERT_LT(i, 1000);
    const std::string message = "message " + std::to_string(i) + ";";
    connection_->put(message);
    sent += message;
    loop.tick(0);
  }
  connection_->put("more");
  loop.tick(0);
  std::string received;
  while (receiver.ready()) received += take(receiver);
  EXPECT_EQ(received + read_plainly(), sent + "more");
  EXPECT_FALSE(arm(receiver));  // it begins anew
  arm_at_last(receiver);
  connection_->put("again");
  wait_for(receiver);
  EXPECT_EQ(take(receiver), "again");
}

TEST_P(RingReceiverTest, LargeMessagesAreReadPlainly) {
  Receiver receiver(source_);
  arm_at_last(receiver);
  const std::string large(50'000, 'l');
  connection_->put(large);
  wait_for_the_end_of(receiver);
  std::string received;
  while (receiver.ready()) received += take(receiver);
  received += read_plainly();
  EXPECT_EQ(received, large);
  EXPECT_FALSE(arm(receiver));
}

// More sockets than there are buffers, and nobody reads.
TEST_P(RingReceiverTest, UsedUpBuffersLeaveThePlainWay) {
  constexpr size_t kCount = 1200;
  std::vector<std::unique_ptr<Receiver>> receivers;
  std::vector<std::shared_ptr<Connection>> connections;
  for (size_t i = 0; i < kCount; i++) {
    connections.push_back(std::make_shared<Connection>());
    receivers.push_back(std::make_unique<Receiver>(source_));
    for (int wait = 0; !receivers[i]->armed(); wait++) {
      ASSERT_LT(wait, 10);
      receivers[i]->arm(loop, connections[i]->ends[0], connections[i]);
    }
  }
  for (int i = 0; i < 100; i++) loop.tick(0);
  for (size_t i = 0; i < kCount; i++) connections[i]->put(std::to_string(i));
  for (int i = 0; i < 100; i++) loop.tick(0);
  size_t plain = 0;
  for (size_t i = 0; i < kCount; i++) {
    std::string text = take(*receivers[i]);
    if (text.empty()) {
      EXPECT_FALSE(receivers[i]->armed());
      char part[16];
      const ssize_t count = ::read(connections[i]->ends[0], part, sizeof part);
      ASSERT_GT(count, 0);
      text.assign(part, static_cast<size_t>(count));
      plain++;
    }
    EXPECT_EQ(text, std::to_string(i));
  }
  EXPECT_EQ(plain, kCount - 1024);
  for (auto& receiver : receivers) receiver.reset();
  while (loop.statistics().completions < loop.statistics().submissions) loop.tick(kForever);
  // All buffers are back.
  Receiver receiver(source_);
  arm_at_last(receiver);
  connection_->put("x");
  wait_for(receiver);
  EXPECT_EQ(take(receiver), "x");
}

TEST_P(RingReceiverTest, DroppedInTheKernelItReleasesItsSocketAndItsBuffers) {
  std::weak_ptr<Connection> alive = connection_;
  for (int round = 0; round < 1500; round++) {
    {
      Receiver receiver(source_);
      arm_at_last(receiver);
      connection_->put("unread");
      if (round % 2 == 0) loop.tick(0);
      if (round % 3 == 0) wait_for(receiver);
    }
    connection_ = std::make_shared<Connection>();
    while (loop.statistics().completions < loop.statistics().submissions) loop.tick(kForever);
    ASSERT_TRUE(alive.expired());
    alive = connection_;
  }
}

TEST_P(RingReceiverTest, ARefusedSocketTellsItsError) {
  Receiver receiver(source_);
  for (int i = 0; i < 10 && !receiver.armed(); i++) receiver.arm(loop, 1 << 20, nullptr);
  wait_for(receiver);
  take(receiver);
  EXPECT_EQ(last_, -EBADF);
}

}  // namespace
}  // namespace wisp
