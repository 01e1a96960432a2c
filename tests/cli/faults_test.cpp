// Faults of the system around a guest (tests/guests/faults.rs), on io_uring and on epoll: a full
// disk, no descriptors left, signals in the middle of system calls, readers that are slow or gone.
// No hang, and no byte that was accepted is lost.
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <csignal>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::cli {
namespace {

using test::Completed;
using test::Input;
using test::Invocation;
using test::Output;
using test::RunningProgram;

constexpr size_t kMuch = 16 << 20;

// As in the guest.
char byte_at(size_t position) {
  return static_cast<char>(static_cast<uint32_t>(position) * 2654435761u >> 11);
}
// What is not as it must be, from this position on; nothing if all is.
std::optional<size_t> first_difference(const std::string& data, size_t start) {
  for (size_t i = 0; i < data.size(); i++) {
    if (data[i] != byte_at(start + i)) return start + i;
  }
  return {};
}

size_t resident_kib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  }
  return 0;
}

class Faults : public ::testing::TestWithParam<const char*> {
 protected:
  // `before` is shell code for what the program is to meet.
  Invocation guest(std::vector<std::string> arguments, const std::string& before = ":") {
    Invocation invocation;
    invocation.command = {"/bin/sh",
                          "-c",
                          before + "; exec \"$0\" \"$@\"",
                          test::kProgram,
                          "run",
                          std::string("--io=") + GetParam(),
                          "--dir",
                          directory.path() + "::/work",
                          WISP_SOURCE_DIR "/tests/guests/faults.wasm"};
    invocation.command.insert(invocation.command.end(), arguments.begin(), arguments.end());
    return invocation;
  }

  wisp::testing::TemporaryDirectory directory;
};

TEST_P(Faults, AFullDiskIsAnErrorAndNothingIsLost) {
  Invocation probe;
  probe.command = {"/usr/bin/unshare", "--mount", "mount", "-t", "tmpfs", "none", directory.path()};
  if (test::run_program(probe).status != 0) GTEST_SKIP() << "may not mount anything";
  Invocation invocation =
      guest({"fill", "/work/file"}, "mount -t tmpfs -o size=200k none " + directory.path());
  invocation.command.insert(invocation.command.begin(), {"/usr/bin/unshare", "--mount"});
  const Completed completed = test::run_program(invocation);
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_EQ(completed.output,
            "204800 bytes, then: I/O error (os error 29)\n"
            "204800 bytes, then: I/O error (os error 29)\n");
}

TEST_P(Faults, ALimitOfFileSizesIsAFullDiskToo) {
  const Completed completed = test::run_program(guest({"fill", "/work/file"}, "ulimit -f 10"));
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_TRUE(std::regex_match(completed.output, std::regex("([0-9]+ bytes, then: .*\n){2}")))
      << completed.output;
}

TEST_P(Faults, NoDescriptorsLeftIsAnErrorThatPasses) {
  for (const char* limit : {"ulimit -n 40", "ulimit -n 300"}) {
    const Completed completed = test::run_program(guest({"open-many", "/work/file"}, limit));
    EXPECT_EQ(completed.status, 0) << limit << ": " << completed.errors;
    EXPECT_EQ(completed.output,
              "Out of memory (os error 48)\n"
              "Out of memory (os error 48)\n"
              "Out of memory (os error 48)\n");
  }
}

// A reader that takes its time: all arrives, and the host keeps no more than a stream may.
TEST_P(Faults, ASlowReaderGetsEverything) {
  RunningProgram writer(guest({"write-much", std::to_string(kMuch)}));
  size_t position = 0;
  size_t at_first_kib = 0;
  for (std::string part; !(part = writer.read_some(4096)).empty(); position += part.size()) {
    ASSERT_EQ(first_difference(part, position), std::nullopt);
    if (position % (1 << 20) != 0) continue;
    if (at_first_kib == 0) at_first_kib = resident_kib(writer.id());
    EXPECT_LT(resident_kib(writer.id()), at_first_kib + 2048);
  }
  EXPECT_EQ(position, kMuch);
  const Completed completed = writer.finish();
  EXPECT_EQ(completed.status, 0) << completed.errors;
}

TEST_P(Faults, AReaderThatIsGoneIsAnErrorAndNoSignal) {
  Invocation invocation = guest({"write-much", std::to_string(kMuch)});
  invocation.output_kind = Output::kClosed;
  const Completed completed = test::run_program(invocation);
  EXPECT_EQ(completed.status, 1);
  EXPECT_EQ(completed.errors, "Broken pipe (os error 64)\n");
}

// Stops and continues, which interrupts whatever system call waits.
TEST_P(Faults, InterruptedCallsGoOn) {
  Invocation invocation = guest({"copy"});
  invocation.input_kind = Input::kText;
  for (size_t i = 0; i < kMuch / 4; i++) invocation.input.push_back(byte_at(i));
  RunningProgram copier(invocation);
  size_t position = 0;
  for (std::string part; !(part = copier.read_some(20'000)).empty(); position += part.size()) {
    ASSERT_EQ(first_difference(part, position), std::nullopt);
    kill(copier.id(), SIGSTOP);
    kill(copier.id(), SIGCONT);
  }
  EXPECT_EQ(position, invocation.input.size());
  const Completed completed = copier.finish();
  EXPECT_EQ(completed.status, 0) << completed.errors;
}

INSTANTIATE_TEST_SUITE_P(Each, Faults, ::testing::Values("uring", "epoll"),
                         [](const ::testing::TestParamInfo<const char*>& each) {
                           return std::string(each.param);
                         });

}  // namespace
}  // namespace wisp::cli
