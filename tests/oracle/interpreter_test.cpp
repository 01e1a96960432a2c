// What the core suite does not ask of the interpreter: its bounds, the places of its traps, and how
// far it knows the bits of its values.
#include "tests/oracle/interpreter.h"

#include <gtest/gtest.h>

#include "jit/wasm/module_decoder.h"
#include "tests/oracle/cases.h"
#include "tests/oracle/numeric.h"
#include "tests/oracle/run.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;
using jit::ValueType;

Value apply(Opcode opcode, std::vector<Value> operands) {
  const NumericResult result = apply_numeric(opcode, operands);
  EXPECT_TRUE(result.is_determined);
  return result.value;
}

constexpr uint32_t kOne = 0x3f800000;
constexpr uint32_t kInfinity = 0x7f800000;
constexpr uint32_t kCanonicalNan = 0x7fc00000;
constexpr uint32_t kSignallingNan = 0x7fa00000;

TEST(Certainty, OfNaNsThatArithmeticMakes) {
  const Value made = apply(Opcode::kF32Sub, {f32(kInfinity), f32(kInfinity)});
  EXPECT_EQ(made.certainty, Certainty::kCanonicalNan);
  EXPECT_EQ(apply(Opcode::kF32Add, {made, f32(kOne)}).certainty, Certainty::kCanonicalNan);
  EXPECT_EQ(apply(Opcode::kF32Add, {f32(kCanonicalNan), f32(kOne)}).certainty,
            Certainty::kCanonicalNan);
  EXPECT_EQ(apply(Opcode::kF32Add, {f32(kSignallingNan), made}).certainty,
            Certainty::kArithmeticNan);
  const Value arithmetic = apply(Opcode::kF32Sqrt, {f32(kSignallingNan)});
  EXPECT_EQ(apply(Opcode::kF32Min, {arithmetic, f32(kOne)}).certainty, Certainty::kArithmeticNan);
  EXPECT_EQ(apply(Opcode::kF64PromoteF32, {arithmetic}).certainty, Certainty::kArithmeticNan);
}

TEST(Certainty, OfWhatLooksAtTheBitsOfANaN) {
  const Value nan = apply(Opcode::kF32Div, {f32(0), f32(0)});
  EXPECT_EQ(apply(Opcode::kF32Neg, {nan}).certainty, Certainty::kCanonicalNan);
  EXPECT_EQ(apply(Opcode::kF32Copysign, {f32(kOne), nan}).certainty, Certainty::kUnknown);
  EXPECT_EQ(apply(Opcode::kF32Copysign, {nan, f32(kOne)}).certainty, Certainty::kCanonicalNan);
  const Value bits = apply(Opcode::kI32ReinterpretF32, {nan});
  EXPECT_EQ(bits.certainty, Certainty::kUnknown);
  EXPECT_EQ(apply(Opcode::kI32Add, {bits, i32(1)}).certainty, Certainty::kUnknown);
  EXPECT_FALSE(apply_numeric(Opcode::kI32DivU, std::vector<Value>{i32(1), bits}).is_determined);
}

TEST(Certainty, OfWhatAnyNaNGives) {
  const Value nan = apply(Opcode::kF32Div, {f32(0), f32(0)});
  EXPECT_EQ(apply(Opcode::kF32Lt, {nan, f32(kOne)}), i32(0));
  EXPECT_EQ(apply(Opcode::kF32Ne, {nan, nan}), i32(1));
  EXPECT_EQ(apply(Opcode::kI32TruncSatF32S, {nan}), i32(0));
  EXPECT_EQ(apply_numeric(Opcode::kI32TruncF32S, {&nan, 1}).trap,
            jit::TrapCode::kInvalidConversionToInteger);
  // With its sign and payload: no arithmetic touches it.
  EXPECT_EQ(apply(Opcode::kF32Neg, {f32(kSignallingNan)}), f32(kSignallingNan | 0x80000000));
}

class InterpreterTest : public testing::Test {
 protected:
  Outcome run(const std::string& name, const std::vector<Call>& calls, const Limits& limits = {}) {
    bytes_ = read_case(name);
    const jit::Module module = jit::decode_module(bytes_).value();
    const std::span<const jit::Module> modules(&module, 1);
    return run_in_interpreter(modules, {calls, link_modules(modules, 0), 0, limits, 0});
  }
  std::vector<uint8_t> bytes_;
};

TEST_F(InterpreterTest, StopsWithoutFuel) {
  Limits limits;
  limits.fuel = 100;
  const Outcome outcome =
      run("constant_branch", {{"count", {i32(2)}}, {"count", {i32(100)}}}, limits);
  ASSERT_EQ(outcome.calls.size(), 2u);
  EXPECT_EQ(outcome.calls[0].ending, Ending::kReturned);
  EXPECT_EQ(outcome.calls[1].ending, Ending::kOutOfFuel);
}

TEST_F(InterpreterTest, StopsBelowTooManyCallsAndValues) {
  Limits shallow;
  shallow.max_call_depth = 10;
  EXPECT_EQ(run("recursion", {{"down", {i32(9)}}}, shallow).calls[0].ending, Ending::kReturned);
  EXPECT_EQ(run("recursion", {{"down", {i32(10)}}}, shallow).calls[0].ending, Ending::kTooDeep);
  Limits small;
  small.max_values = 20;
  EXPECT_EQ(run("recursion", {{"down", {i32(4)}}}, small).calls[0].ending, Ending::kReturned);
  EXPECT_EQ(run("recursion", {{"down", {i32(30)}}}, small).calls[0].ending, Ending::kTooDeep);
}

TEST_F(InterpreterTest, StopsWhereANaNDecides) {
  const Outcome outcome = run("nan", {{"stored", {f64(0)}}, {"chosen", {f64(0)}}});
  ASSERT_EQ(outcome.calls.size(), 2u);
  EXPECT_EQ(outcome.calls[0].ending, Ending::kReturned);
  EXPECT_TRUE(outcome.states[0].memories[0].unknown.contains(8));
  EXPECT_FALSE(outcome.states[0].memories[0].unknown.contains(16));
  EXPECT_EQ(outcome.calls[1].ending, Ending::kNotDetermined);
}

TEST_F(InterpreterTest, NamesTheFramesOfATrap) {
  const Outcome outcome = run("recursion", {{"down", {i32(0xffffffff)}}});
  const Completion& trapped = outcome.calls.at(0);
  EXPECT_EQ(trapped.trap, jit::TrapCode::kUnreachable);
  ASSERT_EQ(trapped.frames.size(), 2u);
  EXPECT_EQ(bytes_[trapped.frames[0].wasm_offset], 0x00);  // unreachable
  EXPECT_EQ(bytes_[trapped.frames[1].wasm_offset], 0x10);  // call
  EXPECT_EQ(trapped.frames[0].function, 0u);
  EXPECT_EQ(trapped.frames[1].function, 1u);
}

}  // namespace
}  // namespace wisp::oracle
