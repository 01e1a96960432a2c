// The stream protocol of wasi.md, section 4, points 1 to 9, on pipes, files and scripted streams,
// with both backends.
#include "wasi/io/streams.h"

#include <fcntl.h>

#include <csignal>
#include <functional>
#include <string>
#include <thread>

#include "platform/clock.h"
#include "tests/platform/io_test_support.h"
#include "tests/support/temporary_directory.h"
#include "wasi/cli/stdio.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

using component::HostCall;
using streams::Bytes;
using wisp::testing::Pipe;

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
std::string text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string drain(int descriptor) {
  std::string all;
  char part[4096];
  ssize_t count;
  while ((count = ::read(descriptor, part, sizeof part)) > 0)
    all.append(part, static_cast<size_t>(count));
  return all;
}

// Fills a pipe until it takes no more.
size_t fill(int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
  const std::string block(4096, '.');
  size_t total = 0;
  ssize_t count;
  while ((count = ::write(descriptor, block.data(), block.size())) > 0)
    total += static_cast<size_t>(count);
  ::fcntl(descriptor, F_SETFL, flags);
  return total;
}

class StreamsTest : public wisp::testing::IoTest {
 protected:
  WasiContext context{loop};
  HostCall call;
};
WISP_ON_BOTH_BACKENDS(StreamsTest);

TEST_P(StreamsTest, BlockingReadParksUntilAnotherThreadWrites) {
  Pipe pipe;
  DescriptorInputStream input(loop, pipe.read_end);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    pipe.put("hello");
  });
  auto bytes = streams::blocking_read(call, context, input, 100);
  writer.join();
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(text_of(bytes.value()), "hello");
}

TEST_P(StreamsTest, BlockingReadMeetsTheEnd) {
  Pipe pipe;
  DescriptorInputStream input(loop, pipe.read_end);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    pipe.close_write();
  });
  auto bytes = streams::blocking_read(call, context, input, 100);
  writer.join();
  ASSERT_FALSE(bytes.ok());
  EXPECT_TRUE(bytes.error().is_closed());
}

TEST_P(StreamsTest, ForcedEagainTakesTheSlowPathOfReads) {
  IoFaults faults{.again = 2};
  loop.set_faults(&faults);
  Pipe pipe;
  pipe.put("slow");
  DescriptorInputStream input(loop, pipe.read_end);
  EXPECT_EQ(text_of(streams::read(call, context, input, 10).value()), "");  // the first EAGAIN
  input.arm(loop);
  loop.tick(0);
  EXPECT_EQ(text_of(streams::blocking_read(call, context, input, 10).value()), "slow");
  EXPECT_EQ(faults.injected, 2u);
}

TEST_P(StreamsTest, ForcedEagainTakesTheSlowPathOfWrites) {
  IoFaults faults{.again = 1};
  loop.set_faults(&faults);
  Pipe pipe;
  DescriptorOutputStream output(loop, pipe.write_end);
  ASSERT_GT(streams::check_write(call, context, output).value(), 0u);
  ASSERT_TRUE(streams::write(call, context, output, bytes_of("kept")).ok());  // EAGAIN: pending
  faults.again = 1;
  EXPECT_EQ(streams::check_write(call, context, output).value(), 0u);
  output.arm(loop);
  loop.tick(0);
  EXPECT_TRUE(streams::blocking_flush(call, context, output).ok());
  pipe.close_write();
  EXPECT_EQ(drain(pipe.read_end), "kept");
  EXPECT_FALSE(call.unwinding());
}

TEST_P(StreamsTest, BlockingWriteParksWhileThePipeIsFull) {
  for (int flags : {0, O_NONBLOCK}) {
    Pipe pipe(flags);
    const size_t filler = fill(pipe.write_end);
    DescriptorOutputStream output(loop, pipe.write_end);
    std::string text(4096, 'a');
    std::string received;
    std::thread reader([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      while (received.size() < filler + text.size()) {
        char part[4096];
        const ssize_t count = ::read(pipe.read_end, part, sizeof part);
        if (count > 0) received.append(part, static_cast<size_t>(count));
      }
    });
    EXPECT_TRUE(streams::blocking_write_and_flush(call, context, output, bytes_of(text)).ok());
    reader.join();
    EXPECT_EQ(received.substr(filler), text);
  }
}

