#include "jit/wasm/opcodes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wisp::jit {
namespace {

TEST(Opcodes, HaveTheCodesAndNamesOfTheSpecification) {
  EXPECT_EQ(static_cast<int>(Opcode::kI32Add), 0x6a);
  EXPECT_EQ(static_cast<int>(Opcode::kF64ReinterpretI64), 0xbf);
  EXPECT_EQ(static_cast<int>(Opcode::kI64Extend32S), 0xc4);
  EXPECT_EQ(static_cast<int>(Opcode::kTableFill), 0x100 + 17);
  EXPECT_STREQ(to_string(Opcode::kI64TruncSatF64U), "i64.trunc_sat_f64_u");
  EXPECT_STREQ(to_string(Opcode::kSelectTyped), "select");
  EXPECT_STREQ(to_string(Opcode(0x27)), "unknown");
}

TEST(Opcodes, AreDistinctAndComplete) {
  std::multiset<int> values;
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  values.insert(static_cast<int>(Opcode::k##Name));
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  values.insert(static_cast<int>(Opcode::k##Name));
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  values.insert(static_cast<int>(Opcode::k##Name));
#include "jit/wasm/opcodes.def"
  EXPECT_EQ(values.size(), std::set<int>(values.begin(), values.end()).size());
  // 172 opcodes of 1.0, 5 sign extensions, 8 saturating truncations, 10 of tables and memory, and
  // select with a type, table.get, table.set, ref.null, ref.is_null, ref.func.
  EXPECT_EQ(values.size(), 172u + 5 + 8 + 10 + 6);
  EXPECT_LT(*values.rbegin(), static_cast<int>(kOpcodeLimit));
}

TEST(Opcodes, SignaturesAreResultsAndOperands) {
  constexpr OpcodeSignature kStore = parse_signature("v_il");
  EXPECT_EQ(kStore.result_count, 0);
  EXPECT_EQ(kStore.operand_count, 2);
  EXPECT_EQ(kStore.operands[1], ValueType::kI64);
  constexpr OpcodeSignature kPromote = parse_signature("d_f");
  EXPECT_EQ(kPromote.result, ValueType::kF64);
  EXPECT_EQ(kPromote.operand_count, 1);
  EXPECT_EQ(kPromote.operands[0], ValueType::kF32);
}

TEST(Opcodes, LaterFeaturesAreKnownByName) {
  EXPECT_STREQ(unsupported_feature(0xfd, 0x00), "simd");
  EXPECT_STREQ(unsupported_feature(0xfd, 0xff), "simd");
  EXPECT_STREQ(unsupported_feature(0xfd, 0x113), "relaxed-simd");
  EXPECT_STREQ(unsupported_feature(0xfb, 0x1e), "gc");
  EXPECT_STREQ(unsupported_feature(0, 0x12), "tail-call");
  EXPECT_STREQ(unsupported_feature(0, 0x1f), "exceptions");
  EXPECT_STREQ(unsupported_feature(0xfe, 0x4e), "threads");
  EXPECT_EQ(unsupported_feature(0xfd, 0x9a), nullptr);  // assigned to nothing
  EXPECT_EQ(unsupported_feature(0, 0xff), nullptr);
}

}  // namespace
}  // namespace wisp::jit
