#include "platform/kernel_transfer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <limits>
#include <string>

#include "tests/platform/io_test_support.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"

namespace wisp {
namespace {

using Kind = KernelEnd::Kind;

// Two ends of one kind with a way to put bytes into the first and to see what came to the second.
class KernelTransfer : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("from", "0123456789");
    directory_.write("to", "");
    file_ = ::open((directory_ / "from").c_str(), O_RDONLY | O_CLOEXEC);
    target_ = ::open((directory_ / "to").c_str(), O_RDWR | O_CLOEXEC);
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, sockets_), 0);
  }
  void TearDown() override {
    for (int descriptor : {file_, target_, sockets_[0], sockets_[1]}) ::close(descriptor);
  }
  KernelEnd end(int descriptor, uint64_t* position = nullptr) {
    return {kernel_end_kind(descriptor), descriptor, position};
  }
  std::string read_from(int descriptor) {
    char part[64];
    const ssize_t count = ::read(descriptor, part, sizeof part);
    return {part, count < 0 ? 0 : static_cast<size_t>(count)};
  }
  void fill(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    const std::string block(4096, '.');
    while (::write(descriptor, block.data(), block.size()) > 0) {
    }
    ::fcntl(descriptor, F_SETFL, flags);
  }

  testing::TemporaryDirectory directory_;
  testing::Pipe pipe_, other_;
  int file_ = -1, target_ = -1;
  int sockets_[2] = {-1, -1};
};

TEST_F(KernelTransfer, KindsOfEnds) {
  EXPECT_EQ(kernel_end_kind(file_), Kind::kFile);
  EXPECT_EQ(kernel_end_kind(pipe_.read_end), Kind::kPipe);
  EXPECT_EQ(kernel_end_kind(sockets_[0]), Kind::kSocket);
  ::fcntl(sockets_[0], F_SETFL, 0);
  EXPECT_EQ(kernel_end_kind(sockets_[0]), Kind::kNone);  // it would block
  EXPECT_EQ(kernel_end_kind(1 << 20), Kind::kNone);
}

TEST_F(KernelTransfer, FromAFileAtAPosition) {
  uint64_t position = 3;
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(pipe_.write_end), 4), 4u);
  EXPECT_EQ(position, 7u);
  EXPECT_EQ(read_from(pipe_.read_end), "3456");
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(sockets_[0]), 100), 3u);
  EXPECT_EQ(read_from(sockets_[1]), "789");
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(sockets_[0]), 100), 0u);  // the end
  position = 1;
  uint64_t target_position = 2;
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(target_, &target_position), 5), 5u);
  EXPECT_EQ(target_position, 7u);
  EXPECT_EQ(directory_.read("to"), std::string("\0\0", 2) + "12345");
  EXPECT_EQ(::lseek(file_, 0, SEEK_CUR), 0);
}

TEST_F(KernelTransfer, FromThePositionOfTheDescriptor) {
  EXPECT_EQ(move_in_kernel(end(file_), end(pipe_.write_end), 4), 4u);
  EXPECT_EQ(move_in_kernel(end(file_), end(pipe_.write_end), 2), 2u);
  EXPECT_EQ(read_from(pipe_.read_end), "012345");
}

TEST_F(KernelTransfer, FromAPipe) {
  pipe_.put("abcdef");
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(other_.write_end), 2), 2u);
  EXPECT_EQ(read_from(other_.read_end), "ab");
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(sockets_[0]), 2), 2u);
  EXPECT_EQ(read_from(sockets_[1]), "cd");
  uint64_t position = 0;
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(target_, &position), 100), 2u);
  EXPECT_EQ(directory_.read("to"), "ef");
}

TEST_F(KernelTransfer, FromASocketToAPipeOnly) {
  ASSERT_EQ(::write(sockets_[1], "abc", 3), 3);
  EXPECT_EQ(move_in_kernel(end(sockets_[0]), end(pipe_.write_end), 100), 3u);
  EXPECT_EQ(read_from(pipe_.read_end), "abc");
  ASSERT_EQ(::write(sockets_[1], "abc", 3), 3);
  EXPECT_EQ(move_in_kernel(end(sockets_[0]), end(target_), 100), 0u);
  EXPECT_EQ(read_from(sockets_[0]), "abc");
}

TEST_F(KernelTransfer, NeitherEndBlocksAndNothingIsLost) {
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(other_.write_end), 10), 0u);  // empty
  pipe_.put("kept");
  fill(other_.write_end);
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(other_.write_end), 10), 0u);
  fill(sockets_[0]);
  EXPECT_EQ(move_in_kernel(end(pipe_.read_end), end(sockets_[0]), 10), 0u);
  EXPECT_EQ(read_from(pipe_.read_end), "kept");
  uint64_t position = 0;
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(other_.write_end), 10), 0u);
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(sockets_[0]), 10), 0u);
  EXPECT_EQ(position, 0u);
}

TEST_F(KernelTransfer, PositionsAtTheEndOfWhatAFileCanHaveAreRefused) {
  uint64_t position = std::numeric_limits<uint64_t>::max();
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(pipe_.write_end), 10), 0u);
  position = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(move_in_kernel(end(file_, &position), end(pipe_.write_end), 10), 0u);
}

TEST_F(KernelTransfer, ABrokenPipeIsNoSignal) {
  const auto result = testing::in_child([&] {
    std::signal(SIGPIPE, SIG_DFL);
    testing::Pipe broken;
    broken.close_read();
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) != 0) return 3;
    ::close(ends[1]);
    uint64_t position = 0;
    if (move_in_kernel(end(file_, &position), end(broken.write_end), 10) != 0) return 1;
    if (move_in_kernel(end(file_, &position), end(ends[0]), 10) != 0) return 2;
    sigset_t pending;
    sigpending(&pending);
    return sigismember(&pending, SIGPIPE);
  });
  EXPECT_EQ(result.status, 0);
}

}  // namespace
}  // namespace wisp
