// Guests that end, one way or another, while the host waits for something on sockets of every kind
// (tests/guests/net/in_flight.c): nothing of them stays in the process.
#include <gtest/gtest.h>
#include <unistd.h>

#include "platform/sanitizer_fiber.h"
#include "tests/support/footprint.h"
#include "wisp/wisp.hpp"

namespace wisp {
namespace {

using testing::Footprint;

// A pipe that never has anything.
class SilentPipe {
 public:
  SilentPipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~SilentPipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  int reading() const { return ends_[0]; }

 private:
  int ends_[2];
};

class InFlight : public ::testing::TestWithParam<wisp_io_t> {
 protected:
  void SetUp() override {
    auto engine = Engine::create();
    ASSERT_TRUE(engine);
    auto component =
        Component::from_file(*engine, WISP_SOURCE_DIR "/tests/guests/net/in_flight.wasm");
    ASSERT_TRUE(component) << component.error().message();
    component_.emplace(std::move(*component));
  }

  void run(const char* how) {
    const SilentPipe input;
    Wasi wasi;
    EXPECT_FALSE(wasi.set_io(GetParam()));
    wasi.inherit_network();
    wasi.set_stdio(input.reading(), 1, 2);
    EXPECT_FALSE(wasi.set_arguments({"in_flight", how}));
    auto status = run_command(*component_, wasi);
    if (how == std::string("trap")) {
      ASSERT_FALSE(status);
      EXPECT_EQ(status.error().kind(), WISP_ERROR_TRAP) << status.error().message();
    } else {
      ASSERT_TRUE(status) << status.error().message();
      EXPECT_EQ(*status, how == std::string("exit") ? 1 : 0);
    }
  }

  std::optional<Component> component_;
};

TEST_P(InFlight, NothingStays) {
  constexpr int kRounds = 20;
  const auto all = [&] {
    for (const char* how : {"return", "exit", "trap"}) run(how);
  };
  for (int i = 0; i < 3; i++) all();
  const Footprint before = Footprint::now();
  for (int i = 0; i < kRounds; i++) all();
  const Footprint after = Footprint::now();
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LE(after.mappings, before.mappings + 8) << before << "; " << after;
  if (kSanitizerFollowsFibers) return;  // its heap is not what is counted
  EXPECT_LE(after.heap_bytes, before.heap_bytes + 64 * 1024) << before << "; " << after;
}

INSTANTIATE_TEST_SUITE_P(Each, InFlight, ::testing::Values(WISP_IO_URING, WISP_IO_EPOLL),
                         [](const ::testing::TestParamInfo<wisp_io_t>& each) {
                           return each.param == WISP_IO_URING ? "uring" : "epoll";
                         });

}  // namespace
}  // namespace wisp
