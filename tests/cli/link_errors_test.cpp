// What is said about components that cannot be run as they are: imports that nobody provides or
// that have another type, and components that are no commands.
#include <gtest/gtest.h>

#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

const std::string kGuests = WISP_SOURCE_DIR "/tests/guests/";

TEST(LinkErrors, AllImportsThatFailAreInOneError) {
  const std::string file = kGuests + "unlinkable.wasm";
  const Completed completed = wisp({"run", file});
  EXPECT_EQ(completed.status, 1);
  EXPECT_EQ(
      completed.errors,
      "wisp: error: " + file +
          ": 7 imports cannot be linked:\n"
          "  `wasi:cli/exit@0.2.3`: the type of `exit` differs\n"
          "    expected: func(status: result<_, u8>)\n"
          "    provided: func(status: result)\n"
          "                           ^\n"
          "  `wasi:random/random@0.2.99` lacks the function `get-random-u32`; the nearest is "
          "`get-random-u64`; the version is newer than the 0.2.12 of Wisp; "
          "wasi:random/random@0.2.12 provides: get-random-bytes, get-random-u64\n"
          "  `wasi:cli/environments@0.2.0` is not provided; the nearest is "
          "`wasi:cli/environment@0.2.12`\n"
          "  `wasi:clocks/wall-clock@0.3.0` is not provided; the nearest is "
          "`wasi:clocks/wall-clock@0.2.12`: rebuild the component for that version of WASI\n"
          "  `wasi:cli/stdout@0.2.0-rc-2023-12-05` is not provided: release candidates have "
          "another "
          "ABI; rebuild with a current toolchain, for example for wasm32-wasip2\n"
          "  `wasi:clocks/timezone@0.2.0` is not provided: it is not stable yet, -S "
          "clocks-timezone "
          "provides it\n"
          "  `acme:shop/basket@1.0.0` is not provided; --plug FILE takes it from a component that "
          "exports it\n");
}

TEST(LinkErrors, UnknownImportsMayTrapOrReturnNothing) {
  // Nothing calls one; those of another type stay errors.
  EXPECT_EQ(wisp({"run", "-W", "unknown-imports-trap", kGuests + "unlinkable.wasm"}).status, 1);
  EXPECT_EQ(wisp({"run", "-W", "unknown-imports-default", "--invoke",
                  "measure({width: 1, from: {x: 0, y: 0}})", kGuests + "world.wasm"})
                .status,
            134);
}

TEST(LinkErrors, AComponentThatIsNoCommandSaysWhatItExports) {
  const Completed completed = wisp({"run", kGuests + "echo.wasm"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find(
                "this is not a command: it does not export wasi:cli/run@0.2; it exports `add`, "
                "`nothing`, `fail`, `wisp:echo/values@1.2.0`, `wisp:echo/other@1.2.0`; `wisp run "
                "--invoke 'NAME(ARGUMENTS)' FILE` calls a function, `wisp wit FILE` shows them\n"),
            std::string::npos)
      << completed.errors;
}

// wasi:cli/run is `run: func() -> result`, and nothing runs where it is not.
TEST(LinkErrors, ARunOfAnotherTypeIsNoCommand) {
  const std::string file = kGuests + "run_types/";
  for (const auto& [name, provided] : {std::pair{"number", "func() -> u32"},
                                       {"nothing", "func()"},
                                       {"payload", "func() -> result<u32>"},
                                       {"error", "func() -> result<_, u8>"},
                                       {"parameter", "func(status: u32) -> result"}}) {
    const Completed completed = wisp({"run", file + name + ".wasm"});
    EXPECT_EQ(completed.status, 1) << name;
    EXPECT_EQ(completed.output, "") << name;
    EXPECT_NE(completed.errors.find("this is not a command: the type of `run` in its "
                                    "`wasi:cli/run@0.2.0` differs\n"
                                    "    expected: func() -> result\n"
                                    "    provided: " +
                                    std::string(provided) + "\n"),
              std::string::npos)
        << completed.errors;
  }
  const Completed lacking = wisp({"run", file + "lacking.wasm"});
  EXPECT_EQ(lacking.status, 1);
  EXPECT_NE(lacking.errors.find("this is not a command: its `wasi:cli/run@0.2.0` lacks `run`\n"),
            std::string::npos)
      << lacking.errors;
}

// Function bodies are looked at when code is made, and one here is invalid: which of the two errors
// is there tells what came first.
TEST(LinkErrors, AreFoundBeforeCodeIsMade) {
  const std::string folder = kGuests + "before_code/";
  const std::string shop = folder + "shop.wasm", basket = folder + "basket.wasm";
  const auto error_of = [](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    const Completed completed = wisp(std::move(arguments));
    EXPECT_EQ(completed.status, 1);
    return completed.errors;
  };
  const auto expect_in = [](const std::string& error, const std::string& text) {
    EXPECT_NE(error.find(text), std::string::npos) << error;
    EXPECT_EQ(error.find("type mismatch: end needs"), std::string::npos) << error;
  };
  expect_in(error_of({shop}), "2 imports cannot be linked:\n  `acme:shop/basket@1.0.0` is not");
  expect_in(error_of({"--plug", basket, shop}), "linked: `acme:shop/till@1.0.0` is not provided");
  expect_in(error_of({"--invoke", "count(1)", shop}), "2 imports cannot be linked:");
  expect_in(error_of({"--invoke", "count(true)", shop}), "expected u32");
  expect_in(error_of({"--invoke", "counts(1)", shop}), "counts");
  expect_in(error_of({basket}), "this is not a command");
  for (const std::vector<std::string>& rest :
       {std::vector{shop}, {"--plug", basket, shop}, {"--invoke", "count(1)", shop}}) {
    std::vector<std::string> arguments = {"-W", "unknown-imports-trap"};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    const std::string error = error_of(arguments);
    EXPECT_NE(error.find("type mismatch: end needs"), std::string::npos) << error;
  }
}

}  // namespace
}  // namespace wisp::test
