// `wisp run --invoke`: calls with WAVE in and out, which export is meant, core modules, and what is
// said where something does not fit.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

const std::string kGuests = WISP_SOURCE_DIR "/tests/guests/";
const std::string kEcho = kGuests + "echo.wasm";

Completed invoke(const std::string& call, const std::string& file,
                 const std::vector<std::string>& arguments = {}) {
  Invocation invocation;
  invocation.command = {kProgram, "run", "--invoke", call, file};
  invocation.command.insert(invocation.command.end(), arguments.begin(), arguments.end());
  return run_program(invocation);
}

std::string error_of(const Completed& completed, const std::string& file) {
  const std::string prefix = "wisp: error: " + file + ": ";
  EXPECT_EQ(completed.output, "");
  EXPECT_TRUE(completed.errors.starts_with(prefix)) << completed.errors;
  return completed.errors.substr(std::min(prefix.size(), completed.errors.size()));
}

// scripts/capture_invoke.sh wrote down what wasmtime prints.
TEST(Invoke, PrintsWhatWasmtimePrints) {
  std::ifstream cases(kGuests + "invoke_cases.txt");
  size_t count = 0;
  for (std::string line; std::getline(cases, line); count++) {
    const size_t arrow = line.find(" => ");
    ASSERT_NE(arrow, std::string::npos) << line;
    const Completed completed = invoke(line.substr(0, arrow), kEcho);
    EXPECT_EQ(completed.output, line.substr(arrow + 4) + "\n") << line << completed.errors;
    EXPECT_EQ(completed.status, 0);
  }
  EXPECT_GE(count, 200u);
}

TEST(Invoke, TheExampleIsTrue) {
  const std::string shapes = WISP_SOURCE_DIR "/examples/shapes.wasm";
  EXPECT_EQ(invoke("area({width: 3, height: 4.5})", shapes).output, "13.5\n");
  EXPECT_EQ(invoke("scaled({width: 3, height: 4.5}, 5)", shapes).output,
            "some({width: 5, height: 7.5})\n");
}

TEST(Invoke, ReadsTextOfSeveralLines) {
  EXPECT_EQ(invoke("echo-string(\"\"\"\n    one\n      two\\u{21}\r\n  \"\"\")", kEcho).output,
            "\"  one\\n    two!\"\n");
  EXPECT_EQ(invoke("add(1, // the first\n    2)", kEcho).output, "3\n");
}

TEST(Invoke, FindsAnExportByAllItsNames) {
  for (const char* name :
       {"only-here", "wisp:echo/other.only-here@1.2.0", "wisp:echo/other@1.2.0#only-here",
        "wisp:echo/other.only-here@1.0.0", "wisp:echo/other.only-here", " only-here "}) {
    EXPECT_EQ(invoke(std::string(name) + "()", kEcho).output, "\"here\"\n") << name;
  }
  EXPECT_EQ(invoke("[static]counter.living()", kEcho).output, "0\n");
  EXPECT_EQ(invoke("wisp:echo/other@1.2.0#[static]counter.living()", kEcho).output, "0\n");
}

TEST(Invoke, AnAmbiguousOrMissingExportIsAnErrorWithCandidates) {
  EXPECT_EQ(error_of(invoke("echo-color(red)", kEcho), kEcho),
            "`echo-color` is exported by several instances; say which: "
            "`wisp:echo/values.echo-color@1.2.0`, `wisp:echo/other.echo-color@1.2.0`\n");
  for (const char* name : {"nope", "wisp:echo/other.only-here@2.0.0", "wisp:echo/values.only-here",
                           "wisp:echo/other@1.2.0"}) {
    const Completed completed = invoke(std::string(name) + "()", kEcho);
    EXPECT_EQ(completed.status, 1);
    const std::string error = error_of(completed, kEcho);
    EXPECT_TRUE(error.starts_with("there is no exported function `" + std::string(name) +
                                  "`; the component exports `add`, `nothing`, `fail`, "))
        << error;
  }
}

struct BadCall {
  const char* call;
  const char* error;
};

TEST(Invoke, ABadValueNamesColumnParameterAndType) {
  const BadCall calls[] = {
      {"add(1, \"x\")", "column 8: parameter `b` of `add`: expected u32, found `\"x\"`\n"},
      {"add(1)", "column 6: parameter `b` of `add`: expected u32, found no argument\n"},
      {"add(1, 2, 3)",
       "column 11: more arguments than `add` has parameters: func(a: u32, b: u32) -> u32\n"},
      {"add(1, 2) 3", "column 11: expected nothing more, found `3`\n"},
      {"add(-1, 2)",
       "column 5: parameter `a` of `add`: expected u32, found `-1`, which is not in 0 to "
       "4294967295\n"},
      {"add(1 2)", "column 7: parameter `a` of `add`: expected `,` or `)`, found `2`\n"},
      {"add(1,", "column 7: parameter `b` of `add`: expected u32, found the end\n"},
      {"add", "expected a call: write `add()`\n"},
      {"(1)", "expected a call such as name(1, \"two\"), found `(1)`\n"},
      {"echo-list([1,\n2, x])",
       "line 2, column 4: parameter `value` of `echo-list`: expected u32, found `x`\n"},
      {"echo-string(\"☃\\q\")",
       "column 15: no such escape: there are \\\\ \\' \\\" \\t \\n \\r and \\u{...}\n"},
      {"echo-string(\"x)", "column 13: the string has no end\n"},
      {"echo-char('ab')", "column 11: a char is one character\n"},
      {"echo-access({read, exec})",
       "column 20: parameter `value` of `echo-access`: expected flags { read, write, none }, found "
       "`exec`, which is no flag of it\n"},
      {"echo-optional({})",
       "column 16: parameter `value` of `echo-optional`: expected record { a: option<u8>, b: "
       "option<string> }, found `}`: a record without fields is written {:}\n"},
      {"echo-shape(some(\"x\"))",
       "column 12: parameter `value` of `echo-shape`: expected variant { circle(f64), "
       "box(tuple<f64, f64>), some(string), empty, none }, found `some`: a case that is named as a "
       "keyword is written %some\n"},
      {"echo-nested(1)",
       "column 13: parameter `value` of `echo-nested`: expected option<option<u32>>, found `1`: "
       "write some(...) or none\n"},
      {"[method]counter.next(1)",
       "column 22: parameter `self` of `[method]counter.next`: expected borrow<resource>: a "
       "resource "
       "cannot be written as text, only a component can pass one\n"},
  };
  for (const BadCall& bad : calls) {
    const Completed completed = invoke(bad.call, kEcho);
    EXPECT_EQ(completed.status, 1);
    EXPECT_EQ(error_of(completed, kEcho), bad.error) << bad.call;
  }
}

