#include "wasi/random/random.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace wisp::wasi {
namespace {

class Random : public testing::Test {
 protected:
  // What the thunk does with the result.
  std::vector<uint8_t> random_bytes(uint64_t size) {
    const component::ByteProducer bytes = random::get_random_bytes(call_, context_, size);
    std::vector<uint8_t> made(bytes.size);
    if (bytes.produce != nullptr) bytes.produce(made);
    return made;
  }

  EventLoop loop_{IoChoice::kEpoll};
  WasiContext context_{loop_};
  component::HostCall call_;
};

TEST_F(Random, GivesAsManyBytesAsWereAskedFor) {
  for (const uint64_t size : {0, 1, 31, 4096, 1 << 20}) {
    EXPECT_EQ(random_bytes(size).size(), size);
  }
  EXPECT_FALSE(call_.unwinding());
}

TEST_F(Random, IsFreshEachTime) {
  std::set<std::vector<uint8_t>> seen;
  std::set<uint64_t> numbers;
  for (int i = 0; i < 1000; i++) {
    seen.insert(random_bytes(16));
    numbers.insert(random::get_random_u64(call_, context_));
    context_.insecure_seed.reset();  // a new instance
    const auto [low, high] = random::insecure_seed(call_, context_);
    numbers.insert(low);
    numbers.insert(high);
  }
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_EQ(numbers.size(), 3000u);
}

TEST_F(Random, TheInsecureSeedIsOneForTheLifeOfTheInstance) {
  const auto seed = random::insecure_seed(call_, context_);
  EXPECT_EQ(random::insecure_seed(call_, context_), seed);
  context_.insecure_seed.reset();
  EXPECT_NE(random::insecure_seed(call_, context_), seed);
}

TEST_F(Random, UsesEveryBit) {
  uint8_t any = 0;
  uint8_t all = 0xff;
  for (const uint8_t byte : random_bytes(1000)) {
    any |= byte;
    all &= byte;
  }
  EXPECT_EQ(any, 0xff);
  EXPECT_EQ(all, 0);
}

TEST_F(Random, TrapsBeyondTheLimit) {
  context_.max_random_size = 100;
  EXPECT_EQ(random_bytes(100).size(), 100u);
  EXPECT_FALSE(call_.unwinding());
  random_bytes(101);
  ASSERT_TRUE(call_.unwinding());
  EXPECT_EQ(*call_.trap_message(),
            "requested 101 random bytes, the limit is 100 (-S max-random-size=N)");
}

TEST_F(Random, TheLargestLengthTrapsBeforeAnythingIsAllocated) {
  random_bytes(~uint64_t{0});
  EXPECT_TRUE(call_.unwinding());
}

}  // namespace
}  // namespace wisp::wasi
