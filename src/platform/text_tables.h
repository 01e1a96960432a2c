// Tables of text_blocks.h: how the bytes of a few characters are moved between UTF-8 and lanes of
// equal size, by which of them count. Made by the compiler, 12 KiB.
//
// The idea of a shuffle by table is that of Lemire and Mula ("Transcoding billions of Unicode
// characters per second with SIMD instructions", 2021).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace wisp {

struct Shuffle {
  static constexpr uint8_t kNothing = 0x80;
  uint8_t from[16];

  constexpr Shuffle() {
    for (uint8_t& each : from) each = kNothing;
  }
};

// The bytes of eight units, side by side: the high ones of those that a mask has, and the low ones
// of these or of all.
enum class LowBytes : uint8_t { kMarked, kAll };
template <LowBytes kLow>
struct BytePackings {
  std::array<Shuffle, 256> shuffles{};

  constexpr BytePackings() {
    for (uint32_t mask = 0; mask < 256; mask++) {
      uint8_t size = 0;
      Shuffle& shuffle = shuffles[mask];
      for (uint8_t i = 0; i < 8; i++) {
        const bool is_marked = (mask >> i & 1) != 0;
        if (is_marked || kLow == LowBytes::kAll) shuffle.from[size++] = 2 * i;
        if (is_marked) shuffle.from[size++] = 2 * i + 1;
      }
    }
  }
};
inline constexpr BytePackings<LowBytes::kMarked> kUnitPackings;
inline constexpr BytePackings<LowBytes::kAll> kPairPackings;

// Four characters below U+10000 to UTF-8, from words that hold, lowest byte first, the last byte of
// the character, the second and the first of a long one, the first of a short one. By a mask: bits
// 0 to 3, which need two bytes at least; bits 4 to 7, which need three.
struct Utf8Packings {
  std::array<Shuffle, 256> shuffles{};
  std::array<uint8_t, 256> sizes{};

  constexpr Utf8Packings() {
    for (uint32_t mask = 0; mask < 256; mask++) {
      uint8_t size = 0;
      Shuffle& shuffle = shuffles[mask];
      for (uint32_t i = 0; i < 4; i++) {
        const auto word = static_cast<uint8_t>(4 * i);
        if ((mask >> (4 + i) & 1) != 0) {
          shuffle.from[size++] = word + 2;
          shuffle.from[size++] = word + 1;
        } else if ((mask >> i & 1) != 0) {
          shuffle.from[size++] = word + 3;
        }
        shuffle.from[size++] = word;
      }
      sizes[mask] = size;
    }
  }
};
inline constexpr Utf8Packings kUtf8Packings;

}  // namespace wisp
