// wisp doctor: as the machine is, and as it would be with less.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include <cerrno>
#include <map>
#include <sstream>

#include "tests/support/child_process.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

struct Finding {
  std::string what;
  std::string consequence;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Its lines by their subject.
std::map<std::string, Finding> examine(std::function<bool()> restrict_child = nullptr) {
  Invocation invocation;
  invocation.command = {kProgram, "doctor"};
  invocation.restrict_child = std::move(restrict_child);
  const Completed completed = run_program(invocation);
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_EQ(completed.errors, "");
  constexpr size_t kColumn = 15;
  std::map<std::string, Finding> findings;
  std::istringstream lines(completed.output);
  std::string line, subject;
  while (std::getline(lines, line)) {
    EXPECT_GT(line.size(), kColumn) << line;
    if (line.size() <= kColumn) break;
    if (line[0] == ' ') {
      EXPECT_EQ(line.substr(kColumn, 3), "-> ") << line;
      findings[subject].consequence = line.substr(kColumn + 3);
      continue;
    }
    subject = line.substr(0, kColumn);
    subject.erase(subject.find_last_not_of(' ') + 1);
    EXPECT_FALSE(findings.contains(subject)) << subject;
    findings[subject].what = line.substr(kColumn);
  }
  return findings;
}

TEST(Doctor, LooksAtEverything) {
  auto findings = examine();
  EXPECT_TRUE(findings["kernel"].what.starts_with("Linux ")) << findings["kernel"].what;
  for (const char* subject : {"io_uring", "openat2", "memory", "address space", "mappings",
                              "locked memory", "open files", "processor"}) {
    EXPECT_FALSE(findings[subject].what.empty()) << subject;
    EXPECT_FALSE(findings[subject].consequence.empty()) << subject;
  }
  EXPECT_EQ(findings.size(), 9u);
}

TEST(Doctor, SaysWhatARingCanDo) {
  const Finding found = examine()["io_uring"];
  if (found.what.starts_with("refused: ")) GTEST_SKIP() << found.what;
  for (const char* operation : {"poll", "read", "write", "cancel"})
    EXPECT_TRUE(contains(found.what, operation)) << found.what;
  EXPECT_EQ(found.consequence, "I/O goes by it, unless --io=epoll is given");
}

TEST(Doctor, SaysWhyThereIsNoRing) {
  for (const auto& [error, reason] :
       {std::pair{EPERM, "a seccomp profile or kernel.io_uring_disabled forbids it"},
        std::pair{ENOSYS, "the kernel has no io_uring, or a seccomp profile hides it"}}) {
    const Finding found = examine(
        [error = error] { return testing::refuse_calls({SYS_io_uring_setup}, error); })["io_uring"];
    EXPECT_EQ(found.what.find(std::string("refused: ") + reason), 0u) << found.what;
    EXPECT_TRUE(contains(found.consequence, "epoll")) << found.consequence;
  }
}

TEST(Doctor, SaysWhoResolvesPaths) {
  EXPECT_EQ(examine()["openat2"].what, "works");
  const Finding found =
      examine([] { return testing::refuse_calls({SYS_openat2}, ENOSYS); })["openat2"];
  EXPECT_TRUE(found.what.starts_with("refused")) << found.what;
  EXPECT_TRUE(contains(found.consequence, "component by component")) << found.consequence;
}

#ifndef WISP_SANITIZED  // sanitizers need more address space than that
bool limit(__rlimit_resource resource, rlim_t value) {
  const rlimit both{value, value};
  return setrlimit(resource, &both) == 0;
}

TEST(Doctor, SaysWhatLimitsLeave) {
  auto findings = examine([] {
    return limit(RLIMIT_NOFILE, 512) && limit(RLIMIT_MEMLOCK, 65536) &&
           limit(RLIMIT_AS, rlim_t{64} << 30);
  });
  EXPECT_EQ(findings["open files"].what, "512 (RLIMIT_NOFILE)");
  EXPECT_EQ(findings["open files"].consequence, "a guest may keep 384 open");
  EXPECT_EQ(findings["locked memory"].what, "64 KiB (RLIMIT_MEMLOCK)");
  EXPECT_EQ(findings["address space"].what, "64 GiB");
  EXPECT_TRUE(findings["address space"].consequence.starts_with("room for 5 linear memories"))
      << findings["address space"].consequence;
}

TEST(Doctor, SaysWhereNoGuestRuns) {
  const Finding found = examine([] { return limit(RLIMIT_AS, rlim_t{4} << 30); })["address space"];
  EXPECT_EQ(found.what, "4 GiB");
  EXPECT_TRUE(found.consequence.starts_with("no guest with a memory can run")) << found.consequence;
}
#endif

}  // namespace
}  // namespace wisp::test
