// Long lists, polled through their handles as guests do it.
#include "wasi/io/kept_wait_set.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <memory>
#include <numeric>
#include <vector>

#include "tests/platform/io_test_support.h"
#include "tests/support/allocation_count.h"
#include "tests/support/child_process.h"
#include "wasi/clocks/monotonic_clock.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

using component::HostCall;
using component::ResourceTable;

// A condition that the test sets, and that counts how often it is looked at.
class SwitchPollable final : public Pollable {
 public:
  explicit SwitchPollable(uint64_t& looks) : looks_(looks) {}
  void set(bool on) {
    on_ = on;
    source_.notify();
  }
  void arm(EventLoop&) override {}
  Source& source() override { return source_; }

 protected:
  bool do_ready() override {
    looks_++;
    return on_;
  }

 private:
  uint64_t& looks_;
  bool on_ = false;
  Source source_;
};

class KeptWaitSetTest : public ::testing::Test {
 protected:
  static constexpr size_t kCount = 10'000;

  void SetUp() override {
    for (size_t i = 0; i < kCount; i++) add();
    handles_.resize(kCount);
    std::iota(handles_.begin(), handles_.end(), 1);
  }
  uint32_t add() {
    auto pollable = std::make_unique<SwitchPollable>(looks_);
    switches_.push_back(pollable.get());
    return table_.insert(&component::kHostResourceType<Pollable>,
                         reinterpret_cast<uintptr_t>(pollable.release()));
  }
  SwitchPollable& of(uint32_t handle) { return *switches_[handle - 1]; }
  void drop(uint32_t handle) {
    Pollable* pollable = static_cast<Pollable*>(table_.find(handle)->object());
    table_.remove(handle);
    delete pollable;
  }

