// WAVE: what is written reads back as the same value, whatever the type; what no call of a guest
// shows is in here, the rest in tests/cli/invoke_test.cpp.
#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "component/text/wave_escapes.h"
#include "component/text/wave_reader.h"
#include "component/text/wave_writer.h"
#include "component/type/type_builder.h"
#include "platform/utf8.h"

namespace wisp::component {
namespace {

const ValType& prim(TypeKind kind) { return *TypeBuilder::primitive(kind); }

Value number(TypeKind kind, uint64_t bits) {
  Value value;
  value.kind = kind;
  value.bits = bits;
  return value;
}

TEST(Wave, FloatsReadBackAsTheSameBits) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; i++) {
    const uint64_t bits = random();
    for (const TypeKind kind : {TypeKind::kF32, TypeKind::kF64}) {
      const Value value = number(kind, kind == TypeKind::kF32 ? bits & 0xffffffff : bits);
      const std::string text = to_wave(prim(kind), value);
      EXPECT_EQ(text.find_first_of("eE"), std::string::npos) << text;
      Result<Value> read = parse_wave_value(text, prim(kind));
      ASSERT_TRUE(read.has_value()) << text;
      EXPECT_TRUE(text == "nan" || read->bits == value.bits) << text;
    }
  }
}

TEST(Wave, OfTwoNearestShortestFloatsTheGreaterIsWritten) {
  EXPECT_EQ(to_text(-4046791.25f, "nan"), "-4046791.3");
  EXPECT_EQ(to_text(4046791.75f, "nan"), "4046791.8");
  EXPECT_EQ(to_text(5e-324, "nan"), "0." + std::string(323, '0') + "5");
}

TEST(Wave, EveryCharReadsBack) {
  for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
    if (code_point >= 0xd800 && code_point < 0xe000) continue;
    const Value value = number(TypeKind::kChar, code_point);
    const std::string text = to_wave(prim(TypeKind::kChar), value);
    Result<Value> read = parse_wave_value(text, prim(TypeKind::kChar));
    ASSERT_TRUE(read.has_value()) << text;
    ASSERT_EQ(read->bits, code_point);
  }
}

TEST(Wave, WhatCannotBeSeenIsEscaped) {
  for (const uint32_t hidden :
       {0u, 0x1fu, 0x7fu, 0xa0u, 0xadu, 0x301u, 0x200bu, 0xe000u, 0x10ffffu})
    EXPECT_TRUE(is_escaped_in_wave(hidden)) << hidden;
  for (const uint32_t shown : {0x20u, 0x41u, 0x7eu, 0xa1u, 0xe9u, 0x2603u, 0x1f600u})
    EXPECT_FALSE(is_escaped_in_wave(shown)) << shown;
}

// Text that is cut off or has a byte replaced is an error or another value, never more.
TEST(Wave, DamagedTextIsAnError) {
  Arena arena;
  TypeBuilder types(arena);
  const LabeledType fields[] = {
      {"name", &prim(TypeKind::kString), 0},
      {"list", types.list(types.option(&prim(TypeKind::kF64))), 0},
      {"pair", types.map(&prim(TypeKind::kChar), types.result(nullptr, &prim(TypeKind::kBool))),
       0}};
  const ValType& type = *types.record(fields);
  const std::string text =
      R"({name: "a\u{301}\"", list: [some(-1.5e3), none, nan], pair: [('x', err(true))]})";
  Result<Value> whole = parse_wave_value(text, type);
  ASSERT_TRUE(whole.has_value()) << whole.error().message();
  EXPECT_EQ(
      to_wave(type, *whole),
      R"({name: "a\u{301}\"", list: [some(-1500), none, some(nan)], pair: [('x', err(true))]})");
  for (size_t size = 0; size < text.size(); size++) {
    EXPECT_FALSE(parse_wave_value(text.substr(0, size), type).has_value()) << size;
  }
  std::mt19937 random(2);
  for (int i = 0; i < 20'000; i++) {
    std::string damaged = text;
    damaged[random() % damaged.size()] = static_cast<char>(random());
    Result<Value> read = parse_wave_value(damaged, type);
    EXPECT_TRUE(read.has_value() || read.error().code() == ErrorCode::kUsage);
  }
}

TEST(Wave, GatedTypesHaveNoText) {
  Arena arena;
  TypeBuilder types(arena);
  EXPECT_FALSE(parse_wave_value("1", *types.stream(nullptr)).has_value());
  EXPECT_FALSE(parse_wave_value("1", *types.own(types.resource("file"))).has_value());
  EXPECT_EQ(to_wave(*types.own(types.resource("file")), number(TypeKind::kOwn, 1)), "own<file>");
}

}  // namespace
}  // namespace wisp::component
