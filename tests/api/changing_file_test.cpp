// Files that somebody rewrites in place while they are compiled and run: each time there is a
// program or an error, whatever mixture of old and new bytes was read. What was validated is what
// runs.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <iterator>
#include <random>
#include <thread>

#include "tests/support/shared_folder.h"
#include "tests/support/temporary_directory.h"
#include "wisp/wisp.hpp"

namespace wisp {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// Rewrites a file as fast as it can for as long as it lives: a few bytes at a time to others and
// back, so that nearly all of it is valid; now and then cut and whole again.
class Rewriter {
 public:
  Rewriter(const std::string& path, Bytes bytes)
      : descriptor_(open(path.c_str(), O_WRONLY)), bytes_(std::move(bytes)) {
    thread_ = std::thread([this] { rewrite(); });
  }
  ~Rewriter() {
    is_done_ = true;
    thread_.join();
    close(descriptor_);
  }

 private:
  void rewrite() {
    std::mt19937 random(1);
    while (!is_done_) {
      const off_t at = static_cast<off_t>(random() % bytes_.size());
      for (int times = 0; times < 50 && !is_done_; ++times) {
        const auto other = static_cast<uint8_t>(bytes_[static_cast<size_t>(at)] ^ (1 << times % 8));
        ASSERT_EQ(pwrite(descriptor_, &other, 1, at), 1);
        ASSERT_EQ(pwrite(descriptor_, &bytes_[static_cast<size_t>(at)], 1, at), 1);
      }
      if (random() % 16 != 0) continue;
      ASSERT_EQ(ftruncate(descriptor_, at), 0);
      ASSERT_EQ(pwrite(descriptor_, bytes_.data(), bytes_.size(), 0),
                static_cast<ssize_t>(bytes_.size()));
    }
  }

  const int descriptor_;
  const Bytes bytes_;
  std::atomic<bool> is_done_ = false;
  std::thread thread_;
};

// Compiles a copy of `original` while it is rewritten, and runs what became of it: so many times,
// and on until enough of them were valid.
void run_while_rewritten(const std::string& original, int times, int enough) {
  testing::TemporaryDirectory directory;
  const Bytes bytes = read_file(original);
  const std::string path = directory / "guest.wasm";
  directory.write("guest.wasm", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const Rewriter rewriter(path, bytes);
  const int nowhere = open("/dev/null", O_RDWR);
  Wasi wasi;
  wasi.set_stdio(nowhere, nowhere, nowhere);
  wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
  options.timeout_ns = 50'000'000;  // a byte may have made it loop
  Result<Engine> engine = Engine::create();
  int compiled = 0;
  for (int i = 0; i < times || (compiled < enough && i < 100 * times); ++i) {
    Result<Component> component = Component::from_file(*engine, path);
    if (!component) continue;
    ++compiled;
    (void)run_command(*component, wasi, &options);
  }
  close(nowhere);
  EXPECT_GE(compiled, enough);
}

TEST(ChangingFile, IsCompiledAsItWasValidated) {
  run_while_rewritten(WISP_SOURCE_DIR "/examples/hello.wasm", 3000, 100);
}

TEST(ChangingFile, IsCompiledAsItWasValidatedWhereItIsLarge) {
  const std::string ripgrep = test::shared_folder() + "/guests/ripgrep.wasm";
  if (access(ripgrep.c_str(), R_OK) != 0) GTEST_SKIP() << "no " << ripgrep;
  run_while_rewritten(ripgrep, 30, 3);
}

}  // namespace
}  // namespace wisp
