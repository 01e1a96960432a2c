// Runs the cases of the guests (tests/wasi/cases.txt and others) with the program, on both
// backends.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/guest_cases.h"
#include "tests/support/native_socket.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

std::string file_of(const std::string& guest) {
  return WISP_SOURCE_DIR "/tests/guests/" + guest + ".wasm";
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

void make_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(path.size(), sizeof address.sun_path);
  path.copy(address.sun_path, path.size());
  const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  close(descriptor);
}

// What the guest finds, and cannot make itself: links out of the sandbox, names that are not UTF-8.
void make_fixture(const std::string& base) {
  const std::string work = base + "/work";
  const std::string read_only = base + "/ro";
  const std::string outside = base + "/outside-the-walls";
  for (const std::string& directory :
       {work, read_only, read_only + "/sub", outside, work + "/not-utf8"}) {
    std::filesystem::create_directory(directory);
  }
  write_file(outside + "/secret", "secret");
  write_file(read_only + "/file", "read only\n");
  write_file(work + "/not-utf8/\xff\xfe", "");
  ASSERT_EQ(mkfifo((work + "/fifo").c_str(), 0600), 0);
  make_socket(work + "/socket");
  const std::pair<std::string, std::string> links[] = {
      {"file", read_only + "/link"},
      {outside, work + "/outside"},
      {"../outside-the-walls", work + "/outside-relative"},
      {"../outside-the-walls/secret", work + "/secret-link"},
      {"loop-b", work + "/loop-a"},
      {"loop-a", work + "/loop-b"},
      {"nowhere", work + "/dangling"},
      {"/etc/passwd", work + "/absolute"},
      {"\xff\xfe", work + "/not-utf8-target"},
  };
  for (const auto& [target, path] : links) ASSERT_EQ(symlink(target.c_str(), path.c_str()), 0);
}

std::vector<std::string> directory_options(Preopens preopens, const std::string& base) {
  switch (preopens) {
    case Preopens::kNone:
      return {};
    case Preopens::kAliased:
      return {"--dir", base + "/work::/a", "--dir", base + "/work::/b"};
    case Preopens::kWorkAndReadOnly:
      return {"--dir", base + "/work::/work", "--dir-ro", base + "/ro::/ro"};
  }
  return {};
}

struct Parameter {
  GuestCase guest_case;
  std::string io;
  size_t number;
};

// Else its bytes become part of the test's name.
void PrintTo(const Parameter& parameter, std::ostream* out) { *out << parameter.guest_case.name; }

class Guest : public ::testing::TestWithParam<Parameter> {};

TEST_P(Guest, EndsAsItMust) {
  const GuestCase& guest_case = GetParam().guest_case;
  const testing::TemporaryDirectory scratch;
  make_fixture(scratch.path());

  Invocation invocation;
  // The unstable functions are imported by every case, since all are one component.
  invocation.command = {kProgram, "run", "--io=" + GetParam().io, "-S", "clocks-timezone"};
  const auto append = [&](const std::vector<std::string>& more) {
    invocation.command.insert(invocation.command.end(), more.begin(), more.end());
  };
  append(directory_options(guest_case.preopens, scratch.path()));
  append(guest_case.options);
  append({file_of(guest_case.guest), guest_case.name});
  append(guest_case.arguments);
  std::optional<ResettingPeer> peer;
  if (guest_case.needs_resetting_peer) append({std::to_string(peer.emplace().port())});
  invocation.environment = guest_case.environment;
  invocation.input_kind = guest_case.input_kind;
  invocation.input = guest_case.input;
  invocation.output_kind = guest_case.output_kind;

  const Completed completed = run_program(invocation);
  EXPECT_EQ(completed.status, guest_case.status) << completed.errors;
  if (guest_case.output) {
    EXPECT_EQ(completed.output, *guest_case.output);
  }
  if (guest_case.output_size) {
    EXPECT_EQ(completed.output.size(), *guest_case.output_size);
  }
  EXPECT_NE(completed.errors.find(guest_case.errors), std::string::npos) << completed.errors;
  EXPECT_NE(completed.errors.find(guest_case.trap), std::string::npos) << completed.errors;
  // One secret that no case may see.
  EXPECT_EQ(completed.output.find("secret"), std::string::npos);
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> all;
  size_t number = 0;
  for (const GuestCase& guest_case : read_all_guest_cases()) {
    for (const char* io : {"uring", "epoll"}) all.push_back({guest_case, io, number});
    number++;
  }
  return all;
}

std::string name_of(const ::testing::TestParamInfo<Parameter>& info) {
  std::string name;
  for (const char character : info.param.guest_case.name)
    name += character == '-' ? '_' : character;
  return name + "_" + std::to_string(info.param.number) + "_" + info.param.io;
}

INSTANTIATE_TEST_SUITE_P(Cases, Guest, ::testing::ValuesIn(parameters()), name_of);

TEST(GuestCases, EveryCaseOfAGuestIsRun) {
  for (const CaseList& list : kCaseLists) {
    Invocation invocation;
    invocation.command = {kProgram, "run", "-S", "clocks-timezone", file_of(list.guest), "--list"};
    const Completed completed = run_program(invocation);
    ASSERT_EQ(completed.status, 0) << completed.errors;
    std::istringstream names(completed.output);
    std::string name;
    size_t count = 0;
    const std::vector<GuestCase> cases = read_guest_cases(list);
    while (std::getline(names, name)) {
      const bool listed = std::any_of(cases.begin(), cases.end(), [&](const GuestCase& guest_case) {
        return guest_case.name == name;
      });
      EXPECT_TRUE(listed || name.starts_with("peer-")) << name << " is not in " << list.path;
      count++;
    }
    EXPECT_GT(count, 50u) << list.guest;
  }
}

// Each function of preview 1 with each pointer that leads out of the memory, or is not aligned.
class Preview1Pointers : public ::testing::TestWithParam<const char*> {};

TEST_P(Preview1Pointers, Trap) {
  const std::string kind = GetParam();
  const auto run = [&](const std::string& number) {
    const testing::TemporaryDirectory scratch;
    make_fixture(scratch.path());
    Invocation invocation;
    invocation.command = {kProgram, "run", "--env=A=1"};
    for (const std::string& option : directory_options(Preopens::kWorkAndReadOnly, scratch.path()))
      invocation.command.push_back(option);
    for (const std::string& argument : {file_of("preview1"), std::string("traps"), kind, number})
      if (!argument.empty()) invocation.command.push_back(argument);
    return run_program(invocation);
  };
  const size_t count = std::stoul(run("").output);
  std::set<std::string> trapped;
  for (size_t i = 0; i < count; i++) {
    const Completed completed = run(std::to_string(i));
    EXPECT_EQ(completed.status, 134) << i << ": " << completed.errors;
    const std::regex message("wasm trap: wasi_snapshot_preview1\\.(\\w+): pointer (out of|not)");
    std::smatch match;
    ASSERT_TRUE(std::regex_search(completed.errors, match, message)) << i << completed.errors;
    trapped.insert(match[1]);
  }
  // All but those that take numbers only, and those of sockets, which nothing has.
  EXPECT_EQ(trapped.size(), kind == "outside" ? 29u : 20u);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Preview1Pointers, ::testing::Values("outside", "unaligned"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace wisp::test
