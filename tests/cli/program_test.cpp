// The program as its users see it: usage, exit status, errors, and what it needs at run time.
#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <regex>

#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

const std::string kHello = WISP_SOURCE_DIR "/examples/hello.wasm";
const std::string kProbe = WISP_SOURCE_DIR "/tests/guests/probe.wasm";

std::vector<std::string> probe(const std::string& name, std::vector<std::string> options = {}) {
  options.insert(options.begin(), {"run", "-S", "clocks-timezone"});
  options.insert(options.end(), {kProbe, name});
  return options;
}

TEST(Program, RunsHello) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"run", kHello}, std::vector<std::string>{kHello}}) {
    const Completed completed = wisp(arguments);
    EXPECT_EQ(completed.status, 0);
    EXPECT_EQ(completed.output, "Hello, world!\n");
    EXPECT_EQ(completed.errors, "");
  }
}

TEST(Program, RunsHelloWithBothBackends) {
  for (const char* io : {"--io=auto", "--io=uring", "--io=epoll"}) {
    EXPECT_EQ(wisp({"run", io, kHello}).output, "Hello, world!\n") << io;
  }
}

TEST(Program, StreamsMayBeKeptFromTheGuest) {
  Invocation invocation;
  invocation.command = probe("stdin-end", {"-S", "inherit-stdin=n"});
  invocation.command.insert(invocation.command.begin(), kProgram);
  invocation.input_kind = Input::kText;
  invocation.input = "not for the guest";
  EXPECT_EQ(run_program(invocation).output, "ok\n");

  const Completed silent = wisp({"run", "-S", "inherit-stdout=n", kHello});
  EXPECT_EQ(silent.status, 0);
  EXPECT_EQ(silent.output, "");
  // Errors of the program are no output of the guest.
  const std::string trapping = WISP_SOURCE_DIR "/tests/guests/traps.wasm";
  EXPECT_NE(wisp({"run", "-S", "inherit-stderr=n", trapping}).errors, "");
}

TEST(Program, ALimitMayBeZero) {
  for (const auto& [option, text] : {std::pair{"-Wmax-memory-size=0", "limit"},
                                     {"-Wmax-table-elements=0", "limit"},
                                     {"-Wtimeout=0", "interrupt"},
                                     {"-Smax-resources=0", "resource"},
                                     {"-Shostcall-fuel=0", "hostcall-fuel"}}) {
    const Completed completed = wisp({"run", option, kHello});
    EXPECT_NE(completed.status, 0) << option;
    EXPECT_EQ(completed.output, "") << option;
    EXPECT_NE(completed.errors.find(text), std::string::npos) << completed.errors;
  }
}

TEST(Program, SaysVersionAndHelp) {
  EXPECT_EQ(wisp({"--version"}).output, "wisp 0.1.0\n");
  const Completed help = wisp({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_TRUE(help.output.starts_with("Wisp runs WebAssembly components.\n"));
}

TEST(Program, WrongUsageIsOneLineAndStatusTwo) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, std::vector<std::string>{"run"},
        std::vector<std::string>{"run", "--frob", kHello},
        std::vector<std::string>{"run", "-W", "timeout=soon", kHello},
        std::vector<std::string>{"run", "--allow-net=http://example.com", kHello},
        std::vector<std::string>{"run", "--allow-listen=example.com:80", kHello}}) {
    const Completed completed = wisp(arguments);
    EXPECT_EQ(completed.status, 2);
    EXPECT_EQ(completed.output, "");
    EXPECT_EQ(std::count(completed.errors.begin(), completed.errors.end(), '\n'), 1)
        << completed.errors;
    EXPECT_TRUE(completed.errors.starts_with("wisp: error: ")) << completed.errors;
  }
}

