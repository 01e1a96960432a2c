#include "platform/timer_heap.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace wisp {
namespace {

// Timers that write down their numbers when they expire.
class TimerHeapTest : public ::testing::Test {
 protected:
  struct Entry {
    Entry(std::vector<int>& written, int what) : log(written), number(what) {}
    std::vector<int>& log;
    int number;
    Timer timer{[](void* self) {
                  static_cast<Entry*>(self)->log.push_back(static_cast<Entry*>(self)->number);
                },
                this};
  };

  Entry& arm(uint64_t deadline) {
    entries_.push_back(std::make_unique<Entry>(log_, static_cast<int>(entries_.size())));
    heap_.arm(entries_.back()->timer, deadline);
    return *entries_.back();
  }
  std::vector<int> expire(uint64_t now) {
    log_.clear();
    const bool any = heap_.expire(now);
    EXPECT_EQ(any, !log_.empty());
    return log_;
  }

  TimerHeap heap_;
  std::vector<int> log_;
  std::deque<std::unique_ptr<Entry>> entries_;
};

using Numbers = std::vector<int>;

TEST_F(TimerHeapTest, ExpireInOrderAndNotBefore) {
  EXPECT_EQ(heap_.earliest(), TimerHeap::kNever);
  for (uint64_t deadline : {30, 10, 20, 40}) arm(deadline);
  EXPECT_EQ(heap_.earliest(), 10u);
  EXPECT_EQ(expire(9), Numbers{});
  EXPECT_EQ(expire(20), (Numbers{1, 2}));
  EXPECT_EQ(heap_.earliest(), 30u);
  EXPECT_EQ(expire(100), (Numbers{0, 3}));
  EXPECT_TRUE(heap_.empty());
}

TEST_F(TimerHeapTest, ThoseOfOneInstantExpireAsTheyWereArmed) {
  for (int i = 0; i < 9; i++) arm(i % 3 == 2 ? 1 : 5);
  EXPECT_EQ(expire(5), (Numbers{2, 5, 8, 0, 1, 3, 4, 6, 7}));
}

TEST_F(TimerHeapTest, FarFuture) {
  arm(TimerHeap::kNever - 1);
  arm(1);
  EXPECT_EQ(expire(uint64_t{1} << 62), Numbers{1});
  EXPECT_EQ(heap_.earliest(), TimerHeap::kNever - 1);
  EXPECT_EQ(expire(TimerHeap::kNever), Numbers{0});
}

TEST_F(TimerHeapTest, CancelledAndDestroyedTimersDoNotExpire) {
  for (uint64_t deadline = 0; deadline < 6; deadline++) arm(deadline);
  entries_[0]->timer.cancel();  // the earliest
  entries_[0]->timer.cancel();
  EXPECT_FALSE(entries_[0]->timer.armed());
  entries_[3].reset();
  EXPECT_EQ(heap_.earliest(), 1u);
  EXPECT_EQ(expire(9), (Numbers{1, 2, 4, 5}));
}

TEST_F(TimerHeapTest, ArmedAgainWithAnotherInstant) {
  Entry& entry = arm(5);
  arm(10);
  entry.timer.cancel();
  heap_.arm(entry.timer, 20);
  EXPECT_EQ(expire(15), Numbers{1});
  heap_.arm(entries_[1]->timer, 30);  // after it has expired
  EXPECT_EQ(expire(30), (Numbers{0, 1}));
}

// A timer that arms itself for an instant that has passed does not keep the loop.
TEST_F(TimerHeapTest, WhatIsArmedWhileOthersExpireWaits) {
  struct Again {
    TimerHeap& heap;
    int times = 0;
    Timer timer{[](void* self) {
                  auto& again = *static_cast<Again*>(self);
                  again.times++;
                  again.heap.arm(again.timer, 0);
                },
                this};
  };
  Again again{heap_};
  heap_.arm(again.timer, 1);
  EXPECT_TRUE(heap_.expire(1));
  EXPECT_EQ(again.times, 1);
  EXPECT_TRUE(heap_.expire(1));
  EXPECT_EQ(again.times, 2);
}

TEST_F(TimerHeapTest, ATimerMayBeDestroyedByWhatItCalls) {
  struct Owner {
    std::unique_ptr<Timer> timer;
  };
  Owner owner;
  owner.timer =
      std::make_unique<Timer>([](void* self) { static_cast<Owner*>(self)->timer.reset(); }, &owner);
  heap_.arm(*owner.timer, 1);
  EXPECT_TRUE(heap_.expire(1));
  EXPECT_TRUE(heap_.empty());
}

// Against an ordered map, with whatever happens to timers.
TEST_F(TimerHeapTest, RandomOperationsAgainstAModel) {
  std::minstd_rand generator(1);
  const auto below = [&](uint32_t limit) { return static_cast<uint32_t>(generator() % limit); };
  constexpr int kTimers = 300;
  std::multimap<std::pair<uint64_t, uint64_t>, int> model;
  std::map<int, std::pair<uint64_t, uint64_t>> armed;
  std::vector<std::unique_ptr<Entry>> timers;
  for (int i = 0; i < kTimers; i++) timers.push_back(std::make_unique<Entry>(log_, i));
  uint64_t now = 0, sequence = 0;
  const auto forget = [&](int number) {
    model.erase(armed.at(number));
    armed.erase(number);
  };
  for (int step = 0; step < 20'000; step++) {
    const int number = static_cast<int>(below(kTimers));
    Timer& timer = timers[static_cast<size_t>(number)]->timer;
    EXPECT_EQ(timer.armed(), armed.contains(number));
    if (below(8) == 0) {
      now += below(50);
      Numbers expected;
      while (!model.empty() && model.begin()->first.first <= now) {
        expected.push_back(model.begin()->second);
        forget(expected.back());
      }
      EXPECT_EQ(expire(now), expected);
    } else if (timer.armed()) {
      timer.cancel();
      forget(number);
    } else {
      armed[number] = {now + below(200), sequence++};
      model.emplace(armed[number], number);
      heap_.arm(timer, armed[number].first);
    }
    EXPECT_EQ(heap_.earliest(), model.empty() ? TimerHeap::kNever : model.begin()->first.first);
  }
}

}  // namespace
}  // namespace wisp