TEST_P(StreamsTest, PollableOfAFullPipeIsNotReadyUntilThereIsRoom) {
  Pipe pipe;
  fill(pipe.write_end);
  DescriptorOutputStream output(loop, pipe.write_end);
  ASSERT_GT(streams::check_write(call, context, output).value(), 0u);
  ASSERT_TRUE(streams::write(call, context, output, bytes_of("x")).ok());
  EXPECT_EQ(streams::check_write(call, context, output).value(), 0u);
  auto pollable = streams::subscribe_output(call, context, output);
  for (int i = 0; i < 5; i++) EXPECT_FALSE(poll::ready(call, context, *pollable));
  std::string block(65536, 0);
  ASSERT_GT(::read(pipe.read_end, block.data(), block.size()), 0);
  poll::block(call, context, *pollable);
  EXPECT_TRUE(poll::ready(call, context, *pollable));
  EXPECT_GT(streams::check_write(call, context, output).value(), 0u);
}

TEST_P(StreamsTest, DroppedStreamDrainsWhatItAccepted) {
  Pipe pipe;
  const size_t filler = fill(pipe.write_end);
  std::string received;
  std::thread reader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    received = drain(pipe.read_end);
  });
  {
    DescriptorOutputStream output(loop, pipe.write_end);
    ASSERT_GT(streams::check_write(call, context, output).value(), 0u);
    ASSERT_TRUE(streams::write(call, context, output, bytes_of("last words")).ok());
  }
  pipe.close_write();
  reader.join();
  EXPECT_EQ(received.substr(filler), "last words");
}

TEST_P(StreamsTest, StreamDroppedWhileArmedLeavesNothingBehind) {
  Pipe pipe;
  {
    DescriptorInputStream input(loop, pipe.read_end);
    input.arm(loop);
    loop.tick(0);
  }
  loop.tick(0);
  while (loop.statistics().completions == 0) loop.tick(kForever);
  EXPECT_EQ(loop.statistics().completions, 1u);
}

TEST_P(StreamsTest, BlockingSpliceWaitsForBothEnds) {
  Pipe from, to;
  DescriptorInputStream input(loop, from.read_end);
  DescriptorOutputStream output(loop, to.write_end);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    from.put("spliced");
  });
  EXPECT_EQ(streams::blocking_splice(call, context, output, input, 100).value(), 7u);
  writer.join();
  to.close_write();
  EXPECT_EQ(drain(to.read_end), "spliced");
}

// No wait of a guest outlives its time, whichever function it is in.
TEST_P(StreamsTest, TheDeadlineOfTheCallEndsEveryWait) {
  Pipe empty, full, other;
  fill(full.write_end);
  DescriptorInputStream input(loop, empty.read_end);
  DescriptorOutputStream output(loop, full.write_end), free_output(loop, other.write_end);
  other.put("to be spliced");
  DescriptorInputStream ready_input(loop, other.read_end);
  const auto readable = streams::subscribe_input(call, context, input);
  const auto writable = streams::subscribe_output(call, context, output);
  Pollable* const both[] = {readable.get(), writable.get()};
  const std::pair<const char*, std::function<void(HostCall&)>> waits[] = {
      {"blocking-read", [&](HostCall& c) { streams::blocking_read(c, context, input, 1); }},
      {"blocking-skip", [&](HostCall& c) { streams::blocking_skip(c, context, input, 1); }},
      {"blocking-write-and-flush",
       [&](HostCall& c) {
         (void)streams::blocking_write_and_flush(c, context, output, bytes_of("x"));
       }},
      {"blocking-write-zeroes-and-flush",
       [&](HostCall& c) { (void)streams::blocking_write_zeroes_and_flush(c, context, output, 1); }},
      {"blocking-splice from what is empty",
       [&](HostCall& c) { (void)streams::blocking_splice(c, context, free_output, input, 1); }},
      {"blocking-splice to what is full",
       [&](HostCall& c) { (void)streams::blocking_splice(c, context, output, ready_input, 1); }},
      {"block", [&](HostCall& c) { poll::block(c, context, *readable); }},
      {"poll", [&](HostCall& c) { (void)poll::poll(c, context, both); }},
  };
  for (const auto& [name, wait] : waits) {
    HostCall waiting;
    loop.set_call_deadline(monotonic_now_ns() + 2'000'000);
    wait(waiting);
    EXPECT_EQ(waiting.code(), jit::TrapCode::kInterrupted) << name;
  }
  // Nor does dropping what has accepted bytes that nobody takes.
}

