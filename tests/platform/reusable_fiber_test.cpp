#include "platform/reusable_fiber.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace wisp {
namespace {

struct Log {
  std::vector<int> entries;
  const void* frame = nullptr;
};

void note(void* log) {
  auto& it = *static_cast<Log*>(log);
  it.entries.push_back(1);
  it.frame = __builtin_frame_address(0);
}
void note_twice(void* log) {
  static_cast<Log*>(log)->entries.push_back(2);
  Fiber::suspend();
  static_cast<Log*>(log)->entries.push_back(3);
}

TEST(ReusableFiberTest, RunsOneBodyAfterTheOtherOnOneStack) {
  auto fiber = ReusableFiber::create(64 * 1024).value();
  Log log;
  fiber->begin(&note, &log);
  EXPECT_FALSE(fiber->idle());
  fiber->resume();
  EXPECT_TRUE(fiber->idle());
  const void* first = log.frame;
  fiber->begin(&note, &log);
  fiber->resume();
  EXPECT_EQ(log.frame, first);
  EXPECT_EQ(log.entries, (std::vector<int>{1, 1}));
}

TEST(ReusableFiberTest, ABodyMaySuspend) {
  auto fiber = ReusableFiber::create(64 * 1024).value();
  Log log;
  fiber->begin(&note_twice, &log);
  fiber->resume();
  EXPECT_FALSE(fiber->idle());
  EXPECT_EQ(log.entries, std::vector<int>{2});
  fiber->resume();
  EXPECT_TRUE(fiber->idle());
  EXPECT_EQ(log.entries, (std::vector<int>{2, 3}));
}

TEST(ReusableFiberTest, IsNotIdleWhileItsStackIsLent) {
  auto fiber = ReusableFiber::create(64 * 1024).value();
  for (int i = 0; i < 2; i++) {
    bool was_idle = true;
    struct Seen {
      ReusableFiber& fiber;
      bool& idle;
    } seen{*fiber, was_idle};
    fiber->call(
        [](void* it) {
          auto& inside = *static_cast<Seen*>(it);
          inside.idle = inside.fiber.idle();
        },
        &seen);
    EXPECT_FALSE(was_idle);
    EXPECT_TRUE(fiber->idle());
  }
}

TEST(ReusableFiberTest, MayEndWithoutABody) {
  EXPECT_TRUE(ReusableFiber::create(64 * 1024).has_value());
}

TEST(ReusableFiberTest, AnIdleOneMovesToAnotherThread) {
  auto fiber = ReusableFiber::create(64 * 1024).value();
  Log log;
  fiber->begin(&note, &log);
  fiber->resume();
  std::thread([&] {
    fiber->begin(&note, &log);
    fiber->resume();
    fiber.reset();
  }).join();
  EXPECT_EQ(log.entries, (std::vector<int>{1, 1}));
}

}  // namespace
}  // namespace wisp
