#include "wasi/io/readiness.h"

#include <poll.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <vector>

#include "tests/platform/io_test_support.h"

namespace wisp::wasi {
namespace {

using wisp::testing::Pipe;

class ReadinessTest : public wisp::testing::IoTest {
 protected:
  void arm(Readiness& readiness) { readiness.arm(loop, pipe.read_end, POLLIN, nullptr); }
  void turn_until_complete() {
    while (loop.statistics().completions < loop.statistics().submissions) loop.tick(kForever);
  }
  char take() {
    char byte = 0;
    EXPECT_EQ(::read(pipe.read_end, &byte, 1), 1);
    return byte;
  }

  Pipe pipe;
};
WISP_ON_BOTH_BACKENDS(ReadinessTest);

TEST_P(ReadinessTest, CompletionsWriteIt) {
  Readiness readiness;
  EXPECT_FALSE(readiness.ready());
  arm(readiness);
  arm(readiness);
  loop.tick(0);
  EXPECT_FALSE(readiness.ready());
  pipe.put("x");
  turn_until_complete();
  EXPECT_TRUE(readiness.ready());
  arm(readiness);  // it is there
  EXPECT_EQ(loop.statistics().submissions, 1u);
}

TEST_P(ReadinessTest, UsingTheDescriptorEndsWhatWasKnown) {
  Readiness readiness;
  pipe.put("xy");
  for (int round = 0; round < 2; round++) {
    arm(readiness);
    turn_until_complete();
    EXPECT_TRUE(readiness.ready());
    take();
    readiness.consume();
    EXPECT_FALSE(readiness.ready());
  }
  arm(readiness);
  loop.tick(0);
  EXPECT_FALSE(readiness.ready());
}

// The kernel has said that there are bytes, the loop has not heard it, and the owner takes them.
TEST_P(ReadinessTest, BytesTakenWhileArmedMakeNothingReady) {
  Readiness readiness;
  Watcher watcher;
  Link link;
  watcher.attach(link, readiness.source());
  arm(readiness);
  loop.tick(0);
  watcher.settle([](Link&) { return false; });
  pipe.put("x");
  take();
  readiness.consume();
  pipe.put("y");  // so that it completes on either backend
  turn_until_complete();
  EXPECT_FALSE(readiness.ready());
  EXPECT_TRUE(readiness.unknown());
  EXPECT_TRUE(link.suspect());  // whoever waits asks again
  arm(readiness);
  turn_until_complete();
  EXPECT_TRUE(readiness.ready());
}

TEST_P(ReadinessTest, AWatcherHearsOfIt) {
  Readiness readiness;
  Watcher watcher;
  Link link;
  watcher.attach(link, readiness.source());
  watcher.settle([&](Link&) {
    arm(readiness);
    return false;
  });
  EXPECT_FALSE(link.suspect());
  pipe.put("x");
  turn_until_complete();
  EXPECT_TRUE(link.suspect());
}

TEST_P(ReadinessTest, ARefusalIsReady) {
  Readiness readiness;
  readiness.arm(loop, 1 << 20, POLLIN, nullptr);
  turn_until_complete();
  EXPECT_TRUE(readiness.ready());
  readiness.consume();
  EXPECT_FALSE(readiness.ready());
}

TEST_P(ReadinessTest, WhatKeepsTheDescriptorOpenLivesUntilTheOperationHasEnded) {
  auto owner = std::make_shared<int>(1);
  std::weak_ptr<int> alive = owner;
  {
    Readiness readiness;
    readiness.arm(loop, pipe.read_end, POLLIN, std::move(owner));
    loop.tick(0);
  }
  EXPECT_FALSE(alive.expired());
  turn_until_complete();
  EXPECT_TRUE(alive.expired());
}

size_t open_descriptors() {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count += entry.path().empty() ? 0 : 1;
  return count;
}

// Thousands at once, more than a ring has entries: some are ready, the others are dropped in the
// kernel.
TEST_P(ReadinessTest, ThousandsAtOnceLeaveNothingBehind) {
  constexpr size_t kCount = 10'000;
  loop.open_backend().value();
  const size_t descriptors = open_descriptors();
  Pipe busy;
  busy.put("x");
  std::weak_ptr<const void> alive;
  {
    auto owner = std::make_shared<const Pipe>();
    alive = owner;
    std::vector<Readiness> all(kCount);
    for (size_t i = 0; i < kCount; i++) {
      const bool is_busy = i % 10 == 0;
      all[i].arm(loop, is_busy ? busy.read_end : owner->read_end, POLLIN, owner);
    }
    const auto ready_count = [&] {
      return static_cast<size_t>(std::count_if(all.begin(), all.end(),
                                               [](const Readiness& each) { return each.ready(); }));
    };
    while (ready_count() < kCount / 10) loop.tick(kForever);
    loop.tick(0);
    EXPECT_EQ(ready_count(), kCount / 10);
  }
  EXPECT_FALSE(alive.expired());  // the kernel still looks at its pipe
  turn_until_complete();
  EXPECT_TRUE(alive.expired());
  busy.close_read();
  busy.close_write();
  EXPECT_EQ(open_descriptors(), descriptors);
}

TEST_P(ReadinessTest, DroppedBeforeItWasSubmitted) {
  {
    Readiness readiness;
    arm(readiness);
  }
  turn_until_complete();
  loop.open_backend().value();
}

}  // namespace
}  // namespace wisp::wasi
