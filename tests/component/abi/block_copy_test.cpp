// Blocks of values, by the loop for each instruction set, against copying value by value.
#include "component/abi/block_copy.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "component/abi/place.h"
#include "component/type/type_builder.h"

namespace wisp::component {
namespace {

constexpr uint8_t kUntouched = 0x5a;

bool is_sum(TypeKind kind) {
  return kind == TypeKind::kVariant || kind == TypeKind::kEnum || kind == TypeKind::kOption ||
         kind == TypeKind::kResult;
}

// --- The oracle: false if there is something wrong. `to` holds zeros.

bool copy_value(const ValType& type, const uint8_t* from, uint8_t* to) {
  if (is_sum(type.kind)) {
    to[0] = from[0];
    if (from[0] >= case_count(type)) return false;
    if (type.kind == TypeKind::kEnum) return true;
    const ValType* payload = case_payload(type, from[0]);
    const uint32_t offset = type.payload_offset;
    return payload == nullptr || copy_value(*payload, from + offset, to + offset);
  }
  switch (type.kind) {
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) {
        if (!copy_value(*member.type, from + member.offset, to + member.offset)) return false;
      }
      return true;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        const uint32_t offset = i * type.element->size;
        if (!copy_value(*type.element, from + offset, to + offset)) return false;
      }
      return true;
    case TypeKind::kBool:
      to[0] = from[0] != 0;
      return true;
    case TypeKind::kFlags:
      for (size_t i = 0; i < type.members.size(); i++) {
        to[i / 8] |= static_cast<uint8_t>(from[i / 8] & 1u << i % 8);
      }
      return true;
    case TypeKind::kChar: {
      uint32_t value;
      std::memcpy(&value, from, 4);
      std::memcpy(to, from, 4);
      return value < 0xd800 || (value > 0xdfff && value < 0x110000);
    }
    default:
      std::memcpy(to, from, type.size);
      return true;
  }
}

// --- Types and values

class BlockCopyTest : public ::testing::Test {
 protected:
  static const ValType* primitive(TypeKind kind) { return TypeBuilder::primitive(kind); }
  const ValType* tuple(std::vector<const ValType*> types) {
    return builder_.tuple(labeled(std::move(types)));
  }
  const ValType* variant(std::vector<const ValType*> types) {
    return builder_.variant(labeled(std::move(types)));
  }

  const ValType* random_type(uint32_t depth) {
    constexpr TypeKind kPrimitives[] = {TypeKind::kBool, TypeKind::kU8,  TypeKind::kS16,
                                        TypeKind::kU32,  TypeKind::kS64, TypeKind::kF32,
                                        TypeKind::kF64,  TypeKind::kChar};
    const uint32_t choice = depth == 0 ? 0 : below(10);
    const auto some = [&] { return below(4) == 0 ? nullptr : random_type(depth - 1); };
    switch (choice) {
      case 4:
        return builder_.enumeration(labeled(std::vector<const ValType*>(1 + below(20))));
      case 5:
        return builder_.flags(labeled(std::vector<const ValType*>(1 + below(32))));
      case 6:
        return builder_.option(random_type(depth - 1));
      case 7:
        return builder_.result(some(), some());
      case 8: {
        std::vector<const ValType*> cases;
        for (uint32_t i = 0, count = 1 + below(10); i < count; i++) cases.push_back(some());
        return variant(cases);
      }
      case 9:
      case 3: {
        std::vector<const ValType*> members;
        for (uint32_t i = 0, count = 1 + below(5); i < count; i++) {
          members.push_back(random_type(depth - 1));
        }
        return tuple(members);
      }
      default:
        return primitive(kPrimitives[below(std::size(kPrimitives))]);
    }
  }

  // Of random bytes: mostly valid, or always.
  void fix_value(const ValType& type, uint8_t* at, uint32_t wrong_one_in) {
    const bool is_wrong = wrong_one_in != 0 && below(wrong_one_in) == 0;
    if (is_sum(type.kind)) {
      const uint32_t count = case_count(type);
      at[0] = static_cast<uint8_t>(is_wrong ? below(256) : below(count));
      if (at[0] >= count || type.kind == TypeKind::kEnum) return;
      const ValType* payload = case_payload(type, at[0]);
      if (payload != nullptr) fix_value(*payload, at + type.payload_offset, wrong_one_in);
    } else if (type.kind == TypeKind::kTuple) {
      for (const LabeledType& member : type.members) {
        fix_value(*member.type, at + member.offset, wrong_one_in);
      }
    } else if (type.kind == TypeKind::kFixedList) {
      for (uint32_t i = 0; i < type.length; i++) {
        fix_value(*type.element, at + i * type.element->size, wrong_one_in);
      }
    } else if (type.kind == TypeKind::kBool) {
      at[0] &= 3;
    } else if (type.kind == TypeKind::kChar) {
      const uint32_t value = is_wrong ? 0xd7ff + below(3) * 0x400 : below(0xd800);
      std::memcpy(at, &value, 4);
    }
  }

