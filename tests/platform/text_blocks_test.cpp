// Every loop over blocks of text, for each instruction set, against one that goes character by
// character: all lengths, all alignments, valid texts of several kinds and broken ones. Sources
// end, and destinations as well, where the memory ends.
#include "platform/text_blocks.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace wisp {
namespace {

using Text = std::vector<uint8_t>;
constexpr uint8_t kUntouched = 0x5a;

// --- The oracle

// The first character of UTF-8; -1: none.
int64_t take_utf8(const uint8_t* bytes, size_t size, size_t& length) {
  length = bytes[0] < 0x80 ? 1 : bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  if (bytes[0] >= 0x80 && bytes[0] < 0xc0) return -1;
  if (bytes[0] >= 0xf8 || length > size) return -1;
  int64_t value = length == 1 ? bytes[0] : bytes[0] & (0x3f >> (length - 1));
  for (size_t i = 1; i < length; i++) {
    if (bytes[i] / 0x40 != 2) return -1;
    value = value * 0x40 + bytes[i] % 0x40;
  }
  constexpr int64_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_scalar = value < 0xd800 || (value > 0xdfff && value < 0x110000);
  return value >= kLeast[length] && is_scalar ? value : -1;
}
int64_t take_utf16(const uint8_t* bytes, size_t size, size_t& length) {
  const auto unit = [&](size_t i) { return bytes[2 * i] + 256 * bytes[2 * i + 1]; };
  length = 2;
  const int first = unit(0);
  if (first < 0xd800 || first > 0xdfff) return first;
  length = 4;
  if (first > 0xdbff || size < 4 || unit(1) < 0xdc00 || unit(1) > 0xdfff) return -1;
  return 0x10000 + (first - 0xd800) * 0x400 + (unit(1) - 0xdc00);
}
int64_t take_latin1(const uint8_t* bytes, size_t, size_t& length) {
  length = 1;
  return bytes[0];
}

void give_utf8(int64_t value, Text& out) {
  const auto add = [&](int64_t byte) { out.push_back(static_cast<uint8_t>(byte)); };
  if (value < 0x80) return add(value);
  if (value < 0x800) {
    add(0xc0 + value / 0x40);
  } else {
    if (value < 0x10000) {
      add(0xe0 + value / 0x1000);
    } else {
      add(0xf0 + value / 0x40000);
      add(0x80 + value / 0x1000 % 0x40);
    }
    add(0x80 + value / 0x40 % 0x40);
  }
  add(0x80 + value % 0x40);
}
void give_utf16(int64_t value, Text& out) {
  const auto add = [&](int64_t unit) {
    out.push_back(static_cast<uint8_t>(unit % 256));
    out.push_back(static_cast<uint8_t>(unit / 256));
  };
  if (value < 0x10000) return add(value);
  add(0xd800 + (value - 0x10000) / 0x400);
  add(0xdc00 + (value - 0x10000) % 0x400);
}
void give_latin1(int64_t value, Text& out) { out.push_back(static_cast<uint8_t>(value)); }

using Take = int64_t (*)(const uint8_t* bytes, size_t size, size_t& length);
using Give = void (*)(int64_t value, Text& out);

// Converts up to what is wrong or above `max`; returns the bytes that were read.
size_t convert(const Text& text, Take take, Give give, int64_t max, Text& out) {
  size_t at = 0;
  while (at < text.size()) {
    size_t length;
    const int64_t value = take(&text[at], text.size() - at, length);
    if (value < 0 || value > max) break;
    give(value, out);
    at += length;
  }
  return at;
}

// --- Memory that ends

class Ending {
 public:
  static constexpr size_t kSize = 4096;
  Ending() {
    memory_ = static_cast<uint8_t*>(
        mmap(nullptr, 2 * kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(memory_ + kSize, kSize, PROT_NONE);
  }
  ~Ending() { munmap(memory_, 2 * kSize); }
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;

  // `size` bytes, `distance` before the end.
  uint8_t* place(size_t size, size_t distance) {
    std::fill(memory_, memory_ + kSize, kUntouched);
    return memory_ + kSize - distance - size;
  }
  // Whether only these bytes were written.
  bool is_untouched_but(const uint8_t* from, size_t size) const {
    return std::all_of(static_cast<const uint8_t*>(memory_), from, &is_fresh) &&
           std::all_of(from + size, static_cast<const uint8_t*>(memory_) + kSize, &is_fresh);
  }

 private:
  static bool is_fresh(uint8_t byte) { return byte == kUntouched; }
  uint8_t* memory_;
};

// --- Texts

constexpr int64_t kKinds[][2] = {{0x20, 0x7f},     {0xa0, 0x100},      {0x400, 0x500},
                                 {0x3040, 0x9fff}, {0x1f300, 0x1f700}, {0, 0x110000}};

std::vector<int64_t> random_characters(std::mt19937& random, size_t count) {
  // One kind, or now and then one of another.
  const size_t main = random() % std::size(kKinds), other = random() % std::size(kKinds);
  const uint32_t rarity = 1u << random() % 8;
  std::vector<int64_t> result;
  while (result.size() < count) {
    const auto& kind = kKinds[random() % rarity == 0 ? other : main];
    const int64_t value = kind[0] + random() % (kind[1] - kind[0]);
    if (value < 0xd800 || value > 0xdfff) result.push_back(value);
  }
  return result;
}

// About `size` bytes, cut anywhere or broken sometimes.
Text random_text(std::mt19937& random, Give give, size_t size, size_t unit) {
  Text text;
  for (int64_t value : random_characters(random, size)) {
    give(give == &give_latin1 ? value % 0x100 : value, text);
    if (text.size() >= size) break;
  }
  if (random() % 4 == 0) text.resize(size / unit * unit);
  if (random() % 3 == 0 && !text.empty()) {
    constexpr uint8_t kHostile[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                    0xc0, 0xc1, 0xc2, 0xd8, 0xdc, 0xdf, 0xe0, 0xed,
                                    0xef, 0xf0, 0xf4, 0xf5, 0xf8, 0xff};
    const size_t changes = 1 + random() % 2;
    for (size_t i = 0; i < changes; i++) {
      text[random() % text.size()] = kHostile[random() % std::size(kHostile)];
    }
  }
  return text;
}

class TextBlocksTest : public ::testing::TestWithParam<const TextKernels*> {
 protected:
  static constexpr size_t kMaxSize = 200, kMaxDistance = 33, kTextsEach = 40;

  void SetUp() override {
    if (GetParam() == nullptr) GTEST_SKIP() << "no such processor";
  }
  const TextKernels& kernels() const { return *GetParam(); }

  // Calls `check(text)` for texts of every size, at every distance from the end of memory. `give`
  // says the encoding.
  template <class Check>
  void for_texts(Give give, Check check) {
    std::mt19937 random(1);
    const size_t unit = give == &give_utf16 ? 2 : 1;
    for (size_t size = 0; size <= kMaxSize; size++) {
      for (size_t i = 0; i < kTextsEach; i++) {
        const Text text = random_text(random, give, size * unit, unit);
        distance_ = (i + size) % kMaxDistance;
        from_ = source_.place(text.size(), distance_);
        std::copy(text.begin(), text.end(), from_);
        check(text);
        if (HasFailure()) {
          ADD_FAILURE() << "of a text of " << text.size() << ": " << ::testing::PrintToString(text);
          return;
        }
      }
    }
  }

  uint8_t* room(size_t size) { return to_ = destination_.place(size, distance_); }
  // What was written is this, and nothing else was.
  void expect_written(const Text& expected, size_t written) {
    EXPECT_EQ(Text(to_, to_ + written), expected);
    EXPECT_TRUE(destination_.is_untouched_but(to_, written));
  }

  using Convert = TextProgress (*)(const uint8_t*, size_t, uint8_t*);
  void expect_conversion(const Text& text, Convert convert_blocks, Take take, size_t from_unit,
                         Give give, size_t to_unit, size_t room_each, int64_t max) {
    Text expected;
    const size_t read = convert(text, take, give, max, expected);
    const size_t count = text.size() / from_unit;
    const TextProgress progress = convert_blocks(from_, count, room(room_each * count));
    EXPECT_EQ(progress.read, read / from_unit);
    EXPECT_EQ(progress.written, expected.size() / to_unit);
    if (HasFailure()) return;
    EXPECT_EQ(Text(to_, to_ + expected.size()), expected);
    const bool is_complete = progress.read == count;
    EXPECT_TRUE(
        destination_.is_untouched_but(to_, is_complete ? expected.size() : room_each * count));
  }

  static bool is_valid(const Text& text, Take take) {
    Text expected;
    return convert(text, take, &give_utf8, 0x10ffff, expected) == text.size();
  }
  // What is not valid is not converted, but text may change behind the back of who checked it.
  void expect_nothing_outside(const Text& text, Convert convert_blocks, size_t from_unit,
                              size_t room_each) {
    const size_t count = text.size() / from_unit, size = room_each * count;
    const TextProgress progress = convert_blocks(from_, count, room(size));
    EXPECT_LE(progress.read, count);
    EXPECT_LE(progress.written, size);
    EXPECT_TRUE(destination_.is_untouched_but(to_, size));
  }

  Ending source_, destination_;
  uint8_t *from_ = nullptr, *to_ = nullptr;
  size_t distance_ = 0;
};

TEST_P(TextBlocksTest, Utf8IsChecked) {
  for_texts(&give_utf8, [&](const Text& text) {
    Text expected;
    const size_t valid = convert(text, &take_utf8, &give_utf8, 0x10ffff, expected);
    EXPECT_EQ(kernels().valid_utf8_prefix(from_, text.size()), valid);
  });
}

TEST_P(TextBlocksTest, AsciiIsCopied) {
  for_texts(&give_utf8, [&](const Text& text) {
    const auto end = std::find_if(text.begin(), text.end(), [](uint8_t b) { return b >= 0x80; });
    const auto size = static_cast<size_t>(end - text.begin());
    EXPECT_EQ(kernels().ascii_prefix(from_, text.size()), size);
    EXPECT_EQ(kernels().copy_ascii(from_, text.size(), room(text.size())), size);
    expect_written(Text(text.begin(), end), size);
  });
}

TEST_P(TextBlocksTest, Utf16IsChecked) {
  for_texts(&give_utf16, [&](const Text& text) {
    Text expected;
    const size_t count = text.size() / 2;
    const bool is_valid =
        convert(text, &take_utf16, &give_utf16, 0x10ffff, expected) == text.size();
    const Utf16Check check = kernels().check_utf16(from_, count);
    EXPECT_EQ(check.is_valid, is_valid);
    if (!is_valid) return;
    uint32_t bits = 0;
    for (size_t i = 0; i < count; i++) bits |= load_unit(text.data(), i);
    const auto range = [](uint32_t all) { return all < 0x80 ? 0 : all < 0x100 ? 1 : 2; };
    EXPECT_EQ(range(check.bits), range(bits));
  });
}

TEST_P(TextBlocksTest, Utf8ToUtf16) {
  for_texts(&give_utf8, [&](const Text& text) {
    if (!is_valid(text, &take_utf8)) {
      return expect_nothing_outside(text, kernels().utf8_to_utf16, 1, 2);
    }
    expect_conversion(text, kernels().utf8_to_utf16, &take_utf8, 1, &give_utf16, 2, 2, 0x10ffff);
  });
}
TEST_P(TextBlocksTest, Utf8ToLatin1) {
  for_texts(&give_utf8, [&](const Text& text) {
    if (!is_valid(text, &take_utf8)) {
      return expect_nothing_outside(text, kernels().utf8_to_latin1, 1, 1);
    }
    expect_conversion(text, kernels().utf8_to_latin1, &take_utf8, 1, &give_latin1, 1, 1, 0xff);
  });
}
TEST_P(TextBlocksTest, Utf16ToUtf8) {
  for_texts(&give_utf16, [&](const Text& text) {
    if (!is_valid(text, &take_utf16)) {
      return expect_nothing_outside(text, kernels().utf16_to_utf8, 2, 3);
    }
    expect_conversion(text, kernels().utf16_to_utf8, &take_utf16, 2, &give_utf8, 1, 3, 0x10ffff);
  });
}

TEST_P(TextBlocksTest, Latin1ToUtf8) {
  for_texts(&give_latin1, [&](const Text& text) {
    Text expected;
    convert(text, &take_latin1, &give_utf8, 0xff, expected);
    EXPECT_EQ(kernels().latin1_to_utf8(from_, text.size(), room(2 * text.size())), expected.size());
    expect_written(expected, expected.size());
  });
}
TEST_P(TextBlocksTest, Latin1ToUtf16) {
  for_texts(&give_latin1, [&](const Text& text) {
    Text expected;
    convert(text, &take_latin1, &give_utf16, 0xff, expected);
    kernels().latin1_to_utf16(from_, text.size(), room(2 * text.size()));
    expect_written(expected, expected.size());
    std::copy(text.begin(), text.end(), room(2 * text.size()));
    kernels().inflate_latin1_in_place(to_, text.size());
    expect_written(expected, expected.size());
  });
}

TEST_P(TextBlocksTest, Utf16IsNarrowed) {
  for (const int64_t max : {0x7f, 0xff}) {
    const auto narrow = max == 0x7f ? kernels().utf16_to_ascii : kernels().utf16_to_latin1;
    for_texts(&give_utf16, [&](const Text& text) {
      Text expected;
      const size_t count = convert(text, &take_utf16, &give_latin1, max, expected) / 2;
      EXPECT_EQ(narrow(from_, text.size() / 2, room(text.size() / 2)), count);
      expect_written(expected, count);
      if (count == text.size() / 2) {
        kernels().narrow_utf16(from_, count, room(count));
        expect_written(expected, count);
        Text in_place = text;
        kernels().narrow_utf16(in_place.data(), count, in_place.data());
        in_place.resize(count);
        EXPECT_EQ(in_place, expected);
      }
      EXPECT_EQ(narrow(from_, text.size() / 2, from_), count);
      EXPECT_EQ(Text(from_, from_ + count), expected);
    });
  }
}

// Every sequence of two bytes, and every third and fourth that matters, at each place of a block.
TEST_P(TextBlocksTest, EveryPairOfBytes) {
  for (size_t place = 3; place < 70; place += 11) {
    for (uint32_t pair = 0; pair < 0x10000; pair++) {
      Text text(80, 'a');
      text[place] = static_cast<uint8_t>(pair >> 8);
      text[place + 1] = static_cast<uint8_t>(pair);
      if (pair % 3 != 0) text[place + 2] = 0x80 | (pair & 0x3f);
      if (pair % 5 != 0) text[place + 3] = 0xbf;
      Text expected;
      const size_t valid = convert(text, &take_utf8, &give_utf8, 0x10ffff, expected);
      ASSERT_EQ(kernels().valid_utf8_prefix(text.data(), text.size()), valid) << pair;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Baseline, TextBlocksTest, ::testing::Values(&kBaselineText));
INSTANTIATE_TEST_SUITE_P(Avx2, TextBlocksTest, ::testing::Values(avx2_text_kernels()));

}  // namespace
}  // namespace wisp
