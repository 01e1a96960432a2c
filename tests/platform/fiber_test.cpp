#include "platform/fiber.h"

#include <gtest/gtest.h>

#include <vector>

namespace wisp {
namespace {

TEST(Fiber, RunsUntilItSuspendsAndGoesOn) {
  std::vector<int> order;
  auto fiber = Fiber::create(
                   [](void* environment) {
                     auto& steps = *static_cast<std::vector<int>*>(environment);
                     steps.push_back(1);
                     Fiber::suspend();
                     steps.push_back(3);
                   },
                   &order)
                   .value();
  EXPECT_FALSE(fiber->done());
  fiber->resume();
  order.push_back(2);
  EXPECT_FALSE(fiber->done());
  fiber->resume();
  EXPECT_TRUE(fiber->done());
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Fiber, LendsItsStackBetweenTurns) {
  struct Steps {
    std::vector<int> order;
    Fiber* fiber = nullptr;
  } steps;
  auto fiber = Fiber::create(
                   [](void* environment) {
                     auto& it = *static_cast<Steps*>(environment);
                     it.order.push_back(2);
                     Fiber::suspend();
                     it.order.push_back(4);
                   },
                   &steps)
                   .value();
  steps.fiber = fiber.get();
  const auto borrow = [](void* environment) {
    auto& it = *static_cast<Steps*>(environment);
    EXPECT_EQ(Fiber::current(), it.fiber);
    EXPECT_TRUE(
        it.fiber->stack().contains(reinterpret_cast<uintptr_t>(__builtin_frame_address(0))));
    EXPECT_FALSE(it.fiber->at_rest());
    it.order.push_back(static_cast<int>(it.order.size()) + 1);
  };
  fiber->call(borrow, &steps);
  EXPECT_EQ(Fiber::current(), nullptr);
  EXPECT_TRUE(fiber->at_rest());
  fiber->resume();
  fiber->call(borrow, &steps);
  fiber->resume();
  EXPECT_TRUE(fiber->done());
  EXPECT_EQ(steps.order, (std::vector<int>{1, 2, 3, 4}));
}

TEST(FiberDeathTest, ALentStackDoesNotSuspend) {
  auto fiber = Fiber::create([](void*) {}, nullptr).value();
  EXPECT_DEATH(fiber->call([](void*) { Fiber::suspend(); }, nullptr), "");
  EXPECT_DEATH(fiber->call([](void* it) { static_cast<Fiber*>(it)->resume(); }, fiber.get()), "");
  fiber->resume();
}

TEST(Fiber, KnowsWhichFiberRuns) {
  struct Seen {
    Fiber* inside = nullptr;
    bool stack_is_its_own = false;
  } seen;
  auto fiber = Fiber::create(
                   [](void* environment) {
                     auto& result = *static_cast<Seen*>(environment);
                     result.inside = Fiber::current();
                     result.stack_is_its_own = Fiber::current()->stack().contains(
                         reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
                   },
                   &seen)
                   .value();
  EXPECT_EQ(Fiber::current(), nullptr);
  fiber->resume();
  EXPECT_EQ(seen.inside, fiber.get());
  EXPECT_TRUE(seen.stack_is_its_own);
  EXPECT_EQ(Fiber::current(), nullptr);
}

TEST(Fiber, Nests) {
  struct State {
    std::vector<int> order;
    Fiber* inner_seen_outside = nullptr;
  } state;
  auto outer = Fiber::create(
                   [](void* environment) {
                     auto& shared = *static_cast<State*>(environment);
                     auto inner = Fiber::create(
                                      [](void* inner_environment) {
                                        auto& order = static_cast<State*>(inner_environment)->order;
                                        order.push_back(1);
                                        Fiber::suspend();
                                        order.push_back(3);
                                      },
                                      environment)
                                      .value();
                     inner->resume();
                     shared.order.push_back(2);
                     Fiber::suspend();  // the outer one, not the inner
                     inner->resume();
                     shared.inner_seen_outside = Fiber::current();
                   },
                   &state)
                   .value();
  outer->resume();
  EXPECT_EQ(state.order, (std::vector<int>{1, 2}));
  outer->resume();
  EXPECT_EQ(state.order, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(state.inner_seen_outside, outer.get());
  EXPECT_TRUE(outer->done());
}

TEST(Fiber, KeepsDeepFramesAcrossManySwitches) {
  uint64_t sum = 0;
  auto fiber = Fiber::create(
      [](void* environment) {
        volatile char filler[100 * 1024];
        for (size_t i = 0; i < sizeof(filler); i += 512) filler[i] = static_cast<char>(i / 512);
        std::vector<uint64_t> values(4096);
        for (size_t i = 0; i < 1000; i++) {
          values[i] = i;
          Fiber::suspend();
        }
        for (uint64_t value : values) *static_cast<uint64_t*>(environment) += value;
        for (size_t i = 0; i < sizeof(filler); i += 512) {
          if (filler[i] != static_cast<char>(i / 512)) *static_cast<uint64_t*>(environment) = 0;
        }
      },
      &sum);
  Fiber& running = *fiber.value();
  int switches = 0;
  while (!running.done()) {
    running.resume();
    switches++;
  }
  EXPECT_EQ(switches, 1001);
  EXPECT_EQ(sum, 499500u);
}

TEST(Fiber, ReusesStacksOfTheThread) {
  uint8_t* first = nullptr;
  {
    auto fiber = Fiber::create([](void*) {}, nullptr, 1 << 20).value();
    first = fiber->stack().top();
    fiber->resume();
  }
  auto fiber = Fiber::create([](void*) {}, nullptr, 1 << 20).value();
  EXPECT_EQ(fiber->stack().top(), first);
  EXPECT_GE(fiber->stack().size_bytes(), size_t{1} << 20);
}

TEST(FiberDeathTest, IsNeverDroppedWhileSuspended) {
  EXPECT_DEATH(
      {
        auto fiber = Fiber::create([](void*) { Fiber::suspend(); }, nullptr).value();
        fiber->resume();
      },
      "does not hold");
}

}  // namespace
}  // namespace wisp
