// For tests of I/O: each runs once per backend, and fails if nothing went through the loop.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "platform/event_loop.h"

namespace wisp::testing {

class IoTest : public ::testing::TestWithParam<IoChoice> {
 protected:
  void SetUp() override {
    if (GetParam() == IoChoice::kUring && !make_io_uring_backend().has_value()) {
      GTEST_SKIP() << "this kernel or container refuses io_uring";
    }
  }
  // Every test of this kind has to use the backend.
  void TearDown() override {
    if (IsSkipped()) return;
    EXPECT_GT(loop.statistics().submissions, 0u) << "the test submitted nothing";
    EXPECT_STREQ(loop.backend_name(), GetParam() == IoChoice::kUring ? "io_uring" : "epoll");
  }

  EventLoop loop{GetParam()};
};

inline std::string choice_name(const ::testing::TestParamInfo<IoChoice>& info) {
  return info.param == IoChoice::kUring ? "uring" : "epoll";
}

#define WISP_ON_BOTH_BACKENDS(suite)                                                               \
  INSTANTIATE_TEST_SUITE_P(Backends, suite, ::testing::Values(IoChoice::kUring, IoChoice::kEpoll), \
                           ::wisp::testing::choice_name)

struct Pipe {
  explicit Pipe(int flags = 0) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | flags) != 0) std::abort();
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void put(std::string_view text) const {
    if (::write(write_end, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
      std::abort();
  }
  void close_read() {
    if (read_end >= 0) ::close(read_end);
    read_end = -1;
  }
  void close_write() {
    if (write_end >= 0) ::close(write_end);
    write_end = -1;
  }

  int read_end = -1;
  int write_end = -1;
};

}  // namespace wisp::testing
