// That `difference` sees everything that a run yields: an outcome of Wisp that was falsified in one
// place differs from the interpreter's.
#include "tests/oracle/outcome.h"

#include <gtest/gtest.h>

#include <functional>

#include "jit/wasm/module_decoder.h"
#include "tests/oracle/cases.h"
#include "tests/oracle/run.h"

namespace wisp::oracle {
namespace {

class DifferenceTest : public testing::Test {
 protected:
  const std::vector<uint8_t> bytes_ = read_case("everything");
  const jit::Module module_ = jit::decode_module(bytes_).value();
  const Bytes view_ = bytes_;
  const std::vector<Call> calls_ = {{"trap", {i32(7)}},
                                    {"indirect", {i32(1)}},
                                    {"trap", {i32(0)}},
                                    {"host", {f64(0x3ff0000000000000)}},
                                    {"grow", {i32(1), {jit::ValueType::kExternRef, {}, 3}}}};
  const Plan plan_{calls_, link_modules({&module_, 1}, 1), 1, {}, 10'000'000'000};

  void expect_difference(const std::string& words, const std::function<void(Outcome&)>& falsify) {
    const Outcome expected = run_in_interpreter({&module_, 1}, plan_);
    Outcome actual = run_in_wisp(jit::Engine::create().value(), {&view_, 1}, plan_).value();
    EXPECT_EQ(difference(expected, actual).value_or("none"), "none");
    falsify(actual);
    EXPECT_NE(difference(expected, actual).value_or("none").find(words), std::string::npos)
        << difference(expected, actual).value_or("none");
  }
};

TEST_F(DifferenceTest, OfInstantiation) {
  expect_difference("instantiation of module 0: not returns ()", [](Outcome& outcome) {
    outcome.instantiations[0] = {Ending::kTrapped, {}, jit::TrapCode::kTableOutOfBounds, {}};
  });
}

TEST_F(DifferenceTest, OfResults) {
  expect_difference("call 1: not returns (i32 -429496729) but returns (i32 1)",
                    [](Outcome& outcome) { outcome.calls[1].results[0] = i32(1); });
}

TEST_F(DifferenceTest, OfAResultWithBitsAboveItsType) {
  expect_difference(
      "call 1", [](Outcome& outcome) { outcome.calls[1].results[0].bits |= uint64_t{1} << 32; });
}

TEST_F(DifferenceTest, OfTraps) {
  expect_difference("call 2: not traps: integer divide by zero", [](Outcome& outcome) {
    outcome.calls[2].trap = jit::TrapCode::kIntegerOverflow;
  });
  expect_difference("call 2: not traps: integer divide by zero", [](Outcome& outcome) {
    outcome.calls[2] = {Ending::kReturned, {i32(0)}, {}, {}};
  });
}

TEST_F(DifferenceTest, OfThePlaceOfATrap) {
  expect_difference("frame 0 of the trap",
                    [](Outcome& outcome) { ++outcome.calls[2].frames[0].wasm_offset; });
  expect_difference("frame 0 of the trap",
                    [](Outcome& outcome) { ++outcome.calls[2].frames[0].function; });
  expect_difference("frame 1 of the trap", [](Outcome& outcome) {
    outcome.calls[2].frames.push_back({0, 0});
  });
  expect_difference("frame 0 of the trap",
                    [](Outcome& outcome) { outcome.calls[2].frames.clear(); });
}

TEST_F(DifferenceTest, OfCallsOfTheHost) {
  expect_difference("call 0 of the host: not of import 0", [](Outcome& outcome) {
    outcome.host_calls[0].arguments[1] = f64(0x4000000000000001);
  });
  expect_difference("call 0 of the host",
                    [](Outcome& outcome) { outcome.host_calls[0].import = 1; });
  expect_difference("but the end of the run", [](Outcome& outcome) { outcome.host_calls.clear(); });
  expect_difference("not the end of the run",
                    [](Outcome& outcome) { outcome.host_calls.push_back(outcome.host_calls[0]); });
}

TEST_F(DifferenceTest, OfMemory) {
  expect_difference("memory 0, byte 0x64: not 114 but 115",
                    [](Outcome& outcome) { ++outcome.states[0].memories[0].bytes[100]; });
  expect_difference("size of memory 0: not 131072 but 65536",
                    [](Outcome& outcome) { outcome.states[0].memories[0].bytes.resize(65536); });
}

TEST_F(DifferenceTest, OfGlobals) {
  expect_difference("global 1: not i64 7 but i64 8",
                    [](Outcome& outcome) { ++outcome.states[0].globals[1].bits; });
  expect_difference("global 2: not funcref 2 but funcref null",
                    [](Outcome& outcome) { outcome.states[0].globals[2].bits = 0; });
}

TEST_F(DifferenceTest, OfTables) {
  expect_difference("table 0, element 2: not funcref 0 but funcref 1",
                    [](Outcome& outcome) { ++outcome.states[0].tables[0][2].bits; });
  expect_difference("table 1, element 2: not externref 2 but externref null",
                    [](Outcome& outcome) { outcome.states[0].tables[1][2].bits = 0; });
  expect_difference("size of table 1",
                    [](Outcome& outcome) { outcome.states[0].tables[1].pop_back(); });
}

// What an engine may choose is no difference, anything else is one.
TEST(CouldBe, KnowsWhichNaNsAreAllowed) {
  const Value canonical{jit::ValueType::kF32, Certainty::kCanonicalNan, 0x7fc00000};
  EXPECT_TRUE(could_be(canonical, f32(0x7fc00000)));
  EXPECT_TRUE(could_be(canonical, f32(0xffc00000)));
  EXPECT_FALSE(could_be(canonical, f32(0x7fc00001)));
  EXPECT_FALSE(could_be(canonical, f32(0x7fa00000)));
  EXPECT_FALSE(could_be(canonical, f32(0x3f800000)));
  const Value arithmetic{jit::ValueType::kF64, Certainty::kArithmeticNan, 0x7ff8000000000000};
  EXPECT_TRUE(could_be(arithmetic, f64(0xfff8000000000123)));
  EXPECT_FALSE(could_be(arithmetic, f64(0x7ff4000000000000)));
  EXPECT_FALSE(could_be(f64(0x7ff8000000000000), f64(0xfff8000000000000)));
  EXPECT_TRUE(could_be({jit::ValueType::kI32, Certainty::kUnknown, 1}, i32(2)));
  EXPECT_FALSE(could_be(i32(2), i64(2)));
}

}  // namespace
}  // namespace wisp::oracle
