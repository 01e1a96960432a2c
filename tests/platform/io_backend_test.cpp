// Which backend is chosen, under real seccomp filters in a child process.
#include "platform/io_backend.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdlib>
#include <string>

#include "platform/event_loop.h"
#include "tests/platform/io_test_support.h"
#include "tests/support/child_process.h"

namespace wisp {
namespace {

using testing::ChildResult;
using testing::in_child;
using testing::refuse_calls;

// Polls a readable pipe through a loop of this choice. Gives the name of the backend, or the error.
std::string poll_once(IoChoice choice) {
  testing::Pipe pipe;
  pipe.put("x");
  EventLoop loop(choice);
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  loop.submit(poll);
  loop.wait_until([](void* operation) { return static_cast<Operation*>(operation)->idle(); },
                  &poll);
  if (poll.result() < 0) return "failed with " + std::to_string(-poll.result());
  return loop.backend_name();
}

class RefusedIoUring : public ::testing::TestWithParam<int> {};
INSTANTIATE_TEST_SUITE_P(Errors, RefusedIoUring, ::testing::Values(EPERM, ENOSYS));

TEST_P(RefusedIoUring, AutoFallsBackToEpollAndSaysSo) {
  const ChildResult result = in_child([] {
    ::setenv("WISP_LOG", "debug", 1);
    if (!refuse_calls({SYS_io_uring_setup}, GetParam())) return 100;
    return poll_once(IoChoice::kAuto) == "epoll" ? 0 : 1;
  });
  if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.errors.find("using epoll"), std::string::npos) << result.errors;
}

TEST_P(RefusedIoUring, ForcedUringFailsWithTheReason) {
  const ChildResult result = in_child([] {
    if (!refuse_calls({SYS_io_uring_setup}, GetParam())) return 100;
    return poll_once(IoChoice::kUring) == "failed with 38" ? 0 : 1;
  });
  if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.errors.find("seccomp"), std::string::npos) << result.errors;
}

TEST_P(RefusedIoUring, EpollDoesWithoutThePreciseWait) {
  const ChildResult result = in_child([] {
    if (!refuse_calls({SYS_io_uring_setup, SYS_epoll_pwait2}, GetParam())) return 100;
    return poll_once(IoChoice::kAuto) == "epoll" ? 0 : 1;
  });
  if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
  EXPECT_EQ(result.status, 0);
}

TEST(IoBackend, OpenBackendTellsBeforehand) {
  EventLoop loop(IoChoice::kEpoll);
  EXPECT_STREQ(loop.backend_name(), "none");
  EXPECT_TRUE(loop.open_backend().has_value());
  EXPECT_STREQ(loop.backend_name(), "epoll");
}

}  // namespace
}  // namespace wisp
