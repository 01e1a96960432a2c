// Tables of text_blocks.h: how the bytes of a few characters are moved between UTF-8 and lanes of
// equal size, by where the characters end. Made by the compiler, 18 KiB.
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
};

// The characters at the start of 12 bytes of UTF-8, by a mask of the bytes that end one: six of at
// most two bytes, into units; else four of at most three, into words; else (there is one of four
// bytes) none. A lane has the last byte lowest.
struct Utf8Windows {
  static constexpr size_t kBytes = 12, kPairShapes = 64, kNoShape = 64 + 81;
  struct Window {
    uint8_t shape = kNoShape;
    uint8_t size = 0;
  };
  std::array<Window, size_t{1} << kBytes> windows{};
  std::array<Shuffle, kNoShape> shapes{};

  constexpr Utf8Windows() {
    for (uint32_t ends = 0; ends < windows.size(); ends++) {
      if (!add(ends, 6, 2, 0)) add(ends, 4, 3, kPairShapes);
    }
  }

 private:
  constexpr bool add(uint32_t ends, uint32_t characters, uint32_t longest, size_t shape) {
    const uint32_t lane_size = longest == 2 ? 2 : 4;
    Shuffle shuffle{};
    for (uint8_t& from : shuffle.from) from = Shuffle::kNothing;
    uint32_t at = 0;
    size_t number = 0;
    for (uint32_t i = 0; i < characters; i++) {
      uint32_t length = 1;
      while (length <= longest && (ends >> (at + length - 1) & 1) == 0) length++;
      if (length > longest) return false;
      at += length;
      for (uint32_t j = 0; j < length; j++) {
        shuffle.from[i * lane_size + j] = static_cast<uint8_t>(at - 1 - j);
      }
      number = number * longest + length - 1;
    }
    windows[ends] = {static_cast<uint8_t>(shape + number), static_cast<uint8_t>(at)};
    shapes[shape + number] = shuffle;
    return true;
  }
};
inline constexpr Utf8Windows kUtf8Windows;

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
      for (uint8_t& from : shuffle.from) from = Shuffle::kNothing;
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
