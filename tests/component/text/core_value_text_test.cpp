#include "component/text/core_value_text.h"

#include <gtest/gtest.h>

namespace wisp::component {
namespace {

using jit::ValueType;

TEST(CoreValueText, IntegersAreWhateverFitsTheWidth) {
  EXPECT_EQ(parse_core_value(ValueType::kI32, "7"), 7u);
  EXPECT_EQ(parse_core_value(ValueType::kI32, "+7"), 7u);
  EXPECT_EQ(parse_core_value(ValueType::kI32, "-1"), 0xffffffffu);
  EXPECT_EQ(parse_core_value(ValueType::kI32, "4294967295"), 0xffffffffu);
  EXPECT_EQ(parse_core_value(ValueType::kI32, "-2147483648"), 0x80000000u);
  EXPECT_EQ(parse_core_value(ValueType::kI32, "0xFf"), 255u);
  EXPECT_EQ(parse_core_value(ValueType::kI64, "-1"), UINT64_MAX);
  EXPECT_EQ(parse_core_value(ValueType::kI64, "0xffffffffffffffff"), UINT64_MAX);
  for (const char* text : {"", "4294967296", "-2147483649", "0x", "0x100000000", "1.5", "1 ", " 1",
                           "+", "+-1", "++1", "--1", "-0x1", "0x-1", "one"}) {
    EXPECT_EQ(parse_core_value(ValueType::kI32, text), std::nullopt) << text;
  }
}

TEST(CoreValueText, FloatsAreReadWhole) {
  EXPECT_EQ(parse_core_value(ValueType::kF32, "1.5"), 0x3fc00000u);
  EXPECT_EQ(parse_core_value(ValueType::kF64, "-0.0"), uint64_t{1} << 63);
  EXPECT_EQ(parse_core_value(ValueType::kF64, "1e3"), 0x408f400000000000u);
  for (const char* text : {"", "1.5x", "x", "1e999"}) {
    EXPECT_EQ(parse_core_value(ValueType::kF64, text), std::nullopt) << text;
  }
}

TEST(CoreValueText, ReferencesAreOnlyNamed) {
  EXPECT_EQ(parse_core_value(ValueType::kFuncRef, "0"), std::nullopt);
  EXPECT_EQ(core_value_to_text(ValueType::kFuncRef, 0), "<null funcref>");
  EXPECT_EQ(core_value_to_text(ValueType::kFuncRef, 1), "<funcref>");
  EXPECT_EQ(core_value_to_text(ValueType::kExternRef, 0), "<null externref>");
  EXPECT_EQ(core_value_to_text(ValueType::kExternRef, 1), "<externref>");
}

TEST(CoreValueText, NumbersPrintSigned) {
  EXPECT_EQ(core_value_to_text(ValueType::kI32, 0xffffffff), "-1");
  EXPECT_EQ(core_value_to_text(ValueType::kI64, UINT64_MAX), "-1");
  EXPECT_EQ(core_value_to_text(ValueType::kF32, 0x3fc00000), "1.5");
  EXPECT_EQ(core_value_to_text(ValueType::kF64, 0x7ff8000000000000), "NaN");
}

}  // namespace
}  // namespace wisp::component
