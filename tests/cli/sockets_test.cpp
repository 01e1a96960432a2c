// Guests that end, one way or the other, while their connections are busy: with peers that the test
// plays, on both backends.
#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "tests/support/native_socket.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

const std::string kGuest = WISP_SOURCE_DIR "/tests/guests/sockets.wasm";

class GuestWithPeer : public ::testing::TestWithParam<const char*> {
 protected:
  Completed run(const std::string& name, std::vector<std::string> options = {}) {
    std::vector<std::string> arguments{"run", std::string("--io=") + GetParam(),
                                       "-Sinherit-network"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), {kGuest, name, std::to_string(listener.port())});
    return wisp(std::move(arguments));
  }

  NativeSocket listener = NativeSocket::listening();
};
INSTANTIATE_TEST_SUITE_P(Backends, GuestWithPeer, ::testing::Values("uring", "epoll"),
                         [](const auto& backend) { return std::string(backend.param); });

// What was written before is sent, though the guest has ended; the reader is slow.
TEST_P(GuestWithPeer, WhatWasWrittenArrivesAfterTheEnd) {
  for (const char* name : {"peer-exit", "peer-trap"}) {
    std::string received;
    listener.set_buffer_sizes(65536);
    std::thread peer([&] { received = listener.accept().receive_all(4096); });
    const Completed completed = run(name);
    peer.join();
    EXPECT_EQ(completed.status, name == std::string("peer-exit") ? 0 : 134) << completed.errors;
    EXPECT_GT(received.size(), 65536u);
    EXPECT_EQ(std::to_string(received.size()) + "\n", completed.output);
  }
}

// Nobody waits for ever for a peer that takes nothing; it is told that this was not all.
TEST_P(GuestWithPeer, APeerThatTakesNothingDoesNotKeepTheRunAlive) {
  listener.set_buffer_sizes(65536);
  const Completed completed = run("peer-exit");
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_TRUE(listener.accept().was_reset());
}

TEST_P(GuestWithPeer, TheDeadlineEndsThatWaitToo) {
  listener.set_buffer_sizes(65536);
  const Completed completed = run("peer-exit", {"-Wtimeout=500ms"});
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_TRUE(listener.accept().was_reset());
}

TEST_P(GuestWithPeer, AnOpenQuestionDoesNotKeepTheRunAlive) {
  const Completed completed = run("peer-exit-waiting");
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_EQ(listener.accept().receive_all(), "");
}

TEST_P(GuestWithPeer, TheDeadlineEndsAWaitForASilentPeer) {
  const Completed completed = run("peer-wait", {"-Wtimeout=100ms"});
  EXPECT_EQ(completed.status, 134) << completed.errors;
  EXPECT_NE(completed.errors.find("wasm trap: interrupt"), std::string::npos) << completed.errors;
  EXPECT_EQ(listener.accept().receive_all(), "");
}

TEST_P(GuestWithPeer, WhatAPeerSendsArrivesUpToTheEnd) {
  std::thread peer([&] {
    const NativeSocket connection = listener.accept();
    connection.send(std::string(1'000'000, 'x'));
    connection.end_of_sending();
    connection.receive_all();
  });
  const Completed completed = run("peer-read");
  peer.join();
  EXPECT_EQ(completed.output, "1000000 bytes\nok\n") << completed.errors;
}

}  // namespace
}  // namespace wisp::test
