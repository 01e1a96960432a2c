#include "platform/entropy.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <set>
#include <thread>
#include <vector>

extern "C" void ChaCha20_ctr32(unsigned char* out, const unsigned char* in, size_t size,
                               const uint32_t key[8], const uint32_t counter[4]);

namespace wisp {
namespace {

// RFC 8439, A.1, test vectors 1 and 2: the function is no public one, so its meaning is pinned
// here.
TEST(Entropy, TheCipherIsChaCha20) {
  const uint32_t key[8] = {};
  const uint32_t counter[4] = {};
  uint8_t stream[128] = {};
  ChaCha20_ctr32(stream, stream, sizeof stream, key, counter);
  const uint8_t first[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90,
                           0x40, 0x5d, 0x6a, 0xe5, 0x53, 0x86, 0xbd, 0x28};
  const uint8_t second[] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a,
                            0x98, 0xba, 0x97, 0x7c, 0x73, 0x2d, 0x08, 0x0d};
  EXPECT_TRUE(std::equal(std::begin(first), std::end(first), stream));
  EXPECT_TRUE(std::equal(std::begin(second), std::end(second), stream + 64));
}

// More than comes from the kernel directly: from here on the generator answers.
void start_generator() {
  std::vector<uint8_t> bytes(5000);
  fill_random(bytes);
}

// Every byte value about equally often: off by more than half never happens by chance here.
void expect_uniform(const std::vector<uint8_t>& bytes) {
  std::vector<size_t> counts(256);
  for (uint8_t byte : bytes) counts[byte]++;
  const size_t expected = bytes.size() / 256;
  for (size_t count : counts) {
    EXPECT_GT(count, expected / 2);
    EXPECT_LT(count, expected * 3 / 2);
  }
}

TEST(Entropy, FillsEverySizeCompletely) {
  for (size_t size : {1, 7, 64, 4095, 4096, 4097, 16384, 16385, 300000, 3 << 20}) {
    std::vector<uint8_t> bytes(size + 2, 0xAA);
    // A byte that is never written stays what it was; twice by chance is one in 65536 per byte, so
    // look at the ends.
    std::set<uint8_t> first, last;
    for (int round = 0; round < 8; round++) {
      fill_random(std::span(bytes).subspan(1, size));
      first.insert(bytes[1]);
      last.insert(bytes[size]);
    }
    EXPECT_GT(first.size(), 1u);
    EXPECT_GT(last.size(), 1u);
    EXPECT_EQ(bytes.front(), 0xAA);
    EXPECT_EQ(bytes.back(), 0xAA);
  }
  fill_random({});
}

TEST(Entropy, BytesAreUniformFromTheBufferAndDirectly) {
  start_generator();
  std::vector<uint8_t> large(1 << 20);
  fill_random(large);
  expect_uniform(large);
  std::vector<uint8_t> small(1 << 18);
  for (size_t at = 0; at < small.size(); at += 16) fill_random(std::span(small).subspan(at, 16));
  expect_uniform(small);
}

TEST(Entropy, NumbersDoNotRepeat) {
  start_generator();
  std::set<uint64_t> numbers;
  for (int i = 0; i < 100'000; i++) EXPECT_TRUE(numbers.insert(random_u64()).second);
}

TEST(Entropy, ThreadsHaveGeneratorsOfTheirOwn) {
  uint64_t numbers[2];
  auto draw = [](uint64_t& number) {
    start_generator();
    number = random_u64();
  };
  std::thread first(draw, std::ref(numbers[0])), second(draw, std::ref(numbers[1]));
  first.join();
  second.join();
  EXPECT_NE(numbers[0], numbers[1]);
}

TEST(Entropy, ParentAndChildDoNotShareBytes) {
  start_generator();
  random_u64();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const uint64_t number = random_u64();
    const bool sent = ::write(ends[1], &number, sizeof number) == sizeof number;
    ::_exit(sent ? 0 : 1);
  }
  const uint64_t own = random_u64();
  uint64_t of_child = 0;
  ASSERT_EQ(::read(ends[0], &of_child, sizeof of_child), static_cast<ssize_t>(sizeof of_child));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_NE(own, of_child);
  EXPECT_NE(of_child, 0u);
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace wisp
