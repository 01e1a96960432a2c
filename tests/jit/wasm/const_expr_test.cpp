#include "jit/wasm/const_expr.h"

#include <gtest/gtest.h>

#include <string>

#include "jit/wasm/module_decoder.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;

struct Items {
  uint64_t global(uint32_t index) const { return 1000 + index; }
  uint64_t function_reference(uint32_t index) const { return 0xf000 + index; }
};

// A module with the immutable globals i32, i64 and the mutable i32, and two functions.
Module base() {
  Module module;
  module.types = {FuncType{}};
  module.functions = {0, 0};
  module.globals = {{ValueType::kI32, Mutability::kConst},
                    {ValueType::kI64, Mutability::kConst},
                    {ValueType::kI32, Mutability::kVar}};
  return module;
}

Result<uint64_t> value_of(const Bytes& code, ValueType type) {
  Module module = base();
  ByteReader reader(code, 50);
  const ConstExpr expression = WISP_TRY(decode_const_expr(reader, module, type));
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(expression.code.size(), code.size() - 1);
  return evaluate(module, expression, Items());
}

TEST(ConstExpr, GivesValues) {
  EXPECT_EQ(value_of({0x41, 0x7f, 0x0b}, ValueType::kI32).value(), 0xffffffffu);
  EXPECT_EQ(value_of({0x42, 0x7f, 0x0b}, ValueType::kI64).value(), ~uint64_t{0});
  EXPECT_EQ(value_of({0x43, 0, 0, 0x80, 0x3f, 0x0b}, ValueType::kF32).value(), 0x3f800000u);
  EXPECT_EQ(value_of({0x44, 1, 2, 3, 4, 5, 6, 7, 8, 0x0b}, ValueType::kF64).value(),
            0x0807060504030201u);
  EXPECT_EQ(value_of({0x23, 0x01, 0x0b}, ValueType::kI64).value(), 1001u);
  EXPECT_EQ(value_of({0xd0, 0x6f, 0x0b}, ValueType::kExternRef).value(), 0u);
  EXPECT_EQ(value_of({0xd2, 0x01, 0x0b}, ValueType::kFuncRef).value(), 0xf001u);
}

TEST(ConstExpr, Calculates) {
  // 1000 - 3 * 5 + 1
  EXPECT_EQ(value_of({0x23, 0x00, 0x41, 0x03, 0x41, 0x05, 0x6c, 0x6b, 0x41, 0x01, 0x6a, 0x0b},
                     ValueType::kI32)
                .value(),
            986u);
  // 0 - 1 wraps at 32 bits, and at 64
  EXPECT_EQ(value_of({0x41, 0x00, 0x41, 0x01, 0x6b, 0x0b}, ValueType::kI32).value(), 0xffffffffu);
  EXPECT_EQ(value_of({0x42, 0x00, 0x42, 0x01, 0x7d, 0x0b}, ValueType::kI64).value(), ~uint64_t{0});
  EXPECT_EQ(
      value_of({0x42, 0x07, 0x42, 0x06, 0x7e, 0x42, 0x01, 0x7c, 0x0b}, ValueType::kI64).value(),
      43u);
}

struct BadExpression {
  Bytes code;
  ErrorCode code_class;
  const char* message;
};

TEST(ConstExpr, RefusesWhatIsNotConstant) {
  for (const BadExpression& bad : std::vector<BadExpression>{
           {{0x0b}, ErrorCode::kInvalid, "type mismatch"},
           {{0x41, 0x00, 0x41, 0x00, 0x0b}, ErrorCode::kInvalid, "type mismatch"},
           {{0x42, 0x00, 0x0b}, ErrorCode::kInvalid, "type mismatch"},
           {{0x41, 0x00, 0x6a, 0x0b}, ErrorCode::kInvalid, "type mismatch"},
           {{0x23, 0x02, 0x0b}, ErrorCode::kInvalid, "constant expression required, but global 2"},
           {{0x23, 0x03, 0x0b}, ErrorCode::kInvalid, "unknown global 3"},
           {{0xd2, 0x02, 0x0b}, ErrorCode::kInvalid, "unknown function 2"},
           {{0x41, 0x00, 0x45, 0x0b},
            ErrorCode::kInvalid,
            "constant expression required, found i32.eqz"},
           {{0xfc, 0x10, 0x00}, ErrorCode::kInvalid, "constant expression required, found table"},
           {{0x41, 0x00}, ErrorCode::kMalformed, "unexpected end"},
           {{0xff, 0x0b}, ErrorCode::kMalformed, "illegal opcode ff"},
           {{0xd0, 0x7b, 0x0b}, ErrorCode::kMalformed, "malformed reference type"},
           {{0xfd, 0x0c}, ErrorCode::kUnsupported, "needs simd: not supported yet"},
           {{0xfb, 0x1c}, ErrorCode::kUnsupported, "needs gc: not supported yet"},
           {{0xd0, 0x6e, 0x0b}, ErrorCode::kUnsupported, "needs gc: not supported yet"},
       }) {
    const auto result = value_of(bad.code, ValueType::kI32);
    ASSERT_FALSE(result.has_value()) << bad.message;
    EXPECT_EQ(result.error().code(), bad.code_class) << result.error().message();
    EXPECT_EQ(result.error().message().substr(0, std::string(bad.message).size()), bad.message);
    EXPECT_GE(result.error().offset(), 50u);
  }
}

TEST(ConstExpr, DeclaresFunctionReferences) {
  Module module = base();
  const Bytes code = {0xd2, 0x01, 0x0b};
  ByteReader reader(code);
  ASSERT_TRUE(decode_const_expr(reader, module, ValueType::kFuncRef).has_value());
  EXPECT_EQ(module.declared_function_references, (std::vector<bool>{false, true}));
}

TEST(ConstExpr, GlobalsSeeOnlyEarlierGlobals) {
  test::ModuleBuilder builder;
  builder.add(test::ModuleBuilder::kGlobals, {0x7f, 0x00, 0x41, 0x01, 0x0b});
  builder.add(test::ModuleBuilder::kGlobals, {0x7f, 0x00, 0x23, 0x00, 0x0b});
  EXPECT_TRUE(validate_module(builder.build()).has_value());
  builder.add(test::ModuleBuilder::kGlobals, {0x7f, 0x00, 0x23, 0x02, 0x0b});
  EXPECT_EQ(validate_module(builder.build()).error().message(), "unknown global 2");
}

}  // namespace
}  // namespace wisp::jit
