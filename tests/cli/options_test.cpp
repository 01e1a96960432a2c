#include "cli/options.h"

#include <gtest/gtest.h>

namespace wisp::cli {
namespace {

std::variant<Options, UsageError> parse(std::vector<std::string_view> arguments) {
  return parse_options(arguments);
}

Options parsed(std::vector<std::string_view> arguments) {
  auto result = parse(std::move(arguments));
  if (const auto* error = std::get_if<UsageError>(&result)) {
    ADD_FAILURE() << error->message;
    return {};
  }
  return std::get<Options>(std::move(result));
}

std::string refused(std::vector<std::string_view> arguments) {
  auto result = parse(std::move(arguments));
  if (const auto* error = std::get_if<UsageError>(&result)) return error->message;
  ADD_FAILURE() << "was accepted";
  return "";
}

TEST(Options, RunMayBeLeftOut) {
  for (const auto& arguments : {std::vector<std::string_view>{"run", "f.wasm", "a", "-S", "--dir"},
                                std::vector<std::string_view>{"f.wasm", "a", "-S", "--dir"}}) {
    const Options options = parsed(arguments);
    EXPECT_EQ(options.command, Command::kRun);
    EXPECT_EQ(options.file, "f.wasm");
    EXPECT_EQ(options.arguments, (std::vector<std::string>{"a", "-S", "--dir"}));
  }
}

TEST(Options, DoubleDashEndsOptions) {
  EXPECT_EQ(parsed({"--", "--strange.wasm"}).file, "--strange.wasm");
}

TEST(Options, Directories) {
  const Options options = parsed({"--dir", "host::guest", "--dir=.", "--dir-ro", "a:b::c", "f"});
  ASSERT_EQ(options.directories.size(), 3u);
  EXPECT_EQ(options.directories[0].host_path, "host");
  EXPECT_EQ(options.directories[0].guest_path, "guest");
  EXPECT_EQ(options.directories[0].access, WISP_DIRECTORY_READ_WRITE);
  EXPECT_EQ(options.directories[1].host_path, ".");
  EXPECT_EQ(options.directories[1].guest_path, ".");
  EXPECT_EQ(options.directories[2].host_path, "a:b");
  EXPECT_EQ(options.directories[2].guest_path, "c");
  EXPECT_EQ(options.directories[2].access, WISP_DIRECTORY_READ_ONLY);
}

// As in wasmtime.
TEST(Options, ADirectoryMayHaveNoNameInTheGuest) {
  EXPECT_EQ(parsed({"--dir", "host::", "f"}).directories[0].guest_path, "");
  EXPECT_EQ(refused({"--dir", "::guest", "f"}), "--dir: expected HOST[::GUEST], not '::guest'");
}

TEST(Options, TheDirectoryToStartIn) {
  EXPECT_EQ(parsed({"-S", "cwd=/a=b", "f"}).initial_cwd, "/a=b");
  EXPECT_EQ(parsed({"-Scwd=", "f"}).initial_cwd, "");
  EXPECT_EQ(parsed({"f"}).initial_cwd, std::nullopt);
  EXPECT_EQ(refused({"-S", "cwd", "f"}), "-S cwd: expected a path, as in -S cwd=PATH");
}

TEST(Options, NumbersAsWasmtimeHasThem) {
  for (const char* number : {"65536", "65_536", "+65536", "0x10000", "0x1_0000"}) {
    EXPECT_EQ(parsed({"-W", std::string("max-memory-size=") + number, "f"}).max_memory_bytes,
              65536u)
        << number;
  }
  for (const char* number : {"", "0x", "0X10", "0x1g", "-1", "1M", " 1", "1 ", "++1", "+0x1", "_",
                             "18446744073709551616", "0x10000000000000000"}) {
    EXPECT_EQ(refused({"-W", std::string("max-memory-size=") + number, "f"}),
              std::string("-W max-memory-size: expected a number, not '") + number + "'");
  }
}

TEST(Options, Environment) {
  const Options options =
      parsed({"--env", "A=b=c", "--env=B=", "--env", "C", "-S", "inherit-env", "f"});
  ASSERT_EQ(options.environment.size(), 3u);
  EXPECT_EQ(options.environment[0].name, "A");
  EXPECT_EQ(options.environment[0].value, "b=c");
  EXPECT_EQ(options.environment[1].value, "");
  EXPECT_EQ(options.environment[2].value, std::nullopt);
  EXPECT_EQ(options.inherit_environment, Inherit::kEverything);
  EXPECT_EQ(parsed({"-S", "inherit-env=n", "f"}).inherit_environment, Inherit::kNothing);
}

TEST(Options, Groups) {
  const Options options = parsed({"-Scli,common=y", "-W", "max-memory-size=1048576,timeout=300ms",
                                  "-W=max-wasm-stack=65536", "-S", "clocks-timezone", "-C",
                                  "parallel-compilation=n", "--io=epoll", "f"});
  EXPECT_EQ(options.max_memory_bytes, 1048576u);
  EXPECT_EQ(options.timeout_ns, 300'000'000u);
  EXPECT_EQ(options.max_stack_bytes, 65536u);
  EXPECT_EQ(options.features, std::vector<std::string>{"clocks-timezone"});
  EXPECT_EQ(options.compile_threads, 1u);
  EXPECT_EQ(options.io, WISP_IO_EPOLL);
  EXPECT_TRUE(options.warnings.empty());
}

TEST(Options, LimitsOfTheHost) {
  const Options options =
      parsed({"-S", "max-resources=10,hostcall-fuel=20", "-W",
              "max-table-elements=30,unknown-imports-trap,bulk-memory,simd=n", "f"});
  EXPECT_EQ(options.max_resources, 10u);
  EXPECT_EQ(options.hostcall_fuel, 20u);
  EXPECT_EQ(options.max_table_elements, 30u);
  EXPECT_EQ(options.unknown_imports, WISP_UNKNOWN_IMPORTS_TRAP);
  EXPECT_TRUE(options.warnings.empty());
}

// As in wasmtime, which refuses only a stack of no bytes.
TEST(Options, LimitsMayBeZero) {
  const Options options = parsed({"-S", "max-resources=0,hostcall-fuel=0,max-random-size=0", "-W",
                                  "max-memory-size=0,max-table-elements=0,timeout=0s", "f"});
  EXPECT_EQ(options.max_resources, WISP_ZERO);
  EXPECT_EQ(options.hostcall_fuel, WISP_ZERO);
  EXPECT_EQ(options.max_random_size, 0u);
  EXPECT_EQ(options.max_memory_bytes, WISP_ZERO);
  EXPECT_EQ(options.max_table_elements, WISP_ZERO);
  EXPECT_EQ(options.timeout_ns, WISP_ZERO);
  EXPECT_EQ(refused({"-W", "max-wasm-stack=0", "f"}), "-W max-wasm-stack cannot be zero");
}

TEST(Options, StreamsMayBeKeptFromTheGuest) {
  constexpr auto kNothing = Inherit::kNothing, kEverything = Inherit::kEverything;
  EXPECT_EQ(parsed({"-S", "inherit-stdin,inherit-stdout=n,inherit-stderr=y", "f"}).inherit_stdio,
            (std::array{kEverything, kNothing, kEverything}));
  EXPECT_EQ(parsed({"-S", "inherit-stdin=n,inherit-stderr=n", "f"}).inherit_stdio,
            (std::array{kNothing, kEverything, kNothing}));
}

TEST(Options, KeysThatNobodyHasAreUnknown) {
  for (const char* group : {"-S", "-W", "-C", "-O", "-D"}) {
    EXPECT_EQ(refused({group, "bogus", "f"}), "unknown option '" + std::string(group) + " bogus'");
  }
  EXPECT_EQ(refused({"-W", "simd=maybe", "f"}), "-W simd: expected y or n, not 'maybe'");
  EXPECT_EQ(
      parsed({"-O", "opt-level=2,pooling-allocator,memory-reservation=1", "f"}).warnings.size(),
      3u);
}

TEST(Options, WhatOtherProgramsHaveIsRefusedByName) {
  EXPECT_EQ(refused({"-W", "nan-canonicalization", "f"}),
            "-W nan-canonicalization is not there in Wisp");
  EXPECT_EQ(refused({"-W", "fuel=1000", "f"}),
            "-W fuel is not there in Wisp; -W timeout=DURATION bounds a run");
  EXPECT_EQ(refused({"serve", "f"}),
            "the command 'serve' of wasmtime is not there in Wisp; `wisp run` takes a file of that "
            "name");
  EXPECT_EQ(parsed({"run", "serve"}).file, "serve");
  EXPECT_EQ(refused({"--preload", "a=b", "f"}),
            "--preload: is an option of wasmtime that is not there in Wisp");
}

TEST(Options, FeaturesToComeMayBeAskedFor) {
  const std::string simd = "-W simd is not there in Wisp; what needs it is refused";
  EXPECT_EQ(parsed({"-W", "simd", "f"}).warnings, std::vector<std::string>{simd});
  EXPECT_EQ(parsed({"-W", "simd=y,gc,component-model-async", "-S", "p3", "f"}).warnings.size(), 4u);
  EXPECT_TRUE(parsed({"-W", "simd=n,threads=n", "-S", "nn=n", "f"}).warnings.empty());
}

TEST(Options, WhatMeansNothingHereIsAcceptedWithAWarning) {
  EXPECT_EQ(parsed({"-C", "cache=n", "-O", "opt-level=2", "-S", "http", "f"}).warnings.size(), 3u);
}

TEST(Options, TheNetworkIsClosedUnlessSaid) {
  const NetworkOptions nothing = parsed({"f"}).network;
  EXPECT_FALSE(nothing.inherit);
  EXPECT_FALSE(nothing.name_lookup);
  EXPECT_TRUE(nothing.tcp);
  EXPECT_TRUE(nothing.udp);
  EXPECT_TRUE(nothing.allow_net.empty());
  EXPECT_TRUE(nothing.allow_listen.empty());

  const Options some =
      parsed({"-S", "inherit-network,tcp=no", "-Sudp=n", "--wasi=allow-ip-name-lookup",
              "--allow-net=a:1", "--allow-net", "tcp:b", "--allow-listen", "127.0.0.1:0", "f"});
  EXPECT_TRUE(some.network.inherit);
  EXPECT_TRUE(some.network.name_lookup);
  EXPECT_FALSE(some.network.tcp);
  EXPECT_FALSE(some.network.udp);
  EXPECT_EQ(some.network.allow_net, (std::vector<std::string>{"a:1", "tcp:b"}));
  EXPECT_EQ(some.network.allow_listen, std::vector<std::string>{"127.0.0.1:0"});
  EXPECT_TRUE(some.warnings.empty());

  // The last one counts.
  const NetworkOptions last =
      parsed({"-S", "inherit-network,inherit-network=n,tcp=n,tcp", "f"}).network;
  EXPECT_FALSE(last.inherit);
  EXPECT_TRUE(last.tcp);
  EXPECT_EQ(refused({"-S", "udp=perhaps", "f"}), "-S udp: expected y or n, not 'perhaps'");
  EXPECT_EQ(refused({"--allow-net"}), "option '--allow-net' needs a value");
}

TEST(Options, TheMemoryBudgetMayHaveAUnit) {
  EXPECT_EQ(parsed({"f"}).memory_budget, 0u);
  EXPECT_EQ(parsed({"--memory-budget", "65536", "f"}).memory_budget, 65536u);
  EXPECT_EQ(parsed({"--memory-budget=3K", "f"}).memory_budget, 3072u);
  EXPECT_EQ(parsed({"--memory-budget=512M", "f"}).memory_budget, uint64_t{512} << 20);
  EXPECT_EQ(parsed({"--memory-budget", "2G", "f"}).memory_budget, uint64_t{2} << 30);
  for (std::string_view wrong : {"", "0", "M", "-1", "1T", "1g", "1 M", "99999999999G"}) {
    EXPECT_EQ(refused({"--memory-budget", wrong, "f"}),
              "--memory-budget: expected a number of bytes, or one with K, M or G, not '" +
                  std::string(wrong) + "'");
  }
}

TEST(Options, OneClearLineForWrongUsage) {
  EXPECT_EQ(refused({"--frob", "f"}), "unknown option '--frob'");
  EXPECT_EQ(refused({"-x", "f"}), "unknown option '-x'");
  EXPECT_EQ(refused({"-S", "frob", "f"}), "unknown option '-S frob'");
  EXPECT_EQ(refused({"-W", "timeout=soon", "f"}),
            "-W timeout: expected a duration such as 30, 300ms or 2s, not 'soon'");
  EXPECT_EQ(refused({"-W", "max-memory-size=1g", "f"}),
            "-W max-memory-size: expected a number, not '1g'");
  EXPECT_EQ(refused({"-S", "inherit-env=maybe", "f"}),
            "-S inherit-env: expected y or n, not 'maybe'");
  EXPECT_EQ(refused({"-S", "cli=n", "f"}), "-S cli cannot be switched off");
  EXPECT_EQ(refused({"--io=kqueue", "f"}), "--io: expected auto, uring or epoll, not 'kqueue'");
  EXPECT_EQ(refused({"--dir", "::x", "f"}), "--dir: expected HOST[::GUEST], not '::x'");
  EXPECT_EQ(refused({"--env", "=x", "f"}), "--env: expected NAME[=VALUE], not '=x'");
  EXPECT_EQ(refused({"--env"}), "option '--env' needs a value");
  EXPECT_EQ(refused({}), "which FILE?");
  EXPECT_EQ(refused({"run"}), "which FILE?");
  EXPECT_EQ(refused({"validate", "a", "b"}), "validate takes one FILE");
  EXPECT_EQ(refused({"validate", "--dir", ".", "a"}), "unknown option '--dir'");
}

TEST(Options, TheDoctorNeedsNoFile) {
  EXPECT_EQ(parsed({"doctor"}).command, Command::kDoctor);
  EXPECT_EQ(refused({"doctor", "f"}), "doctor takes no arguments");
  EXPECT_EQ(refused({"doctor", "--io=epoll"}), "unknown option '--io'");
  EXPECT_EQ(parsed({"run", "doctor"}).file, "doctor");
}

TEST(Options, HelpAndVersionNeedNoFile) {
  EXPECT_EQ(parsed({"--help"}).command, Command::kHelp);
  EXPECT_EQ(parsed({"run", "-h"}).command, Command::kHelp);
  EXPECT_EQ(parsed({"help"}).command, Command::kHelp);
  EXPECT_EQ(parsed({"-S", "help"}).command, Command::kHelp);
  EXPECT_EQ(parsed({"-W", "help-long", "f"}).command, Command::kHelp);
  EXPECT_EQ(parsed({"--version"}).command, Command::kVersion);
}

}  // namespace
}  // namespace wisp::cli
