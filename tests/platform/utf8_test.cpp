#include "platform/utf8.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/transcoding.h"

namespace wisp {
namespace {

using namespace std::string_literals;

TEST(Utf8, AcceptsEveryScalarValueBoundary) {
  for (const std::string& text :
       {""s, "\0"s, "plain ascii, longer than a word"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s,
        "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s,
        "\xf4\x8f\xbf\xbf"s}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesWhatIsNoScalarValue) {
  for (const std::string& bad :
       {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x7f"s, "\xe0\x9f\xbf"s,
        "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xe1\x80"s, "\xe1\x80\xc0"s, "\xf0\x8f\xbf\xbf"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xf1\x80\x80"s, "\xff"s}) {
    EXPECT_FALSE(is_valid_utf8(bad));
    EXPECT_EQ(valid_utf8_prefix("0123456789abc" + bad + "rest"), 13u);
  }
}

// The plain way, one character at a time: what the block paths must agree with.
std::u32string decode(const std::string& text) {
  std::u32string result;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    uint32_t code_point = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t j = 1; j < length; j++) {
      code_point = code_point << 6 | (static_cast<uint8_t>(text[i + j]) & 0x3fu);
    }
    result += static_cast<char32_t>(code_point);
    i += length;
  }
  return result;
}

std::string encode_utf16(const std::u32string& text) {
  std::string result;
  const auto unit = [&](uint32_t value) {
    result += static_cast<char>(value & 0xff);
    result += static_cast<char>(value >> 8);
  };
  for (uint32_t code_point : text) {
    if (code_point < 0x10000) {
      unit(code_point);
    } else {
      unit(0xd800 + ((code_point - 0x10000) >> 10));
      unit(0xdc00 + ((code_point - 0x10000) & 0x3ff));
    }
  }
  return result;
}

const uint8_t* bytes_of(const std::string& text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

// Texts in which one character of each size stands at each distance from the blocks' borders.
std::vector<std::string> block_border_texts() {
  std::vector<std::string> texts;
  for (const char* special : {"", "\xc3\xa9", "\xc4\x80", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) {
    for (size_t before = 0; before < 70; before++) {
      for (size_t after : {size_t{0}, size_t{1}, size_t{33}}) {
        texts.push_back(std::string(before, 'a') + special + std::string(after, 'z'));
      }
    }
  }
  return texts;
}

TEST(Utf8, Utf16RoundTrip) {
  for (const std::string& text : block_border_texts()) {
    const std::string expected = encode_utf16(decode(text));
    std::string wide(2 * text.size() + 2, '\x55');
    const size_t units =
        utf8_to_utf16(bytes_of(text), text.size(), reinterpret_cast<uint8_t*>(wide.data())).written;
    ASSERT_EQ(wide.substr(0, 2 * units), expected);
    EXPECT_EQ(wide.substr(2 * text.size()), "\x55\x55");
    EXPECT_TRUE(check_utf16(bytes_of(expected), units).is_valid);
    std::string narrow(3 * units + 1, '\x55');
    const size_t size =
        utf16_to_utf8(bytes_of(expected), units, reinterpret_cast<uint8_t*>(narrow.data())).written;
    EXPECT_EQ(narrow.substr(0, size), text);
  }
}

TEST(Utf8, Latin1Conversions) {
  for (const std::string& text : block_border_texts()) {
    const std::u32string characters = decode(text);
    size_t representable = 0;
    while (representable < characters.size() && characters[representable] < 0x100) representable++;
    std::string latin1(text.size(), '\0');
    const TextProgress progress =
        utf8_to_latin1(bytes_of(text), text.size(), reinterpret_cast<uint8_t*>(latin1.data()));
    ASSERT_EQ(progress.written, representable);
    EXPECT_EQ(progress.read == text.size(), representable == characters.size());
    std::string back(2 * progress.written, '\0');
    back.resize(latin1_to_utf8(bytes_of(latin1), progress.written,
                               reinterpret_cast<uint8_t*>(back.data())));
    EXPECT_EQ(back, text.substr(0, progress.read));
    const std::string wide = encode_utf16(characters);
    std::string narrowed(wide.size() / 2, '\0');
    EXPECT_EQ(utf16_to_latin1(bytes_of(wide), wide.size() / 2,
                              reinterpret_cast<uint8_t*>(narrowed.data())),
              representable);
    std::string inflated = latin1.substr(0, progress.written);
    inflated.resize(2 * progress.written);
    inflate_latin1_in_place(reinterpret_cast<uint8_t*>(inflated.data()), progress.written);
    EXPECT_EQ(inflated, wide.substr(0, inflated.size()));
  }
}

TEST(Utf8, UnpairedSurrogates) {
  const auto valid = [](std::vector<uint16_t> units) {
    return check_utf16(reinterpret_cast<const uint8_t*>(units.data()), units.size()).is_valid;
  };
  EXPECT_TRUE(valid({0x41, 0xd83d, 0xde00, 0x42}));
  EXPECT_FALSE(valid({0xd83d}));
  EXPECT_FALSE(valid({0xd83d, 0x41}));
  EXPECT_FALSE(valid({0xde00, 0xd83d}));
  EXPECT_FALSE(valid({0xd83d, 0xd83d, 0xde00}));
  EXPECT_TRUE(valid({}));
}

// Pairs, their halves and other characters at every place of and between the blocks.
TEST(Utf8, SurrogatesAtAnyPlace) {
  for (size_t size = 1; size < 100; size++) {
    for (size_t i = 0; i < size; i++) {
      std::vector<uint16_t> units(size, 'a');
      const auto check = [&] {
        return check_utf16(reinterpret_cast<const uint8_t*>(units.data()), size);
      };
      EXPECT_TRUE(check().is_valid);
      EXPECT_EQ(check().bits, 'a');
      units[i] = 0xe4;
      EXPECT_EQ(check().bits, (size == 1 ? 0 : 'a') | 0xe4);
      units[i] = 0xd83d;
      EXPECT_FALSE(check().is_valid) << size << " " << i;
      if (i + 1 == size) continue;
      units[i + 1] = 0xde00;
      EXPECT_TRUE(check().is_valid) << size << " " << i;
      EXPECT_GE(check().bits, 0x100);
      units[i] = 'a';
      EXPECT_FALSE(check().is_valid) << size << " " << i;
    }
  }
}

TEST(Utf8, AsciiEndsAtAnyPlace) {
  for (size_t size = 1; size < 200; size++) {
    for (size_t i = 0; i < size; i++) {
      std::vector<uint8_t> text(size, 0x7f);
      text[i] = 0x80;
      EXPECT_EQ(ascii_prefix(text.data(), size), i);
    }
  }
}

TEST(Utf8, IncompleteIsNotInvalid) {
  const auto status = [](const std::string& text) {
    return validate_utf8(bytes_of(text), text.size());
  };
  EXPECT_EQ(status("abc\xe2\x82"), Utf8Status::kIncomplete);
  EXPECT_EQ(status("\xf0"), Utf8Status::kIncomplete);
  EXPECT_EQ(status("\xe2\x28"), Utf8Status::kInvalid);
  EXPECT_EQ(status("\xe0\x80"), Utf8Status::kInvalid);
  EXPECT_EQ(status("\xe2\x82\xac"), Utf8Status::kValid);
}

}  // namespace
}  // namespace wisp
