// wisp run --plug: components in Rust, C and AssemblyScript, and one that wraps a part of WASI.
// Built by scripts/build_guests.sh from guests/plug.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/program.h"

namespace wisp::test {
namespace {

constexpr const char* kKitOutput = "GRÜSSE: 42\nSECOND: 7\nNAÏVE 😀 ASCII\n4294967298\n";

Completed run(std::vector<std::string> arguments) {
  Invocation invocation;
  invocation.command = std::move(arguments);
  invocation.command.insert(invocation.command.begin(), {WISP_BINARY_DIR "/wisp", "run"});
  invocation.directory = WISP_SOURCE_DIR "/tests/guests/plug";
  return run_program(invocation);
}

void expect_error(const Completed& completed, const std::string& text) {
  EXPECT_EQ(completed.status, 1);
  EXPECT_EQ(completed.output, "");
  EXPECT_NE(completed.errors.find(text), std::string::npos) << completed.errors;
}

TEST(Plug, ThreeLanguages) {
  const Completed completed =
      run({"--plug", "text.wasm", "--plug=counters.wasm", "app.wasm", "argument"});
  EXPECT_EQ(completed.errors, "");
  EXPECT_EQ(completed.output, kKitOutput + std::string("GREETING=none\n"));
  EXPECT_EQ(completed.status, 0);
}

TEST(Plug, VirtualisesWasi) {
  const Completed completed = run({"--env", "OTHER=1", "--plug", "environment.wasm", "--plug",
                                   "counters.wasm", "--plug", "text.wasm", "app.wasm"});
  EXPECT_EQ(completed.errors, "");
  EXPECT_EQ(completed.output, kKitOutput + std::string("GREETING=from a plug\n"));
  // What the host gives goes through the plug, and comes first.
  EXPECT_EQ(run({"--env", "GREETING=host", "--plug", "environment.wasm", "--plug", "counters.wasm",
                 "--plug", "text.wasm", "app.wasm"})
                .output,
            kKitOutput + std::string("GREETING=host\n"));
}

TEST(Plug, NamedForOneImport) {
  const Completed completed = run({"--plug", "test:kit/text=text.wasm", "--plug",
                                   "test:kit/counters@1.0.0=counters.wasm", "app.wasm"});
  EXPECT_EQ(completed.errors, "");
  EXPECT_EQ(completed.output, kKitOutput + std::string("GREETING=none\n"));
}

TEST(UnknownImports, AreRefusedOrTrapOrReturnZero) {
  expect_error(run({"../unknown.wasm"}), "`a:b/c@0.1.0` is not provided");
  const Completed trapped = run({"-W", "unknown-imports-trap", "../unknown.wasm"});
  EXPECT_EQ(trapped.status, 134);
  EXPECT_NE(trapped.errors.find("unknown import: a:b/c@0.1.0#f is not provided"), std::string::npos)
      << trapped.errors;
  EXPECT_EQ(run({"-W", "unknown-imports-default=y", "../unknown.wasm"}).status, 0);
  EXPECT_EQ(run({"-W", "unknown-imports-default=n", "../unknown.wasm"}).status, 1);
}

TEST(Plug, ErrorsNameTheFiles) {
  expect_error(run({"--plug", "text.wasm", "app.wasm"}),
               "`test:kit/counters@1.0.0` is not provided");
  expect_error(
      run({"--plug", "text.wasm", "--plug", "./text.wasm", "--plug", "counters.wasm", "app.wasm"}),
      "both `text.wasm` and `./text.wasm` provide `test:kit/text@1.0.0`");
  expect_error(run({"--plug", "text.wasm", "--plug", "text.wasm", "app.wasm"}),
               "`text.wasm` is given twice");
  expect_error(run({"--plug", "text.wasm", "environment.wasm"}),
               "nothing needs `text.wasm`: it exports test:kit/text@1.2.0;");
  expect_error(run({"--plug", "missing.wasm", "app.wasm"}), "missing.wasm: cannot open");
  expect_error(run({"--plug", "text.ts", "app.wasm"}), "text.ts: ");
  EXPECT_EQ(run({"--plug", "x=", "app.wasm"}).status, 2);
}

}  // namespace
}  // namespace wisp::test