TEST_P(StreamsTest, PollReportsEveryReadyIndexAndDuplicates) {
  Pipe quiet, ready;
  ready.put("x");
  DescriptorInputStream first(loop, quiet.read_end), second(loop, ready.read_end);
  auto a = streams::subscribe_input(call, context, first);
  auto b = streams::subscribe_input(call, context, second);
  Pollable* const all[] = {a.get(), b.get(), a.get(), b.get()};
  auto indices = poll::poll(call, context, all);
  EXPECT_EQ(std::vector<uint32_t>(indices.begin(), indices.end()), (std::vector<uint32_t>{1, 3}));
  quiet.put("x");
  ASSERT_EQ(streams::read(call, context, second, 1).value().size(), 1u);
  indices = poll::poll(call, context, all);
  EXPECT_EQ(std::vector<uint32_t>(indices.begin(), indices.end()), (std::vector<uint32_t>{0, 2}));
  ASSERT_EQ(streams::read(call, context, first, 1).value().size(), 1u);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    ready.put("y");
  });
  indices = poll::poll(call, context, all);
  writer.join();
  EXPECT_EQ(std::vector<uint32_t>(indices.begin(), indices.end()), (std::vector<uint32_t>{1, 3}));
}

// What needs no kernel wait.
class PromptStreams : public ::testing::Test {
 protected:
  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  HostCall call;
};

TEST_F(PromptStreams, EmptyReadMeansNotReadyAndTheEndIsClosed) {
  Pipe pipe;
  DescriptorInputStream input(loop, pipe.read_end);
  EXPECT_EQ(streams::read(call, context, input, 0).value().size(), 0u);
  EXPECT_EQ(streams::read(call, context, input, 10).value().size(), 0u);
  pipe.put("abc");
  EXPECT_EQ(text_of(streams::read(call, context, input, 2).value()), "ab");
  EXPECT_EQ(streams::skip(call, context, input, 10).value(), 1u);
  pipe.close_write();
  for (uint64_t len : {10, 10, 0}) {
    auto result = streams::read(call, context, input, len);
    ASSERT_FALSE(result.ok());
    EXPECT_TRUE(result.error().is_closed());
  }
  EXPECT_TRUE(input.ready());
  EXPECT_FALSE(call.unwinding());
}

TEST_F(PromptStreams, ReadOfHugeLengthGivesWhatFits) {
  Pipe pipe;
  pipe.put("abc");
  DescriptorInputStream input(loop, pipe.read_end);
  EXPECT_EQ(text_of(streams::read(call, context, input, ~uint64_t{0}).value()), "abc");
}

TEST_F(PromptStreams, UnreadInputStaysInTheDescriptor) {
  Pipe pipe;
  pipe.put("abcdef");
  {
    DescriptorInputStream input(loop, pipe.read_end);
    auto pollable = streams::subscribe_input(call, context, input);
    EXPECT_TRUE(poll::ready(call, context, *pollable));
    EXPECT_EQ(text_of(streams::blocking_read(call, context, input, 2).value()), "ab");
  }
  pipe.close_write();
  EXPECT_EQ(drain(pipe.read_end), "cdef");
}

TEST_F(PromptStreams, WriteNeedsAPermit) {
  Pipe pipe;
  DescriptorOutputStream output(loop, pipe.write_end);
  streams::write(call, context, output, bytes_of("x"));
  ASSERT_TRUE(call.unwinding());
  EXPECT_NE(call.trap_message()->find("permit"), std::string::npos);

  HostCall second;
  const uint64_t permit = streams::check_write(second, context, output).value();
  std::vector<uint8_t> too_much(permit + 1);
  streams::write(second, context, output, too_much);
  EXPECT_TRUE(second.unwinding());

  HostCall third;  // one permit, one write
  ASSERT_GT(streams::check_write(third, context, output).value(), 0u);
  EXPECT_TRUE(streams::write(third, context, output, bytes_of("x")).ok());
  EXPECT_FALSE(third.unwinding());
  streams::write(third, context, output, bytes_of("x"));
  EXPECT_TRUE(third.unwinding());

  HostCall fourth;
  streams::write_zeroes(fourth, context, output, 1);
  EXPECT_TRUE(fourth.unwinding());
}

