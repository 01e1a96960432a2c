// docs/seccomp.json, the profile for containers: all that Wisp calls is in it. What is not kills.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/child_process.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

// From the header that the libc was built with: `#define __NR_read 0`.
std::map<std::string, int> call_numbers() {
  std::map<std::string, int> numbers;
  for (const char* path : {"/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
                           "/usr/include/aarch64-linux-gnu/asm/unistd_64.h"}) {
    std::ifstream file(path);
    std::string define, name;
    int number = 0;
    while (file >> define) {
      if (define == "#define" && file >> name && name.starts_with("__NR_")) {
        if (file >> number) numbers[name.substr(5)] = number;
        file.clear();
      }
    }
    if (!numbers.empty()) break;
  }
  return numbers;
}

std::vector<std::string> names_of_profile() {
  std::ifstream file(WISP_SOURCE_DIR "/docs/seccomp.json");
  const nlohmann::json profile = nlohmann::json::parse(file);
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_ERRNO");
  std::vector<std::string> names;
  for (const auto& group : profile["syscalls"]) {
    EXPECT_EQ(group["action"], "SCMP_ACT_ALLOW");
    for (const auto& name : group["names"]) names.push_back(name);
  }
  return names;
}

class Seccomp : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef WISP_SANITIZED
    GTEST_SKIP() << "sanitizers call more";
#endif
    const std::map<std::string, int> numbers = call_numbers();
    if (numbers.empty()) GTEST_SKIP() << "the numbers of system calls are not known here";
    for (const std::string& name : names_of_profile()) {
      if (numbers.contains(name)) allowed_.push_back(numbers.at(name));
    }
    ASSERT_GT(allowed_.size(), 100u);
  }

  Completed run(std::vector<std::string> arguments) {
    Invocation invocation;
    invocation.command = std::move(arguments);
    invocation.command.insert(invocation.command.begin(), kProgram);
    invocation.restrict_child = [this] { return testing::kill_other_calls_than(allowed_); };
    return run_program(invocation);
  }

  std::vector<int> allowed_;
};

TEST_F(Seccomp, NamesCallsOnce) {
  std::set<std::string> seen;
  for (const std::string& name : names_of_profile()) EXPECT_TRUE(seen.insert(name).second) << name;
}

// That the filter is one.
TEST_F(Seccomp, KillsWhatIsNotListed) {
  std::erase(allowed_, SYS_write);
  EXPECT_EQ(run({"--version"}).status, 128 + SIGSYS);
}

TEST_F(Seccomp, IsEnoughForGuests) {
  const std::string guest = WISP_SOURCE_DIR "/tests/guests/probe.wasm";
  for (const char* io : {"--io=uring", "--io=epoll"}) {
    EXPECT_EQ(run({"run", io, WISP_SOURCE_DIR "/examples/hello.wasm"}).status, 0);
    for (const char* name : {"random", "poll-waits", "file-streams", "links", "times", "sync"}) {
      const testing::TemporaryDirectory scratch;
      std::filesystem::create_directory(scratch / "work");
      std::filesystem::create_directory(scratch / "ro");
      const Completed completed = run({"run", io, "-S", "clocks-timezone", "-W", "timeout=50s",
                                       "--dir", scratch.path() + "/work::/work", "--dir-ro",
                                       scratch.path() + "/ro::/ro", guest, name});
      EXPECT_NE(completed.status, 128 + SIGSYS) << io << " " << name;
      EXPECT_EQ(completed.status, 0) << io << " " << name << "\n" << completed.errors;
    }
  }
}

TEST_F(Seccomp, IsEnoughForSockets) {
  for (const char* io : {"--io=uring", "--io=epoll"}) {
    for (const char* name : {"tcp-echo", "tcp-options", "tcp-splice", "udp-many", "udp-options"}) {
      const Completed completed = run({"run", io, "-S", "inherit-network,network-error-code",
                                       WISP_SOURCE_DIR "/tests/guests/sockets.wasm", name});
      EXPECT_EQ(completed.status, 0) << io << " " << name << "\n" << completed.errors;
    }
    // Whoever answers, somebody is asked.
    const Completed completed =
        run({"run", io, "-S", "allow-ip-name-lookup", WISP_SOURCE_DIR "/tests/guests/names.wasm",
             "resolve", "localhost", "host.invalid"});
    EXPECT_EQ(completed.status, 0) << io << "\n" << completed.errors;
  }
}

TEST_F(Seccomp, IsEnoughForTheDoctor) {
  const Completed completed = run({"doctor"});
  EXPECT_EQ(completed.status, 0);
  EXPECT_EQ(completed.output, wisp({"doctor"}).output);
}

}  // namespace
}  // namespace wisp::test