TEST(Program, AMissingFileIsAnError) {
  const Completed completed = wisp({"run", "/nonexistent/file.wasm"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_EQ(
      completed.errors,
      "wisp: error: /nonexistent/file.wasm: cannot open the file: No such file or directory\n");
}

TEST(Program, AMissingDirectoryIsAnError) {
  const Completed completed = wisp({"run", "--dir", "/nonexistent", kHello});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(
      completed.errors.find("cannot open the directory `/nonexistent`: No such file or directory"),
      std::string::npos);
}

TEST(Program, ACoreModuleThatIsNoCommandIsRefused) {
  const testing::TemporaryDirectory directory;
  directory.write("core.wasm", std::string("\0asm\1\0\0\0", 8));
  const Completed completed = wisp({"run", directory / "core.wasm"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find("it does not export `_start`; it exports no functions"),
            std::string::npos)
      << completed.errors;
}

TEST(Program, AComponentThatIsNoCommandIsRefused) {
  const testing::TemporaryDirectory directory;
  directory.write("empty.wasm", std::string("\0asm\x0d\0\1\0", 8));
  const Completed completed = wisp({"run", directory / "empty.wasm"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find("it does not export wasi:cli/run@0.2; it exports nothing"),
            std::string::npos)
      << completed.errors;
}

TEST(Program, ATrapShowsTheReasonAndABacktrace) {
  const Completed completed = wisp(probe("unreachable"));
  EXPECT_EQ(completed.status, 134);
  EXPECT_TRUE(std::regex_search(completed.errors,
                                std::regex("wisp: error: .*probe.wasm: wasm trap: unreachable\n"
                                           "  wasm backtrace, innermost first:\n"
                                           "   0: 0x[0-9a-f]+ - .+!.+\n"
                                           "(   ?[0-9]+: 0x[0-9a-f]+ - .+!.+\n)+")))
      << completed.errors;
}

TEST(Program, ABacktraceNamesFunctions) {
  const Completed completed = wisp({"run", WISP_SOURCE_DIR "/tests/guests/traps.wasm"});
  EXPECT_EQ(completed.status, 134);
  EXPECT_TRUE(std::regex_search(completed.errors,
                                std::regex("wisp: error: .*traps.wasm: wasm trap: unreachable\n"
                                           "  wasm backtrace, innermost first:\n"
                                           "   0: 0x[0-9a-f]+ - traps!inner\n"
                                           "   1: 0x[0-9a-f]+ - traps!core::outer\n"
                                           "   2: 0x[0-9a-f]+ - traps!std::env::args\n"
                                           "   3: 0x[0-9a-f]+ - traps!foo::bar\\(int\\)\n"
                                           "   4: 0x[0-9a-f]+ - traps!<wasm function 4>\n$")))
      << completed.errors;
}

// Names of the guest that would change colours or titles, or forge lines.
TEST(Program, NamesOfTheGuestDoNotReachTheTerminalAsTheyAre) {
  const std::string file = WISP_SOURCE_DIR "/tests/guests/escapes.wasm";
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"run", file},
                                                    {"inspect", file},
                                                    {"run", "--invoke", "x\x1b[31m", file},
                                                    {"wit", file},
                                                    {"run", "\x1b[31m\n"},
                                                    {"\x1b", "--\x1b[2J\n"},
                                                    {"--\x1b[2J"},
                                                    {"-W", "\x1b=1", file}}) {
    const Completed completed = wisp(arguments);
    for (const std::string& text : {completed.output, completed.errors}) {
      EXPECT_EQ(text.find_first_of("\x1b\x07\x7f"), std::string::npos) << text;
      EXPECT_EQ(text.find("\u202e"), std::string::npos) << text;
      EXPECT_EQ(text.find("\nforged"), std::string::npos) << text;
    }
  }
  const Completed completed = wisp({"run", file});
  EXPECT_EQ(completed.status, 134);
  EXPECT_NE(completed.errors.find(" - \\u{1b}]0;title\\u{7}!\\u{1b}[31mred\\u{a}forged\\u{202e}\n"),
            std::string::npos)
      << completed.errors;
}

// The guest's file must not get the number of a stream that is closed, and with it the output.
TEST(Program, ClosedStreamsAreNobodysFiles) {
  const testing::TemporaryDirectory directory;
  for (const std::vector<int>& closed :
       {std::vector<int>{0}, std::vector<int>{1}, std::vector<int>{2}, std::vector<int>{1, 2},
        std::vector<int>{0, 1, 2}}) {
    Invocation invocation;
    invocation.command = {kProgram, "run", "-Sclocks-timezone", "--dir"};
    invocation.command.insert(invocation.command.end(),
                              {directory.path() + "::/work", kProbe, "print-while-writing"});
    invocation.closed = closed;
    const Completed completed = run_program(invocation);
    EXPECT_EQ(completed.status, 0) << completed.errors;
    EXPECT_EQ(directory.read("file"), "content");
    const auto is_open = [&](int descriptor) {
      return std::find(closed.begin(), closed.end(), descriptor) == closed.end();
    };
    EXPECT_EQ(completed.output, is_open(1) ? "to stdout\nok\n" : "");
    EXPECT_EQ(completed.errors, is_open(2) ? "to stderr\n" : "");
  }
}

TEST(Program, AClosedInputIsAtItsEnd) {
  Invocation invocation;
  invocation.command = {kProgram, "run", "-Sclocks-timezone", kProbe, "print-input"};
  invocation.closed = {0};
  EXPECT_EQ(run_program(invocation).output, "\"\"\nok\n");
}

TEST(Program, WhatTheGuestSeesIsUtf8OrRefused) {
  const testing::TemporaryDirectory directory;
  directory.write("caf\xe9.wasm", std::string("\0asm\x0d\0\1\0", 8));
  const std::string file = directory / "caf\xe9.wasm";
  const std::string shown = directory / "caf\\xe9.wasm";
  struct Case {
    std::vector<std::string> arguments;
    int status;
    std::string errors;
  };
  const Case cases[] = {
      {{kHello, "a", "b\xff"}, 1, kHello + ": argument 2 of the guest, `b\\xff`, is not UTF-8"},
      {{file}, 1, shown + ": argument 0 of the guest, `caf\\xe9.wasm`, is not UTF-8"},
      {{"--argv0", "\xff", kHello}, 2, "argument 0 of the guest, `\\xff`, is not UTF-8"},
      {{"--dir", "\xff", kHello}, 2, "the guest's name of the directory, `\\xff`, is not UTF-8"},
      {{"--env", "A=\xff", kHello}, 2, "the environment variable `A` is not UTF-8"},
      {{"--env", "\xff=A", kHello}, 2, "the environment variable `\\xff` is not UTF-8"},
      {{"-Scwd=\xff", kHello}, 2, "the directory to start in, `\\xff`, is not UTF-8"},
      {{"--invoke", "f(\"\xff\")", kHello}, 1, kHello + ": the call is not UTF-8"},
  };
  for (const Case& each : cases) {
    const Completed completed = wisp(each.arguments);
    EXPECT_EQ(completed.status, each.status);
    const std::string hint = each.status == 2 ? " (see wisp --help)" : "";
    EXPECT_EQ(completed.errors, "wisp: error: " + each.errors + hint + "\n");
  }
  EXPECT_EQ(wisp({"--argv0", "a", file}).errors.find("UTF-8"), std::string::npos);
  EXPECT_EQ(wisp({"--dir", directory / "\xff" + std::string("::/work"), kHello}).errors,
            "wisp: error: " + kHello + ": cannot open the directory `" + directory / "\\xff" +
                "`: No such file or directory\n");
}

TEST(Program, ADashIsStandardInput) {
  Invocation invocation;
  invocation.command = {"/bin/sh", "-c", "cat \"$1\" | \"$0\" run - a b", kProgram, kHello};
  EXPECT_EQ(run_program(invocation).output, "Hello, world!\n");
  invocation.command = {"/bin/sh", "-c", "\"$0\" -Sclocks-timezone - print-arguments < \"$1\"",
                        kProgram, kProbe};
  EXPECT_EQ(run_program(invocation).output, "[\"-\", \"print-arguments\"]\nok\n");
  for (const char* command : {"validate", "wit", "inspect"}) {
    invocation.command = {"/bin/sh", "-c", "\"$0\" $1 - < \"$2\"", kProgram, command, kHello};
    EXPECT_EQ(run_program(invocation).status, 0) << command;
  }
}

TEST(Program, ATimeoutEndsAGuestThatNeverWaitsAndOneThatOnlyWaits) {
  for (const char* name : {"spin", "sleep-long"}) {
    const auto start = std::chrono::steady_clock::now();
    const Completed completed = wisp(probe(name, {"-W", "timeout=200ms"}));
    const auto took = std::chrono::steady_clock::now() - start;
    EXPECT_EQ(completed.status, 134) << name;
    EXPECT_GE(took, std::chrono::milliseconds(200)) << name;
    EXPECT_LT(took, std::chrono::seconds(10)) << name;
  }
}

TEST(Program, ATimeoutDoesNotHurtWhoIsFaster) {
  const Completed completed = wisp({"run", "-W", "timeout=1h", kHello});
  EXPECT_EQ(completed.status, 0);
  EXPECT_EQ(completed.output, "Hello, world!\n");
}

TEST(Program, MemoryIsBounded) {
  // Pages that the guest could have: 16 MiB are 256.
  const Completed completed = wisp(probe("grow-memory", {"-W", "max-memory-size=16777216"}));
  EXPECT_EQ(completed.status, 0) << completed.errors;
  const int pages = std::stoi(completed.output);
  EXPECT_GT(pages, 0);
  EXPECT_LE(pages, 256);
}

// 16 MiB are 256 pages; the guest has handles and more besides.
TEST(Program, TheMemoryBudgetIsForEverythingTogether) {
  const Completed grown = wisp(probe("grow-memory", {"--memory-budget", "16M"}));
  EXPECT_EQ(grown.status, 0) << grown.errors;
  EXPECT_GT(std::stoi(grown.output), 0);
  EXPECT_LT(std::stoi(grown.output), 256);

  const Completed too_large = wisp({"run", "--memory-budget", "100K", kHello});
  EXPECT_EQ(too_large.status, 1);
  EXPECT_NE(too_large.errors.find(" of the memory budget of 102400 bytes are left "
                                  "(--memory-budget)\n"),
            std::string::npos)
      << too_large.errors;
  EXPECT_EQ(wisp({"run", "--memory-budget", "16M", kHello}).output, "Hello, world!\n");
}

// Without more, SIGXFSZ would end the process.
TEST(Program, TheLimitOnFileSizesIsAnErrorOfTheWrite) {
  const testing::TemporaryDirectory directory;
  Invocation invocation;
  invocation.command = {"/bin/sh",
                        "-c",
                        "ulimit -f 8; exec \"$0\" \"$@\"",
                        kProgram,
                        "run",
                        "--dir",
                        directory.path() + "::/work",
                        WISP_SOURCE_DIR "/tests/guests/posix.wasm"};
  const Completed completed = run_program(invocation);
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find("failed: fseek (errno "), std::string::npos) << completed.errors;
}

