#include "platform/prompt_descriptor.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "tests/platform/io_test_support.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

namespace wisp {
namespace {

std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Writes until the descriptor takes no more; a call that blocked would hang the test.
void expect_fills_without_blocking(int descriptor) {
  PromptDescriptor output(descriptor);
  const std::string block(8192, 'x');
  size_t total = 0;
  int32_t result;
  while ((result = output.write(bytes_of(block), nullptr)) > 0)
    total += static_cast<size_t>(result);
  EXPECT_EQ(result, -EAGAIN);
  EXPECT_GT(total, 4096u);
  EXPECT_FALSE(output.ready(POLLOUT));
}

TEST(PromptDescriptor, ABlockingPipeNeverBlocks) {
  testing::Pipe pipe;
  uint8_t byte;
  PromptDescriptor input(pipe.read_end);
  EXPECT_EQ(input.read({&byte, 1}, nullptr), -EAGAIN);
  EXPECT_FALSE(input.ready(POLLIN));
  expect_fills_without_blocking(pipe.write_end);
  EXPECT_TRUE(input.ready(POLLIN));
  EXPECT_EQ(input.read({&byte, 1}, nullptr), 1);
}

TEST(PromptDescriptor, ABlockingSocketNeverBlocks) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  uint8_t byte;
  PromptDescriptor input(ends[0]);
  EXPECT_EQ(input.read({&byte, 1}, nullptr), -EAGAIN);
  expect_fills_without_blocking(ends[1]);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(PromptDescriptor, ATerminalNeverBlocks) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) GTEST_SKIP() << "no pseudo terminals here";
  ASSERT_EQ(::grantpt(master), 0);
  ASSERT_EQ(::unlockpt(master), 0);
  const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
  ASSERT_GE(terminal, 0);
  uint8_t buffer[16];
  PromptDescriptor input(terminal);
  EXPECT_EQ(input.read(buffer, nullptr), -EAGAIN);
  EXPECT_EQ(PromptDescriptor(terminal).write(bytes_of("prompt"), nullptr), 6);
  EXPECT_EQ(::read(master, buffer, sizeof buffer), 6);
  ASSERT_EQ(::write(master, "line\n", 5), 5);
  EXPECT_EQ(input.read(buffer, nullptr), 5);
  ::close(terminal);
  ::close(master);
}

TEST(PromptDescriptor, TheNullDeviceAndRegularFilesAreAlwaysReady) {
  testing::TemporaryDirectory directory;
  directory.write("file", "abc");
  for (const std::string& path : {std::string("/dev/null"), directory / "file"}) {
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    PromptDescriptor both(file);
    EXPECT_TRUE(both.ready(POLLIN));
    EXPECT_TRUE(both.ready(POLLOUT));
    EXPECT_EQ(both.write(bytes_of("xyz"), nullptr), 3);
    uint8_t byte;
    EXPECT_EQ(both.read({&byte, 1}, nullptr), 0);
    ::close(file);
  }
}

TEST(PromptDescriptor, ABrokenPipeRaisesNoSignalAndLeavesTheMaskAlone) {
  struct sigaction before;
  struct sigaction deadly {};
  deadly.sa_handler = SIG_DFL;
  ASSERT_EQ(::sigaction(SIGPIPE, &deadly, &before), 0);
  sigset_t mask_before, mask_after;
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask_before);
  testing::Pipe pipe;
  pipe.close_read();
  PromptDescriptor output(pipe.write_end);
  EXPECT_EQ(output.write(bytes_of("x"), nullptr), -EPIPE);
  ::pthread_sigmask(SIG_BLOCK, nullptr, &mask_after);
  for (int signal = 1; signal < SIGRTMAX; signal++) {
    EXPECT_EQ(sigismember(&mask_before, signal), sigismember(&mask_after, signal));
  }
  sigset_t pending;
  ::sigpending(&pending);
  EXPECT_EQ(sigismember(&pending, SIGPIPE), 0);
  ::sigaction(SIGPIPE, &before, nullptr);
}

// Older kernels know neither RWF_NOWAIT for pipes nor RWF_NOSIGNAL, and some profiles not even the
// calls.
TEST(PromptDescriptor, DoesWithoutTheFlags) {
  for (int error : {ENOSYS, EPERM, EOPNOTSUPP}) {
    const auto result = testing::in_child([error] {
      if (!testing::refuse_calls({SYS_preadv2, SYS_pwritev2}, error)) return 100;
      ::signal(SIGPIPE, SIG_DFL);
      testing::Pipe pipe, broken;
      broken.close_read();
      if (PromptDescriptor(broken.write_end).write(bytes_of("x"), nullptr) != -EPIPE) return 1;
      expect_fills_without_blocking(pipe.write_end);
      uint8_t byte = 0;
      if (PromptDescriptor(pipe.read_end).read({&byte, 1}, nullptr) != 1) return 2;
      return ::testing::Test::HasFailure() ? 3 : byte == 'x' ? 0 : 4;
    });
    if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
    EXPECT_EQ(result.status, 0) << result.errors;
  }
}

TEST(PromptDescriptor, FaultsForceEagain) {
  testing::Pipe pipe;
  pipe.put("x");
  IoFaults faults{.again = 2};
  uint8_t byte = 0;
  EXPECT_EQ(PromptDescriptor(pipe.read_end).read({&byte, 1}, &faults), -EAGAIN);
  EXPECT_EQ(PromptDescriptor(pipe.write_end).write({&byte, 1}, &faults), -EAGAIN);
  EXPECT_EQ(PromptDescriptor(pipe.read_end).read({&byte, 1}, &faults), 1);
  EXPECT_EQ(faults.injected, 2u);
}

}  // namespace
}  // namespace wisp