TEST_F(PromptStreams, BlockingWritesTakeAtMost4096Bytes) {
  Pipe pipe;
  DescriptorOutputStream output(loop, pipe.write_end);
  const std::string most(4096, 'm');
  EXPECT_TRUE(streams::blocking_write_and_flush(call, context, output, bytes_of(most)).ok());
  EXPECT_TRUE(streams::blocking_write_zeroes_and_flush(call, context, output, 4096).ok());
  EXPECT_FALSE(call.unwinding());
  HostCall second, third;
  streams::blocking_write_and_flush(second, context, output, bytes_of(most + "."));
  EXPECT_TRUE(second.unwinding());
  streams::blocking_write_zeroes_and_flush(third, context, output, 4097);
  EXPECT_TRUE(third.unwinding());
  pipe.close_write();
  EXPECT_EQ(drain(pipe.read_end), most + std::string(4096, '\0'));
}

TEST_F(PromptStreams, OutputIsThereWhenTheCallReturns) {
  Pipe pipe;
  DescriptorOutputStream output(loop, pipe.write_end);
  ASSERT_GT(streams::check_write(call, context, output).value(), 0u);
  ASSERT_TRUE(streams::write(call, context, output, bytes_of("prompt> ")).ok());
  char buffer[8];
  EXPECT_EQ(::read(pipe.read_end, buffer, sizeof buffer), 8);
}

TEST_F(PromptStreams, ClosedPipeIsClosedAndRaisesNoSignal) {
  struct sigaction before;
  struct sigaction deadly {};
  deadly.sa_handler = SIG_DFL;
  ::sigaction(SIGPIPE, &deadly, &before);
  Pipe pipe;
  pipe.close_read();
  DescriptorOutputStream output(loop, pipe.write_end);
  auto written = streams::blocking_write_and_flush(call, context, output, bytes_of("x"));
  ASSERT_FALSE(written.ok());
  EXPECT_TRUE(written.error().is_closed());
  EXPECT_FALSE(streams::check_write(call, context, output).ok());
  EXPECT_FALSE(streams::flush(call, context, output).ok());
  EXPECT_TRUE(output.ready());
  EXPECT_FALSE(call.unwinding());
  ::sigaction(SIGPIPE, &before, nullptr);
}

TEST_F(PromptStreams, ADirectoryAsInputFailsOnceAndIsThenClosed) {
  const int directory = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DescriptorInputStream input(loop, directory);
  auto first = streams::blocking_read(call, context, input, 10);
  ASSERT_FALSE(first.ok());
  ASSERT_FALSE(first.error().is_closed());
  auto& failure = *std::get<0>(first.error().value);
  EXPECT_EQ(failure.error_number(), EISDIR);
  EXPECT_EQ(failure.origin(), ErrorOrigin::kFilesystem);
  EXPECT_NE(error::to_debug_string(call, context, failure).find("directory"), std::string::npos);
  auto second = streams::blocking_read(call, context, input, 10);
  EXPECT_TRUE(second.error().is_closed());
  ::close(directory);
}

TEST_F(PromptStreams, ARegularFileIsAlwaysReady) {
  wisp::testing::TemporaryDirectory directory;
  directory.write("input", "line\n");
  const int file = ::open((directory / "input").c_str(), O_RDONLY | O_CLOEXEC);
  DescriptorInputStream input(loop, file);
  EXPECT_TRUE(input.ready());
  EXPECT_EQ(text_of(streams::read(call, context, input, 100).value()), "line\n");
  EXPECT_TRUE(streams::read(call, context, input, 100).error().is_closed());
  ::close(file);
}

TEST_F(PromptStreams, SpliceMovesTheSmallerOfPermitAndLength) {
  Pipe from, to;
  from.put("0123456789");
  DescriptorInputStream input(loop, from.read_end);
  DescriptorOutputStream output(loop, to.write_end);
  EXPECT_EQ(streams::splice(call, context, output, input, 4).value(), 4u);
  EXPECT_EQ(streams::splice(call, context, output, input, 0).value(), 0u);
  EXPECT_EQ(streams::splice(call, context, output, input, ~uint64_t{0}).value(), 6u);
  EXPECT_EQ(streams::splice(call, context, output, input, 1).value(), 0u);
  from.close_write();
  EXPECT_TRUE(streams::splice(call, context, output, input, 1).error().is_closed());
  to.close_write();
  EXPECT_EQ(drain(to.read_end), "0123456789");
}

TEST_F(PromptStreams, EmptyPollListTraps) {
  poll::poll(call, context, {});
  ASSERT_TRUE(call.unwinding());
  EXPECT_EQ(*call.trap_message(), "empty poll list");
}

}  // namespace
}  // namespace wisp::wasi