TEST(Invoke, ATrapIsOne) {
  const Completed completed = invoke("fail(\"now\")", kEcho);
  EXPECT_EQ(completed.status, 134);
  EXPECT_TRUE(error_of(completed, kEcho).starts_with("wasm trap: unreachable\n"));
  EXPECT_EQ(invoke("fail(\"\")", kEcho).output, "()\n");
}

TEST(Invoke, CommandsHaveTheirWorld) {
  const std::string hello = WISP_SOURCE_DIR "/examples/hello.wasm";
  EXPECT_EQ(invoke("run()", hello).output, "Hello, world!\nok\n");
  // Ends by wasi:cli/exit, so that there is no result.
  const Completed completed = invoke("run()", kGuests + "nested_exit.wasm");
  EXPECT_EQ(completed.status, 42);
  EXPECT_EQ(completed.output, "");
  EXPECT_EQ(completed.errors, "");
}

TEST(Invoke, KnowsMapsAndFixedLengthLists) {
  const std::string file = kGuests + "containers.wasm";
  EXPECT_EQ(invoke("echo-map([(\"a\", 1), (\"b\", 2)])", file).output,
            "[(\"a\", 1), (\"b\", 2)]\n");
  EXPECT_EQ(invoke("echo-fixed([1, -2, 3])", file).output, "[1, -2, 3]\n");
  EXPECT_EQ(error_of(invoke("echo-fixed([1])", file), file),
            "column 12: parameter `value` of `echo-fixed`: expected list<s16, 3>, found 1 "
            "elements\n");
}

TEST(Invoke, CallsFunctionsOfCoreModules) {
  const std::string file = kGuests + "numbers.wasm";
  EXPECT_EQ(invoke("add", file, {"0x10", "-3"}).output, "13\n");
  EXPECT_EQ(invoke("add", file, {"4294967295", "0xffffffff"}).output, "-2\n");
  EXPECT_EQ(invoke("i64", file, {"-9223372036854775808"}).output, "-9223372036854775808\n");
  EXPECT_EQ(invoke("f32", file, {"0.1"}).output, "0.1\n");
  EXPECT_EQ(invoke("f64", file, {"1e21"}).output, "1000000000000000000000\n");
  EXPECT_EQ(invoke("f64", file, {"nan"}).output, "NaN\n");
  EXPECT_EQ(invoke("swap", file, {"3", "1.5"}).output, "1.5\n3\n");
  EXPECT_EQ(invoke("none", file).output, "");
  EXPECT_EQ(invoke("null", file).output, "<null funcref>\n<null externref>\n");
  EXPECT_EQ(invoke("reference", file).output, "<funcref>\n");
  EXPECT_EQ(invoke("ready", file).output, "1\n");
  EXPECT_EQ(invoke("divide", file, {"1", "0"}).status, 134);
}

// A pipe can be read once.
TEST(Invoke, ReadsProgramsFromPipes) {
  const auto invoke_piped = [](const std::string& call, const std::string& file) {
    Invocation invocation;
    invocation.command = {"/bin/sh", "-c", "cat \"$1\" | \"$0\" run --invoke \"$2\" /dev/stdin",
                          kProgram,  file, call};
    return run_program(invocation);
  };
  EXPECT_EQ(invoke_piped("add(1, 2)", kEcho).output, "3\n");
  EXPECT_EQ(invoke_piped("none", kGuests + "numbers.wasm").status, 0);
  EXPECT_EQ(error_of(invoke_piped("add(1, 2)", WISP_SOURCE_DIR "/README.md"), "/dev/stdin"),
            "magic header not detected: this is no WebAssembly binary (at offset 0x0)\n");
}

// As in wasmtime.
TEST(Invoke, CoreFunctionsIgnoreWhatGoesBeyondTheirParameters) {
  const std::string file = kGuests + "numbers.wasm";
  EXPECT_EQ(invoke("add", file, {"1", "+2", "3", "x"}).output, "3\n");
  EXPECT_EQ(invoke("add", file, {"1", "+-2"}).status, 1);
}

TEST(Invoke, CoreModulesSayWhatIsWrong) {
  const std::string file = kGuests + "numbers.wasm";
  EXPECT_EQ(error_of(invoke("add", file, {"1"}), file), "`add` takes 2 arguments, 1 were given\n");
  EXPECT_EQ(error_of(invoke("add", file, {"1", "1.5"}), file),
            "argument 2 of `add`: expected i32, found `1.5`\n");
  EXPECT_TRUE(error_of(invoke("memory", file), file)
                  .starts_with("there is no exported function `memory`; the module exports "
                               "`_initialize`, `ready`, `add`, "));
}

}  // namespace
}  // namespace wisp::test
