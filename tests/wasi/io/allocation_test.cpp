// What is ready at once allocates nothing, and a poll of it asks the kernel nothing.
#include <gtest/gtest.h>

#include "tests/platform/io_test_support.h"
#include "tests/support/allocation_count.h"
#include "wasi/cli/stdio.h"
#include "wasi/clocks/monotonic_clock.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

class AllocationTest : public ::testing::Test {
 protected:
  template <class Body>
  uint64_t allocations_of(Body body) {
    const uint64_t before = wisp::testing::allocation_count();
    body();
    return wisp::testing::allocation_count() - before;
  }

  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  wisp::testing::Pipe pipe;
};

TEST_F(AllocationTest, TheCounterCounts) {
  EXPECT_EQ(allocations_of([] { ::operator delete(::operator new(1)); }), 1u);
}

TEST_F(AllocationTest, PollOfAReadyPollable) {
  component::HostCall setup;
  pipe.put("x");
  DescriptorInputStream input(loop, pipe.read_end);
  auto ready = streams::subscribe_input(setup, context, input);
  auto clock = monotonic_clock::subscribe_duration(setup, context, 1'000'000'000);
  Pollable* const list[] = {clock.get(), ready.get()};
  EXPECT_EQ(poll::poll(setup, context, list).size(), 1u);  // finds out
  EXPECT_EQ(allocations_of([&] {
              for (int i = 0; i < 100; i++) {
                component::HostCall call;
                EXPECT_EQ(poll::poll(call, context, list).size(), 1u);
              }
            }),
            0u);
}

TEST_F(AllocationTest, ReadsAndWritesThatAreReady) {
  DescriptorInputStream input(loop, pipe.read_end);
  DescriptorOutputStream output(loop, pipe.write_end);
  context.scratch();
  const uint8_t text[] = {'t', 'e', 'x', 't'};
  EXPECT_EQ(allocations_of([&] {
              for (int i = 0; i < 100; i++) {
                component::HostCall call;
                streams::check_write(call, context, output);
                EXPECT_TRUE(streams::write(call, context, output, text).ok());
                EXPECT_TRUE(streams::blocking_write_and_flush(call, context, output, text).ok());
                EXPECT_EQ(streams::blocking_read(call, context, input, 100).value().size(), 8u);
              }
            }),
            0u);
}

// A wait allocates its slot once; later waits of the same stream use it again.
TEST_F(AllocationTest, TheSecondWaitReusesTheSlotOfTheFirst) {
  DescriptorInputStream input(loop, pipe.read_end);
  auto wait_once = [&] {
    input.arm(loop);
    loop.tick(0);
    pipe.put("x");
    component::HostCall call;
    EXPECT_EQ(streams::blocking_read(call, context, input, 1).value().size(), 1u);
  };
  wait_once();
  if (std::string_view(loop.backend_name()) != "io_uring") GTEST_SKIP() << "epoll keeps a table";
  EXPECT_EQ(allocations_of(wait_once), 0u);
}

}  // namespace
}  // namespace wisp::wasi
