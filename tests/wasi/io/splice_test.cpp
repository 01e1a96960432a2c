// splice between ends that the kernel knows: every byte arrives once, in order.
#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>

#include <cerrno>
#include <string>
#include <thread>

#include "tests/platform/io_test_support.h"
#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"
#include "wasi/cli/stdio.h"
#include "wasi/filesystem/file_streams.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

using component::HostCall;
using wisp::testing::Pipe;

constexpr uint64_t kAll = ~uint64_t{0};

std::string pattern(size_t size) {
  std::string text(size, 0);
  uint32_t state = 1;
  for (char& each : text) each = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
  return text;
}

class SpliceTest : public wisp::testing::IoTest {
 protected:
  std::shared_ptr<const OpenFile> open(const char* name, int flags) {
    return std::make_shared<const OpenFile>(
        ::open((directory.path() + "/" + name).c_str(), flags | O_CLOEXEC, 0600));
  }
  // Until the source has ended. The bytes in all.
  uint64_t splice_all(OutputStream& to, InputStream& from) {
    uint64_t total = 0;
    for (;;) {
      auto count = streams::blocking_splice(call, context, to, from, kAll);
      if (!count.ok()) {
        EXPECT_TRUE(count.error().is_closed());
        return total;
      }
      EXPECT_GT(count.value(), 0u);
      total += count.value();
    }
  }
  // In small pieces, and slowly at first.
  std::thread collect(int descriptor, std::string& into) {
    return std::thread([descriptor, &into] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      char part[3000];
      ssize_t count;
      while ((count = ::read(descriptor, part, sizeof part)) > 0)
        into.append(part, static_cast<size_t>(count));
    });
  }
  // Each test goes through the loop somewhere.
  void use_loop() {
    Pipe pipe;
    Operation poll;
    poll.set_poll(pipe.write_end, POLLOUT);
    loop.finish(poll);
  }

  wisp::testing::TemporaryDirectory directory;
  WasiContext context{loop};
  HostCall call;
};
WISP_ON_BOTH_BACKENDS(SpliceTest);

TEST_P(SpliceTest, AFileIntoASlowPipe) {
  const std::string text = pattern(1'000'003);
  directory.write("file", text);
  Pipe pipe;
  std::string received;
  std::thread reader = collect(pipe.read_end, received);
  {
    FileInputStream input(loop, open("file", O_RDONLY), 3);
    DescriptorOutputStream output(loop, pipe.write_end);
    EXPECT_EQ(splice_all(output, input), 1'000'000u);
  }
  pipe.close_write();
  reader.join();
  EXPECT_EQ(received, text.substr(3));
}

TEST_P(SpliceTest, APipeThroughAPipe) {
  const std::string text = pattern(700'001);
  Pipe from, to;
  std::string received;
  std::thread writer([&] {
    for (size_t at = 0; at < text.size(); at += 50'000) from.put(text.substr(at, 50'000));
    from.close_write();
  });
  std::thread reader = collect(to.read_end, received);
  {
    DescriptorInputStream input(loop, from.read_end);
    DescriptorOutputStream output(loop, to.write_end);
    EXPECT_EQ(splice_all(output, input), text.size());
  }
  writer.join();
  to.close_write();
  reader.join();
  EXPECT_EQ(received, text);
}

TEST_P(SpliceTest, AFileIntoAFile) {
  const std::string text = pattern(3'000'000);
  directory.write("from", text);
  directory.write("to", "ab");
  FileInputStream input(loop, open("from", O_RDONLY), 0);
  FileOutputStream output(loop, open("to", O_WRONLY), 2);
  EXPECT_EQ(splice_all(output, input), text.size());
  EXPECT_EQ(directory.read("to"), "ab" + text);
  FileInputStream again(loop, open("from", O_RDONLY), 0);
  FileOutputStream end(loop, open("to", O_WRONLY), FileOutputStream::kAppend);
  EXPECT_EQ(splice_all(end, again), text.size());
  EXPECT_EQ(directory.read("to"), "ab" + text + text);
  use_loop();
}

// What the stream has accepted before goes first.
TEST_P(SpliceTest, BytesThatAreStillToBeWrittenGoFirst) {
  const std::string text = pattern(200'000);
  directory.write("file", text);
  Pipe pipe;
  ASSERT_GT(::fcntl(pipe.write_end, F_SETPIPE_SZ, 4096), 0);
  std::string received;
  const std::string head(10'000, 'h');
  std::thread reader;
  {
    DescriptorOutputStream output(loop, pipe.write_end);
    ASSERT_GT(streams::check_write(call, context, output).value(), head.size());
    ASSERT_TRUE(streams::write(call, context, output,
                               {reinterpret_cast<const uint8_t*>(head.data()), head.size()})
                    .ok());
    reader = collect(pipe.read_end, received);
    FileInputStream input(loop, open("file", O_RDONLY), 0);
    EXPECT_EQ(splice_all(output, input), text.size());
  }
  pipe.close_write();
  reader.join();
  EXPECT_EQ(received, head + text);
  use_loop();
}

TEST_P(SpliceTest, ABrokenPipeClosesTheOutputAndLosesNothingOfTheInput) {
  directory.write("file", pattern(100'000));
  Pipe pipe;
  pipe.close_read();
  FileInputStream input(loop, open("file", O_RDONLY), 0);
  DescriptorOutputStream output(loop, pipe.write_end);
  auto count = streams::blocking_splice(call, context, output, input, kAll);
  ASSERT_FALSE(count.ok());
  EXPECT_TRUE(count.error().is_closed());
  use_loop();
}

TEST_P(SpliceTest, NoByteComesByTheHost) {
  use_loop();
  directory.write("file", pattern(50'000));
  const auto result = wisp::testing::in_child([&] {
    Pipe pipe, other;
    FileInputStream input(loop, open("file", O_RDONLY), 0);
    DescriptorOutputStream output(loop, pipe.write_end);
    DescriptorInputStream next(loop, pipe.read_end);
    DescriptorOutputStream last(loop, other.write_end);
    if (!wisp::testing::refuse_calls({SYS_read, SYS_pread64, SYS_preadv2}, EIO)) return 100;
    auto count = streams::splice(call, context, output, input, kAll);
    if (!count.ok() || count.value() != 50'000) return 1;
    count = streams::splice(call, context, last, next, kAll);
    return count.ok() && count.value() == 50'000 ? 0 : 2;
  });
  if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
  EXPECT_EQ(result.status, 0);
}

}  // namespace
}  // namespace wisp::wasi
