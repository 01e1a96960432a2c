#include "platform/byte_reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace wisp {
namespace {

ByteReader reader(const std::vector<uint8_t>& bytes) { return ByteReader(bytes, 100); }

TEST(ByteReader, ReadsUnsignedLeb) {
  std::vector<uint8_t> bytes = {0x05, 0xe5, 0x8e, 0x26, 0xff, 0xff, 0xff, 0xff, 0x0f};
  ByteReader r = reader(bytes);
  EXPECT_EQ(r.read_u32().value(), 5u);
  EXPECT_EQ(r.read_u32().value(), 624485u);
  EXPECT_EQ(r.read_u32().value(), 0xffffffffu);
  EXPECT_TRUE(r.at_end());
  EXPECT_EQ(r.offset(), 109u);
}

TEST(ByteReader, ReadsSignedLeb) {
  std::vector<uint8_t> bytes = {0x7f, 0xc0, 0xbb, 0x78, 0x80, 0x80, 0x80, 0x80, 0x78};
  ByteReader r = reader(bytes);
  EXPECT_EQ(r.read_s32().value(), -1);
  EXPECT_EQ(r.read_s32().value(), -123456);
  EXPECT_EQ(r.read_s32().value(), INT32_MIN);
  std::vector<uint8_t> wide = {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f};
  EXPECT_EQ(reader(wide).read_s64().value(), INT64_MIN);
  std::vector<uint8_t> index = {0xff, 0xff, 0xff, 0xff, 0x0f};
  EXPECT_EQ(reader(index).read_s33().value(), 0xffffffff);
}

struct BadLeb {
  std::vector<uint8_t> bytes;
  const char* message;
  uint64_t offset;
};

TEST(ByteReader, RefusesBadLebAtTheOffendingByte) {
  for (const BadLeb& bad : std::vector<BadLeb>{
           {{}, "unexpected end", 100},
           {{0x80, 0x80}, "unexpected end", 102},
           {{0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, "integer representation too long", 104},
           {{0x80, 0x80, 0x80, 0x80, 0x10}, "integer too large", 104}}) {
    auto result = reader(bad.bytes).read_u32();
    ASSERT_FALSE(result.has_value()) << bad.message;
    EXPECT_EQ(result.error().message(), bad.message);
    EXPECT_EQ(result.error().offset(), bad.offset);
    EXPECT_EQ(result.error().code(), ErrorCode::kMalformed);
  }
  // Unused bits of a signed number are the sign, all of them.
  std::vector<uint8_t> negative = {0xff, 0xff, 0xff, 0xff, 0x0f};
  EXPECT_EQ(reader(negative).read_s32().error().message(), "integer too large");
  std::vector<uint8_t> positive = {0x80, 0x80, 0x80, 0x80, 0x70};
  EXPECT_EQ(reader(positive).read_s32().error().message(), "integer too large");
}

TEST(ByteReader, ReadsNames) {
  std::vector<uint8_t> bytes = {3, 'a', 0xc3, 0xa4, 2, 0xc3, 0x28, 9, 'x'};
  ByteReader r = reader(bytes);
  EXPECT_EQ(r.read_name().value(), "a\xc3\xa4");
  auto bad = r.read_name();
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().offset(), 104u);
  EXPECT_EQ(bad.error().message(), "malformed UTF-8 encoding of a name");
  ASSERT_TRUE(r.read_bytes(2).has_value());
  EXPECT_FALSE(r.read_name().has_value());
}

TEST(ByteReader, PartsKnowWhereTheyAre) {
  std::vector<uint8_t> bytes = {1, 2, 3, 4, 5, 6};
  ByteReader r = reader(bytes);
  (void)r.read_byte();
  ByteReader part = r.read_part(3).value();
  EXPECT_EQ(part.offset(), 101u);
  EXPECT_EQ(part.remaining(), 3u);
  EXPECT_EQ(r.read_byte().value(), 5);
  EXPECT_FALSE(r.read_fixed_u32().has_value());
  EXPECT_EQ(reader(bytes).read_fixed_u32().value(), 0x04030201u);
}

}  // namespace
}  // namespace wisp
