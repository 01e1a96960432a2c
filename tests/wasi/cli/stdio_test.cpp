#include "wasi/cli/stdio.h"

#include <gtest/gtest.h>

#include "tests/platform/io_test_support.h"
#include "wasi/cli/terminal.h"

namespace wisp::wasi {
namespace {

class StdioTest : public ::testing::Test {
 protected:
  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  component::HostCall call;
};

TEST_F(StdioTest, StreamsUseTheDescriptorsOfTheContext) {
  wisp::testing::Pipe in, out, err;
  context.stdin_descriptor = in.read_end;
  context.stdout_descriptor = out.write_end;
  context.stderr_descriptor = err.write_end;
  in.put("i");
  uint8_t byte = 0;
  EXPECT_EQ(stdio::get_stdin(call, context)->read({&byte, 1}).value(), 1u);
  EXPECT_EQ(byte, 'i');
  const uint8_t letters[] = {'o', 'e'};
  EXPECT_TRUE(stdio::get_stdout(call, context)->write({letters, 1}).ok());
  EXPECT_TRUE(stdio::get_stderr(call, context)->write({letters + 1, 1}).ok());
  EXPECT_EQ(::read(out.read_end, &byte, 1), 1);
  EXPECT_EQ(byte, 'o');
  EXPECT_EQ(::read(err.read_end, &byte, 1), 1);
  EXPECT_EQ(byte, 'e');
}

TEST_F(StdioTest, EachCallGivesAStreamWithAStateOfItsOwn) {
  wisp::testing::Pipe in;
  context.stdin_descriptor = in.read_end;
  in.close_write();
  auto first = stdio::get_stdin(call, context);
  auto second = stdio::get_stdin(call, context);
  uint8_t byte;
  EXPECT_FALSE(first->read({&byte, 1}).ok());
  EXPECT_TRUE(first->closed());
  EXPECT_FALSE(second->closed());
}

TEST_F(StdioTest, AClosedDescriptorFailsWithBadDescriptor) {
  context.stdin_descriptor = context.stdout_descriptor = 1 << 20;
  uint8_t byte = 0;
  auto read = stdio::get_stdin(call, context)->read({&byte, 1});
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(std::get<0>(read.error().value)->error_number(), EBADF);
  auto written = stdio::get_stdout(call, context)->write({&byte, 1});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(std::get<0>(written.error().value)->error_number(), EBADF);
}

TEST_F(StdioTest, OnlyATerminalIsATerminal) {
  wisp::testing::Pipe pipe;
  context.stdin_descriptor = context.stdout_descriptor = context.stderr_descriptor = pipe.read_end;
  EXPECT_FALSE(terminal::get_terminal_stdin(call, context).has_value());
  EXPECT_FALSE(terminal::get_terminal_stdout(call, context).has_value());
  EXPECT_FALSE(terminal::get_terminal_stderr(call, context).has_value());
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) GTEST_SKIP() << "no pseudo terminals here";
  context.stdin_descriptor = context.stdout_descriptor = context.stderr_descriptor = master;
  EXPECT_TRUE(terminal::get_terminal_stdin(call, context).has_value());
  EXPECT_TRUE(terminal::get_terminal_stdout(call, context).has_value());
  EXPECT_TRUE(terminal::get_terminal_stderr(call, context).has_value());
  ::close(master);
}

}  // namespace
}  // namespace wisp::wasi
