// Hostile bytes: a real component, cut at every byte and with single bytes changed, ends in an
// error or in success; and the errors say what and where.
#include "component/binary/component_decoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "component/load/load.h"
#include "component/model/component.h"

namespace wisp::component {
namespace {

namespace fs = std::filesystem;

std::vector<uint8_t> hello() {
  std::ifstream file(fs::path(WISP_SOURCE_DIR) / "examples/hello.wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<void> decode(std::span<const uint8_t> bytes) {
  Arena arena;
  Decoded decoded;
  return decode_component(bytes, arena, decoded);
}

// Offsets of all bytes that belong to no core module.
std::vector<size_t> component_level_offsets(std::span<const uint8_t> bytes) {
  std::vector<size_t> offsets;
  for (size_t i = 0; i < 8; ++i) offsets.push_back(i);
  ByteReader reader(bytes.subspan(8), 8);
  while (!reader.at_end()) {
    size_t start = reader.offset();
    uint8_t id = reader.read_byte().value();
    uint32_t size = reader.read_u32().value();
    size_t content = reader.offset();
    (void)reader.read_bytes(size).value();
    size_t end = id <= 1 ? content : reader.offset();
    for (size_t i = start; i < end; ++i) offsets.push_back(i);
  }
  return offsets;
}

TEST(ComponentDecoder, Truncations) {
  const std::vector<uint8_t> bytes = hello();
  ASSERT_FALSE(bytes.empty());
  ASSERT_TRUE(decode(bytes));
  size_t accepted = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    // A copy of exactly this size: reading past the end is seen by the address sanitizer.
    std::vector<uint8_t> part(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size));
    Result<void> result = decode(part);
    if (result) {
      ++accepted;
      continue;
    }
    ASSERT_NE(result.error().offset(), Error::kNoOffset) << size;
    ASSERT_LE(result.error().offset(), size);
    ASSERT_FALSE(result.error().message().empty());
  }
  // Only cuts between two sections leave a component.
  EXPECT_LT(accepted, 400u);
}

TEST(ComponentDecoder, Mutations) {
  std::vector<uint8_t> bytes = hello();
  ASSERT_FALSE(bytes.empty());
  const std::vector<size_t> outside = component_level_offsets(bytes);
  std::mt19937 random(20261123);
  size_t accepted = 0;
  constexpr int kMutations = 100'000;
  for (int i = 0; i < kMutations; ++i) {
    // Most bytes of the file are code, which the decoder of components does not look at.
    size_t at = i % 4 == 0 ? random() % bytes.size() : outside[random() % outside.size()];
    uint8_t before = bytes[at];
    bytes[at] = static_cast<uint8_t>(before ^ (1 + random() % 255));
    if (decode(bytes)) ++accepted;
    bytes[at] = before;
  }
  EXPECT_GT(accepted, 0u);
  EXPECT_LT(accepted, static_cast<size_t>(kMutations));
}

struct Wrong {
  std::vector<uint8_t> bytes;
  ErrorCode code;
  uint64_t offset;
  const char* text;
};

TEST(ComponentDecoder, SaysWhatTheFileIs) {
  const Wrong cases[] = {
      {{}, ErrorCode::kMalformed, 0, "no WebAssembly binary"},
      {{0x7f, 'E', 'L', 'F', 0, 0, 0, 0}, ErrorCode::kMalformed, 0, "no WebAssembly binary"},
      {{0, 'a', 's', 'm', 1, 0, 0, 0}, ErrorCode::kMalformed, 4, "core module, not a component"},
      {{0, 'a', 's', 'm', 0x0c, 0, 1, 0}, ErrorCode::kMalformed, 4, "unknown pre-release version"},
      {{0, 'a', 's', 'm', 0x0d, 0, 2, 0}, ErrorCode::kMalformed, 4, "layer 2"},
  };
  for (const Wrong& wrong : cases) {
    Result<void> result = decode(wrong.bytes);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), wrong.code);
    EXPECT_EQ(result.error().offset(), wrong.offset);
    EXPECT_NE(result.error().message().find(wrong.text), std::string::npos)
        << result.error().message();
  }
}

TEST(ComponentDecoder, ErrorsNameSectionItemAndName) {
  // (type $first string) (type $second (list 5)), with a component-name section behind it.
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0, 7, 4, 2, 0x73, 0x70, 5};
  Result<void> plain = decode(bytes);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code(), ErrorCode::kInvalid);
  EXPECT_EQ(plain.error().offset(), 13u);
  EXPECT_NE(plain.error().message().find("type section, item 1: "), std::string::npos)
      << plain.error().message();

  const std::string name = "component-name";
  std::vector<uint8_t> custom = {static_cast<uint8_t>(name.size())};
  custom.insert(custom.end(), name.begin(), name.end());
  const std::vector<uint8_t> names = {1,   17, 3, 2,   0,   5,   'f', 'i', 'r', 's',
                                      't', 1,  6, 's', 'e', 'c', 'o', 'n', 'd'};
  custom.insert(custom.end(), names.begin(), names.end());
  bytes.push_back(0);
  bytes.push_back(static_cast<uint8_t>(custom.size()));
  bytes.insert(bytes.end(), custom.begin(), custom.end());
  Result<void> named = decode(bytes);
  ASSERT_FALSE(named);
  EXPECT_NE(named.error().message().find("type section, item 1 ($second): "), std::string::npos)
      << named.error().message();
}

TEST(ComponentDecoder, NestingIsLimited) {
  // Components in components, each the only section of the one around it.
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  const std::vector<uint8_t> preamble = bytes;
  for (int i = 0; i < 200; ++i) {
    std::vector<uint8_t> outer = preamble;
    outer.push_back(4);
    uint32_t size = static_cast<uint32_t>(bytes.size());
    do {
      outer.push_back(static_cast<uint8_t>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
      size >>= 7;
    } while (size != 0);
    outer.insert(outer.end(), bytes.begin(), bytes.end());
    bytes = std::move(outer);
  }
  Result<void> result = decode(bytes);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
}

TEST(ComponentDecoder, GatedFeaturesAreNamedAfterValidation) {
  const std::vector<uint8_t> stream = {0, 'a', 's', 'm', 0x0d, 0, 1, 0, 7, 3, 1, 0x66, 0};
  Result<void> refused = validate_component(stream);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().offset(), 11u);
  EXPECT_NE(refused.error().message().find("WASI 0.3"), std::string::npos);
  // What is invalid is called so, gated or not.
  const std::vector<uint8_t> invalid = {0, 'a', 's', 'm', 0x0d, 0, 1, 0, 7, 4, 1, 0x66, 1, 0x74};
  Result<void> wrong = validate_component(invalid);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace wisp::component