  // Sorted; empty where it traps.
  std::vector<uint32_t> poll(HostCall& call) {
    const auto indices = poll::poll_handles(call, context_, {call, handles_});
    std::vector<uint32_t> sorted(indices.begin(), indices.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  std::vector<uint32_t> poll() {
    HostCall call(&environment_);
    auto result = poll(call);
    EXPECT_FALSE(call.unwinding());
    return result;
  }

  EventLoop loop_{IoChoice::kAuto};
  MemoryBudget budget_{uint64_t{64} << 20};
  component::HandleBudget handle_budget_{1'000'000, &budget_};
  uint64_t looks_ = 0;
  std::vector<SwitchPollable*> switches_;
  std::vector<uint32_t> handles_;
  WasiContext context_{loop_};
  ResourceTable table_{handle_budget_};
  component::HostFunctionEnvironment environment_ = [this] {
    component::HostFunctionEnvironment environment;
    environment.table = &table_;
    return environment;
  }();
};

using Indices = std::vector<uint32_t>;

TEST_F(KeptWaitSetTest, TheSameListAgainTouchesOnlyWhatChanged) {
  of(5).set(true);
  EXPECT_EQ(poll(), Indices{4});
  looks_ = 0;
  for (int i = 0; i < 10; i++) EXPECT_EQ(poll(), Indices{4});
  EXPECT_LE(looks_, 20u);
  of(5).set(false);
  of(7).set(true);
  of(9'000).set(true);
  looks_ = 0;
  EXPECT_EQ(poll(), (Indices{6, 8'999}));
  EXPECT_LE(looks_, 5u);
}

TEST_F(KeptWaitSetTest, DuplicatesAreReportedEach) {
  handles_[10] = handles_[20] = 500;
  of(500).set(true);
  EXPECT_EQ(poll(), (Indices{10, 20, 499}));
  of(500).set(false);
  of(1).set(true);
  EXPECT_EQ(poll(), Indices{0});
  of(500).set(true);
  EXPECT_EQ(poll(), (Indices{0, 10, 20, 499}));
}

TEST_F(KeptWaitSetTest, AnotherListIsAnotherSet) {
  of(3).set(true);
  EXPECT_EQ(poll(), Indices{2});
  std::swap(handles_[2], handles_[40]);
  EXPECT_EQ(poll(), Indices{40});
  handles_.resize(kCount - 1);
  EXPECT_EQ(poll(), Indices{40});
  handles_.resize(50);  // short: not kept, and the long one stays
  EXPECT_EQ(poll(), Indices{40});
}

// Looking at all of it costs less than the links, as long as something is ready.
TEST_F(KeptWaitSetTest, ListsOfSomeLengthAreKeptOnceTheyHadToBeWaitedFor) {
  handles_.resize(100);
  of(1).set(true);
  poll();
  looks_ = 0;
  EXPECT_EQ(poll(), Indices{0});
  EXPECT_EQ(looks_, 100u);
  of(1).set(false);
  struct Late {
    SwitchPollable* pollable;
    Timer timer{[](void* self) { static_cast<Late*>(self)->pollable->set(true); }, this};
  };
  Late late{&of(7)};
  loop_.arm(late.timer, monotonic_now_ns() + 1'000'000);
  EXPECT_EQ(poll(), Indices{6});
  looks_ = 0;
  EXPECT_EQ(poll(), Indices{6});
  EXPECT_LE(looks_, 2u);
}

// The next object gets the same handle.
TEST_F(KeptWaitSetTest, AHandleOfADroppedPollableIsLookedUpAnew) {
  of(1).set(true);
  EXPECT_EQ(poll(), Indices{0});
  drop(77);
  ASSERT_EQ(add(), 77u);
  switches_.back()->set(true);
  EXPECT_EQ(poll(), (Indices{0, 76}));
}

TEST_F(KeptWaitSetTest, ADroppedHandleTraps) {
  of(1).set(true);
  EXPECT_EQ(poll(), Indices{0});
  drop(77);
  HostCall call(&environment_);
  EXPECT_EQ(poll(call), Indices{});
  EXPECT_TRUE(call.unwinding());
  // Nothing of the list is left behind.
  handles_[76] = 1;
  EXPECT_EQ(poll(), (Indices{0, 76}));
}

// A handle that moves to another table leaves this one without its object being destroyed.
TEST_F(KeptWaitSetTest, AHandleThatMovedAwayIsLookedUpAnew) {
  of(1).set(true);
  EXPECT_EQ(poll(), Indices{0});
  std::unique_ptr<Pollable> moved(static_cast<Pollable*>(table_.find(77)->object()));
  table_.remove(77);
  ASSERT_EQ(add(), 77u);
  EXPECT_EQ(poll(), Indices{0});
  switches_.back()->set(true);
  EXPECT_EQ(poll(), (Indices{0, 76}));
}

// Nobody tells when a borrow ends: such a list is good for one poll.
TEST_F(KeptWaitSetTest, ListsWithBorrowsAreNotKept) {
  of(1).set(true);
  auto lent = std::make_unique<SwitchPollable>(looks_);
  handles_[76] =
      table_.insert(&component::kHostResourceType<Pollable>,
                    reinterpret_cast<uintptr_t>(lent.get()), component::Ownership::kBorrowed);
  EXPECT_EQ(poll(), Indices{0});
  looks_ = 0;
  EXPECT_EQ(poll(), Indices{0});
  EXPECT_GE(looks_, kCount);
  table_.remove(handles_[76]);
  lent.reset();
  handles_[76] = 77;
  EXPECT_EQ(poll(), Indices{0});
}

TEST_F(KeptWaitSetTest, AWaitEndsWhenOneOfThemIsReady) {
  const auto clock =
      table_.insert(&component::kHostResourceType<Pollable>,
                    reinterpret_cast<uintptr_t>(static_cast<Pollable*>(
                        new monotonic_clock::InstantPollable(monotonic_now_ns() + 3'000'000))));
  handles_.push_back(clock);
  EXPECT_EQ(poll(), Indices{kCount});
  looks_ = 0;
  EXPECT_EQ(poll(), Indices{kCount});
  EXPECT_EQ(looks_, 0u);
}

TEST_F(KeptWaitSetTest, ItsMemoryIsChargedOnce) {
  of(1).set(true);
  const uint64_t before = budget_.used();
  poll();
  const uint64_t taken = budget_.used() - before;
  EXPECT_GE(taken, kCount * sizeof(WaitEntry));
  for (int i = 0; i < 10; i++) {
    std::swap(handles_[2], handles_[40]);
    poll();
  }
  EXPECT_EQ(budget_.used() - before, taken);
}

TEST_F(KeptWaitSetTest, WithoutBudgetItTraps) {
  ASSERT_TRUE(budget_.take(budget_.left() - 1000));
  HostCall call(&environment_);
  EXPECT_EQ(poll(call), Indices{});
  ASSERT_TRUE(call.unwinding());
  EXPECT_NE(call.trap_message()->find("--memory-budget"), std::string::npos);
}

TEST_F(KeptWaitSetTest, WhatIsReadyCostsNoAllocationAndNoSystemCall) {
  of(1).set(true);
  of(9'999).set(true);
  poll();
  const auto result = wisp::testing::in_child([&] {
    // From here on, the kernel kills whoever calls it but to write or to exit.
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0) return 100;
    const size_t before = wisp::testing::allocation_count();
    int wrong = 0;
    for (int i = 0; i < 1000; i++) {
      HostCall call(&environment_);
      wrong += poll::poll_handles(call, context_, {call, handles_}).size() != 2;
    }
    ::syscall(SYS_exit, wrong + (wisp::testing::allocation_count() == before ? 0 : 50));
    return 0;
  });
  if (result.status == 100) GTEST_SKIP() << "no seccomp here";
  EXPECT_EQ(result.status, 0);
}

}  // namespace
}  // namespace wisp::wasi