  // Values of the type, one list of each length.
  void check(const ValType& type, const BlockPattern& pattern) {
    for (uint32_t count = 0; count * type.size <= 300; count++) {
      const size_t size = size_t{count} * type.size;
      std::vector<uint8_t> from(size + 64), expected(size);
      for (uint8_t& byte : from) byte = static_cast<uint8_t>(random_());
      uint8_t* source = &from[below(32)];
      bool is_valid = true;
      for (uint32_t i = 0; i < count; i++) {
        fix_value(type, source + i * type.size, count % 2 == 0 ? 0 : 40);
        is_valid &= copy_value(type, source + i * type.size, &expected[i * type.size]);
      }
      std::vector<BlockKernel> kernels = {nullptr};
      if (pattern.table() != nullptr) {
        kernels.push_back(baseline_block_kernel(*pattern.table()));
        kernels.push_back(avx2_block_kernel(*pattern.table()));
      }
      const uint32_t distance = below(32);
      for (size_t i = 0; i < kernels.size(); i++) {
        if (i != 0 && kernels[i] == nullptr) continue;
        std::vector<uint8_t> to(size + 64, kUntouched);
        const BlockStatus status = i == 0
                                       ? pattern.copy(&to[distance], source, size)
                                       : kernels[i](*pattern.table(), &to[distance], source, size);
        ASSERT_EQ(status == BlockStatus::kCopied, is_valid) << "kernel " << i;
        for (size_t j = 0; j < to.size(); j++) {
          const bool is_inside = j >= distance && j < distance + size;
          if (!is_valid && is_inside) continue;
          ASSERT_EQ(to[j], is_inside ? expected[j - distance] : kUntouched)
              << "kernel " << i << ", byte " << j - distance << " of " << size;
        }
      }
    }
  }

  uint32_t below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }

  Arena arena_;
  TypeBuilder builder_{arena_};
  std::mt19937 random_{1};

 private:
  static std::vector<LabeledType> labeled(std::vector<const ValType*> types) {
    std::vector<LabeledType> members;
    for (const ValType* type : types) members.push_back({"a", type});
    return members;
  }
};

TEST_F(BlockCopyTest, TypesOfBlocks) {
  const ValType* u8 = primitive(TypeKind::kU8);
  const ValType* u32 = primitive(TypeKind::kU32);
  const ValType* u64 = primitive(TypeKind::kU64);
  const ValType* f64 = primitive(TypeKind::kF64);
  const ValType* boolean = primitive(TypeKind::kBool);
  const ValType* character = primitive(TypeKind::kChar);
  for (const ValType* type : {u8,
                              u32,
                              boolean,
                              character,
                              tuple({u32, u32}),
                              tuple({u8, u32}),
                              builder_.option(u8),
                              builder_.option(u32),
                              builder_.option(u64),
                              builder_.option(character),
                              builder_.option(builder_.option(u32)),
                              builder_.result(u32, u8),
                              builder_.result(nullptr, u64),
                              variant({u32, nullptr, u8, u64, f64}),
                              tuple({u64, builder_.option(u32), builder_.option(f64), boolean}),
                              tuple({u8, builder_.option(u64)}),
                              tuple({u64, builder_.option(u64)}),
                              tuple({builder_.option(u8), builder_.option(boolean), u8}),
                              builder_.option(tuple({u32, builder_.option(u32)})),
                              builder_.fixed_list(builder_.option(u32), 3)}) {
    const auto pattern = BlockPattern::of(*type);
    ASSERT_NE(pattern, nullptr) << to_string(type->kind) << " of " << type->size;
    check(*type, *pattern);
    if (HasFailure()) FAIL() << to_string(type->kind) << " of " << type->size;
  }
}

TEST_F(BlockCopyTest, RandomTypes) {
  size_t patterns = 0;
  for (int i = 0; i < 400; i++) {
    const ValType* type = random_type(3);
    if (type == nullptr) continue;
    const auto pattern = BlockPattern::of(*type);
    if (pattern == nullptr) continue;
    patterns++;
    check(*type, *pattern);
    if (HasFailure()) FAIL() << to_string(type->kind) << " of " << type->size << ", " << i;
  }
  EXPECT_GT(patterns, 150u);
}

// What no block shows.
TEST_F(BlockCopyTest, OtherTypes) {
  const ValType* u8 = primitive(TypeKind::kU8);
  const ValType* u32 = primitive(TypeKind::kU32);
  const ValType* boolean = primitive(TypeKind::kBool);
  EXPECT_EQ(BlockPattern::of(*primitive(TypeKind::kString)), nullptr);
  EXPECT_EQ(BlockPattern::of(*builder_.list(u8)), nullptr);
  EXPECT_EQ(BlockPattern::of(*variant({boolean, u8})), nullptr);
  EXPECT_EQ(BlockPattern::of(*variant({u32, primitive(TypeKind::kChar)})), nullptr);
  EXPECT_EQ(BlockPattern::of(*variant(std::vector<const ValType*>(9, u32))), nullptr);
  EXPECT_EQ(BlockPattern::of(*builder_.option(builder_.fixed_list(u32, 20))), nullptr);
  EXPECT_EQ(BlockPattern::of(*builder_.fixed_list(u8, 129)), nullptr);
  EXPECT_EQ(BlockPattern::of(*builder_.option(builder_.option(builder_.option(u8)))), nullptr);
}

}  // namespace
}  // namespace wisp::component