TEST(Program, WhatTheHostKeepsIsBounded) {
  const Completed handles = wisp({"run", "-S", "max-resources=1", kHello});
  EXPECT_EQ(handles.status, 134);
  EXPECT_NE(handles.errors.find("resource table has no free keys"), std::string::npos)
      << handles.errors;
  const Completed bytes = wisp({"run", "-S", "hostcall-fuel=5", kHello});
  EXPECT_EQ(bytes.status, 134);
  EXPECT_NE(bytes.errors.find("hostcall-fuel"), std::string::npos) << bytes.errors;
}

TEST(Program, UnstableFunctionsAreLinkedOnlyWhereAskedFor) {
  const Completed completed = wisp({"run", kProbe, "monotonic"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find("` is not provided: it is not stable yet, "
                                  "-S clocks-timezone provides it"),
            std::string::npos)
      << completed.errors;
}

TEST(Program, TheEnvironmentIsInheritedOnlyWhereAskedFor) {
  const auto environment_of = [](std::vector<std::string> options) {
    Invocation invocation;
    invocation.command = probe("print-environment", std::move(options));
    invocation.command.insert(invocation.command.begin(), kProgram);
    invocation.environment = {{"WISP_TEST_VARIABLE", "from outside"}};
    return run_program(invocation).output;
  };
  EXPECT_EQ(environment_of({}), "ok\n");
  EXPECT_EQ(environment_of({"--env", "WISP_TEST_VARIABLE"}),
            "WISP_TEST_VARIABLE=from outside\nok\n");
  EXPECT_NE(environment_of({"-S", "inherit-env"}).find("WISP_TEST_VARIABLE=from outside\n"),
            std::string::npos);
  EXPECT_NE(environment_of({"-S", "inherit-env", "--env", "WISP_TEST_VARIABLE=mine"})
                .find("WISP_TEST_VARIABLE=mine\n"),
            std::string::npos);
}

TEST(Program, ValidatesModulesAndComponents) {
  const testing::TemporaryDirectory directory;
  const std::string core("\0asm\1\0\0\0", 8);
  directory.write("core.wasm", core);
  directory.write("cut.wasm", core + std::string("\1\5\1", 3));
  directory.write("nothing.wasm", "");
  EXPECT_EQ(wisp({"validate", kHello}).output, kHello + ": valid component\n");
  EXPECT_EQ(wisp({"validate", directory / "core.wasm"}).output,
            directory / "core.wasm" + ": valid module\n");
  for (const char* name : {"cut.wasm", "nothing.wasm"}) {
    const Completed completed = wisp({"validate", directory / name});
    EXPECT_EQ(completed.status, 1) << name;
    EXPECT_EQ(completed.output, "") << name;
    EXPECT_NE(completed.errors.find("(at offset 0x"), std::string::npos) << completed.errors;
  }
}

TEST(Program, ExitUnwindsThroughNestedComponents) {
  const Completed completed = wisp({"run", WISP_SOURCE_DIR "/tests/guests/nested_exit.wasm"});
  EXPECT_EQ(completed.status, 42);
  EXPECT_EQ(completed.errors, "");
}

TEST(Program, WhatIsNotThereYetTrapsWithItsName) {
  const Completed completed = wisp({"run", WISP_SOURCE_DIR "/tests/guests/stubs.wasm"});
  EXPECT_EQ(completed.status, 134);
  EXPECT_NE(
      completed.errors.find("wasm trap: wasi:http/types: [constructor]fields is not there yet"),
      std::string::npos)
      << completed.errors;
}

// C programs: by wasi-libc, as a core module and with the preview 1 adapter, and with bindings of
// their own.
void run_posix(const std::string& file, const std::string& io, int status) {
  const testing::TemporaryDirectory directory;
  Invocation invocation;
  invocation.command = {kProgram,
                        "run",
                        io,
                        "--dir",
                        directory.path() + "::/work",
                        "--env",
                        "NAME=value",
                        WISP_SOURCE_DIR "/tests/guests/" + file,
                        "one",
                        ""};
  invocation.input_kind = Input::kText;
  invocation.input = "first\nsecond";
  const Completed completed = run_program(invocation);
  EXPECT_EQ(completed.output, "argument one\nargument \nNAME is value\nread first\nread second");
  EXPECT_EQ(completed.errors, "to stderr\n");
  EXPECT_EQ(completed.status, status);
  EXPECT_EQ(directory.read("d.txt").size(), 8890u);
}

TEST(Program, RunsAProgramOfWasiLibc) {
  for (const char* io : {"--io=uring", "--io=epoll"}) {
    run_posix("posix.wasm", io, 1);  // of 7: the adapter knows only exit, success or not
    run_posix("modules/posix.wasm", io, 7);
  }
}

TEST(Program, RunsAGuestWhoseStringsAreUtf16) {
  const Completed completed = wisp({"run", "--argv0=h\u00e9\U0001f30d", "--env", "K=\u00e9",
                                    WISP_SOURCE_DIR "/tests/guests/utf16.wasm", ""});
  EXPECT_EQ(completed.status, 0) << completed.errors;
  const std::u16string expected = u"h\u00e9\U0001f30d\n\nK=\u00e9\n";
  EXPECT_EQ(completed.output,
            std::string(reinterpret_cast<const char*>(expected.data()), expected.size() * 2));
}

// Entries DT_NEEDED of the program: each would cost time in the loader.
#ifdef WISP_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

TEST(Program, NeedsNoSharedLibrary) {
  if (kSanitized) GTEST_SKIP() << "sanitizers come as shared libraries";
  std::ifstream file(kProgram, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_GT(bytes.size(), sizeof(Elf64_Ehdr));
  Elf64_Ehdr header;
  std::memcpy(&header, bytes.data(), sizeof header);
  std::vector<std::string> needed;
  for (int i = 0; i < header.e_shnum; i++) {
    Elf64_Shdr section;
    std::memcpy(&section, bytes.data() + header.e_shoff + static_cast<size_t>(i) * sizeof section,
                sizeof section);
    if (section.sh_type != SHT_DYNAMIC) continue;
    Elf64_Shdr strings;
    std::memcpy(&strings, bytes.data() + header.e_shoff + section.sh_link * sizeof strings,
                sizeof strings);
    for (size_t at = 0; at < section.sh_size; at += sizeof(Elf64_Dyn)) {
      Elf64_Dyn entry;
      std::memcpy(&entry, bytes.data() + section.sh_offset + at, sizeof entry);
      if (entry.d_tag == DT_NEEDED)
        needed.emplace_back(bytes.data() + strings.sh_offset + entry.d_un.d_val);
    }
  }
  for (const std::string& library : needed) {
    if (library.starts_with("libasan") || library.starts_with("libtsan")) {
      GTEST_SKIP() << "sanitizers are shared libraries";
    }
  }
  EXPECT_EQ(needed, std::vector<std::string>{});
}

}  // namespace
}  // namespace wisp::test
