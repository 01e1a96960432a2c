// hello.wasm cut at every byte, and with 100,000 single bytes changed: compiled and run, each ends
// in an error or in a normal result, in bounded time. A child process does it, so that a crash says
// which mutation it was.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <new>
#include <random>

#include "wisp/wisp.hpp"

namespace wisp {
namespace {

constexpr uint32_t kMutations = 100'000;
constexpr uint32_t kShards = 20;

std::vector<uint8_t> hello() {
  std::ifstream file(WISP_SOURCE_DIR "/examples/hello.wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Progress {
  uint32_t index = 0;  // of the mutation that is at work
  uint32_t ran = 0;    // to a normal end
  uint32_t trapped = 0;
  uint32_t refused = 0;  // at compiling or linking
};

void compile_and_run(const Engine& engine, std::span<const uint8_t> bytes, Progress& progress) {
  auto component = Component::from_bytes(engine, bytes);
  if (!component) {
    progress.refused += component.error().message().empty() ? 0 : 1;
    return;
  }
  static const int null = open("/dev/null", O_RDWR);
  Wasi wasi;
  wasi.set_stdio(null, null, null);
  wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
  options.timeout_ns = 50'000'000;
  options.max_memory_bytes = 64 << 20;
  auto status = run_command(*component, wasi, &options);
  if (status) {
    progress.ran++;
  } else if (status.error().kind() == WISP_ERROR_TRAP) {
    progress.trapped++;
  } else {
    progress.refused += status.error().message().empty() ? 0 : 1;
  }
}

// Runs `body` in a child and gives what it counted; fails if the child did not end by itself.
template <class Body>
Progress in_child(Body body) {
  void* shared =
      mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto* progress = new (shared) Progress;
  const pid_t child = fork();
  if (child == 0) {
    body(*progress);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0)
      << "ended by signal " << WTERMSIG(status) << " at number " << progress->index;
  const Progress result = *progress;
  munmap(shared, sizeof(Progress));
  return result;
}

TEST(Mutation, HelloCutAtEveryByteIsRefused) {
  const std::vector<uint8_t> bytes = hello();
  const Progress progress = in_child([&](Progress& counts) {
    auto engine = Engine::create();
    for (uint32_t size = 0; size < bytes.size(); size++) {
      counts.index = size;
      // A copy that ends where the bytes do: reading beyond them is seen by a sanitizer.
      const std::vector<uint8_t> cut(bytes.begin(), bytes.begin() + size);
      compile_and_run(*engine, cut, counts);
    }
  });
  // Where only custom sections are missing, what is left is a component.
  EXPECT_EQ(progress.refused + progress.ran, bytes.size());
  EXPECT_GT(progress.refused, bytes.size() * 9 / 10);
}

class MutationShard : public testing::TestWithParam<uint32_t> {};

TEST_P(MutationShard, EndsInAnErrorOrANormalResult) {
  std::vector<uint8_t> bytes = hello();
  const uint32_t first = GetParam() * (kMutations / kShards);
  const Progress progress = in_child([&](Progress& counts) {
    auto engine = Engine::create();
    for (uint32_t i = first; i < first + kMutations / kShards; i++) {
      counts.index = i;
      std::mt19937 random(i);
      const size_t at = random() % bytes.size();
      const uint8_t before = bytes[at];
      bytes[at] ^= static_cast<uint8_t>(1 + random() % 255);
      compile_and_run(*engine, bytes, counts);
      bytes[at] = before;
    }
  });
  EXPECT_EQ(progress.ran + progress.trapped + progress.refused, kMutations / kShards);
  // All three happen, or the test does not test.
  EXPECT_GT(progress.ran, 0u);
  EXPECT_GT(progress.trapped, 0u);
  EXPECT_GT(progress.refused, 0u);
}

INSTANTIATE_TEST_SUITE_P(Hello, MutationShard, testing::Range(0u, kShards));

}  // namespace
}  // namespace wisp
