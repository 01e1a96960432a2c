// UTF-8 by blocks of 64 bytes: validating, converting to units. Part of text_blocks.h.
//
// Validation is that of Keiser and Lemire ("Validating UTF-8 in less than one instruction per
// byte", 2020): three tables of 16 entries, looked up by the halves of a byte and of the one before
// it, agree in a bit if the two cannot follow each other. What comes before a block is loaded from
// memory, where it was validated.
//
// Conversion takes text that was validated. Each byte is a lane of 16 bits, which combines it with
// those before it to the unit that ends there; lanes in which none ends are left out by a shuffle
// (text_tables.h). So no jump depends on where characters end, only on how long the longest are.
#pragma once

#include <bit>

#include "platform/ascii_blocks.h"
#include "platform/text_tables.h"
#include "platform/transcoding.h"

namespace wisp {

// What the conversions from UTF-8 write.
struct Utf16Target {
  static constexpr size_t kUnitSize = 2;
  static constexpr RunAction kAsciiAction = RunAction::kWiden;
  static constexpr uint32_t kMax = 0x10ffff;
  static constexpr uint8_t kMaxByte = 0xff;

  WISP_INLINE static size_t put(uint32_t code_point, uint8_t* out) {
    return encode_utf16(code_point, out);
  }
  WISP_INLINE static void put_eight(simd::Vector16::Units units, uint8_t* out) {
    simd::store(out, units);
  }
};

struct Latin1Target {
  static constexpr size_t kUnitSize = 1;
  static constexpr RunAction kAsciiAction = RunAction::kCopy;
  static constexpr uint32_t kMax = 0xff;
  static constexpr uint8_t kMaxByte = 0xc3;

  WISP_INLINE static size_t put(uint32_t code_point, uint8_t* out) {
    out[0] = static_cast<uint8_t>(code_point);
    return 1;
  }
  WISP_INLINE static void put_eight(simd::Vector16::Units units, uint8_t* out) {
    simd::store(out, reinterpret_cast<simd::Halves>(simd::Vector16::narrow(units, units))[0]);
  }
};

template <class V>
class Utf8Blocks {
 public:
  static size_t valid_prefix(const uint8_t* bytes, size_t size) {
    size_t i = 0;
    while (true) {
      i += Ascii::template ascii_run<RunAction::kLook>(bytes + i, size - i, nullptr);
      // A block looks back by three bytes.
      while (i < size && i < kLookBack) {
        const DecodedUtf8 decoded = decode_utf8(bytes + i, size - i);
        if (decoded.size == 0 || decoded.size > size - i) return i;
        i += decoded.size;
      }
      if (i >= size) return i;
      bool is_ascii = false;
      while (i + kBlock <= size && !is_ascii) {
        is_ascii = is_block_ascii(bytes + i);
        if (is_ascii ? cut_before(bytes + i) != 0 : !is_block_valid(bytes + i)) {
          return finish_slowly(bytes, i, size);
        }
        if (is_ascii) break;
        i += kBlock;
      }
      if (!is_ascii) return finish(bytes, i, size);
    }
  }

  // Until something is not for the target; what is not valid becomes anything, or ends it.
  template <class Target>
  static TextProgress convert(const uint8_t* bytes, size_t size, uint8_t* out) {
    TextProgress progress;
    progress.read = progress.written =
        Ascii::template ascii_run<Target::kAsciiAction>(bytes, size, out);
    while (progress.read < size) {
      if (progress.read >= kLookBack && progress.read + kStep + kSlack <= size) {
        convert_steps<Target>(bytes, size, progress, out);
      }
      const DecodedUtf8 decoded = decode_utf8(bytes + progress.read, size - progress.read);
      if (decoded.size == 0 || decoded.size > size - progress.read) break;
      if (decoded.code_point > Target::kMax) break;
      progress.read += decoded.size;
      progress.written +=
          Target::put(decoded.code_point, out + Target::kUnitSize * progress.written);
    }
    return progress;
  }

 private:
  using Bytes = typename V::Bytes;
  using Units = typename V::Units;
  using Ascii = AsciiBlocks<V>;
  using Short = simd::Vector16;
  static constexpr size_t kSize = sizeof(Bytes), kEight = 8;
  static constexpr size_t kBlock = 64, kLookBack = 3;
  // Bytes that are converted at once, and that must come after them: what a store of eight units
  // writes beyond its characters is written again.
  static constexpr size_t kStep = 32, kSlack = 24;

  // What cannot follow each other: a bit for each reason, set by all three tables.
  enum : uint8_t {
    kTooShort = 1,     // a first byte, and none of those after it
    kTooLong = 2,      // ASCII, and one of those
    kOverlong3 = 4,    // e0 80..9f
    kSurrogate = 8,    // ed a0..bf
    kOverlong2 = 16,   // c0 or c1
    kTooLarge = 32,    // f4 90..bf, f5..ff 90..bf
    kTooLarge8 = 64,   // f5..ff 80..8f
    kOverlong4 = 64,   // f0 80..8f
    kContinued = 128,  // two of those: right if a longer character asks for it
  };
  static constexpr uint8_t kAnyLow = kTooShort | kTooLong | kContinued;
  static constexpr uint8_t kHigher = kAnyLow | kTooLarge | kTooLarge8;
  static constexpr uint8_t kAnyNext = kTooLong | kOverlong2 | kContinued;
  // clang-format off
  static constexpr uint8_t kByFirstHigh[16] = {
      kTooLong,   kTooLong,   kTooLong,   kTooLong,
      kTooLong,   kTooLong,   kTooLong,   kTooLong,
      kContinued, kContinued, kContinued, kContinued,
      kTooShort | kOverlong2, kTooShort,
      kTooShort | kOverlong3 | kSurrogate,
      kTooShort | kTooLarge | kTooLarge8};
  static constexpr uint8_t kByFirstLow[16] = {
      kAnyLow | kOverlong2 | kOverlong3 | kOverlong4,
      kAnyLow | kOverlong2,
      kAnyLow, kAnyLow, kAnyLow | kTooLarge, kHigher, kHigher, kHigher,
      kHigher, kHigher, kHigher, kHigher, kHigher, kHigher | kSurrogate, kHigher, kHigher};
  static constexpr uint8_t kByNextHigh[16] = {
      kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort, kTooShort,
      kAnyNext | kOverlong3 | kOverlong4,
      kAnyNext | kOverlong3 | kTooLarge,
      kAnyNext | kSurrogate | kTooLarge,
      kAnyNext | kSurrogate | kTooLarge,
      kTooShort, kTooShort, kTooShort, kTooShort};
  // clang-format on

  WISP_INLINE static Bytes table(const uint8_t (&entries)[16]) {
    Bytes result;
    for (size_t i = 0; i < kSize; i += 16) {
      std::memcpy(reinterpret_cast<uint8_t*>(&result) + i, entries, 16);
    }
    return result;
  }

  // Not zero where the byte cannot stand; `at` has three valid bytes or more before it.
  WISP_INLINE static Bytes errors(const uint8_t* at) {
    const auto next = simd::load<Bytes>(at), first = simd::load<Bytes>(at - 1);
    const Bytes reasons = V::lookup(table(kByFirstHigh), first >> 4) &
                          V::lookup(table(kByFirstLow), first & 0x0f) &
                          V::lookup(table(kByNextHigh), next >> 4);
    const auto continued = reinterpret_cast<Bytes>(simd::load<Bytes>(at - 2) >= 0xe0) |
                           reinterpret_cast<Bytes>(simd::load<Bytes>(at - 3) >= 0xf0);
    return reasons ^ (continued & uint8_t{kContinued});
  }

  WISP_INLINE static bool is_block_valid(const uint8_t* at) {
    Bytes all{};
    for (size_t i = 0; i < kBlock; i += kSize) all |= errors(at + i);
    return V::is_zero(all);
  }
  WISP_INLINE static bool is_block_ascii(const uint8_t* at) {
    Bytes all{};
    for (size_t i = 0; i < kBlock; i += kSize) all |= simd::load<Bytes>(at + i);
    return V::top_bits(all) == 0;
  }

  // How many of the bytes before `at` begin a character that is not complete there.
  WISP_INLINE static size_t cut_before(const uint8_t* at) {
    if (at[-1] >= 0xc0) return 1;
    if (at[-2] >= 0xe0) return 2;
    return at[-3] >= 0xf0 ? 3 : 0;
  }

  // From `i` on, before which only the last character may be incomplete, less than a block.
  static size_t finish(const uint8_t* bytes, size_t i, size_t size) {
    // Followed by a zero, what is incomplete at the end is wrong.
    uint8_t rest[kLookBack + kBlock + kSize] = {};
    std::memcpy(rest, bytes + i - kLookBack, kLookBack + size - i);
    Bytes all{};
    for (size_t j = 0; j <= size - i; j += kSize) all |= errors(rest + kLookBack + j);
    return V::is_zero(all) ? size : finish_slowly(bytes, i, size);
  }

  // Finds what is wrong, which is not far.
  static size_t finish_slowly(const uint8_t* bytes, size_t i, size_t size) {
    i -= cut_before(bytes + i);
    while (i < size) {
      const DecodedUtf8 decoded = decode_utf8(bytes + i, size - i);
      if (decoded.size == 0 || decoded.size > size - i) break;
      i += decoded.size;
    }
    return i;
  }

  // Converts from the start of a character to one, as long as all is for the target.
  template <class Target>
  WISP_INLINE static void convert_steps(const uint8_t* bytes, size_t size, TextProgress& progress,
                                        uint8_t* out) {
    size_t at = progress.read, written = progress.written;
    for (; at + kStep + kSlack <= size; at += kStep) {
      const uint8_t* step = bytes + at;
      uint8_t* to = out + Target::kUnitSize * written;
      // The characters that end in the step may begin before it.
      Bytes max = simd::load<Bytes>(step - kLookBack);
      for (size_t i = 0; i < kStep; i += kSize) {
        const auto vector = simd::load<Bytes>(step + i);
        max = max > vector ? max : vector;
      }
      if (V::top_bits(max) == 0) {
        for (size_t i = 0; i < kStep; i += kSize) {
          Ascii::template act<Target::kAsciiAction>(simd::load<Bytes>(step + i), step + i,
                                                    to + Target::kUnitSize * i);
        }
        written += kStep;
      } else if (has_above(max, Target::kMaxByte)) {
        break;
      } else if (Target::kMaxByte < 0xe0 || !has_above(max, 0xdf)) {
        written += convert_step<Target, 2>(step, to);
      } else if (!has_above(max, 0xef)) {
        written += convert_step<Target, 3>(step, to);
      } else {
        written += convert_step<Target, 4>(step, to);
      }
    }
    const size_t cut = at == progress.read ? 0 : cut_before(bytes + at);
    if (cut == 3) written--;  // half of a pair
    progress = {at - cut, written};
  }

  WISP_INLINE static bool has_above(Bytes bytes, uint8_t limit) {
    return !V::is_zero(reinterpret_cast<Bytes>(bytes > limit));
  }

  // Of characters of kLongest bytes at most; returns how many units end in the step.
  template <class Target, size_t kLongest>
  WISP_INLINE static size_t convert_step(const uint8_t* step, uint8_t* out) {
    const uint32_t ends = unit_ends<kLongest>(step);
    size_t written = 0;
    for (size_t i = 0; i < kStep; i += kSize / 2) {
      const Units units = units_ending<kLongest>(step + i);
      for (size_t j = 0; j < kSize / 2; j += kEight) {
        const uint32_t mask = ends >> (i + j) & 0xff;
        const auto shuffle = simd::load<Short::Bytes>(&kUnitPackings.shuffles[mask]);
        const auto eight = reinterpret_cast<Short::Bytes>(simd::eight_of(units, j));
        const auto packed = reinterpret_cast<Short::Units>(Short::lookup(eight, shuffle));
        Target::put_eight(packed, out + Target::kUnitSize * written);
        written += static_cast<size_t>(std::popcount(mask));
      }
    }
    return written;
  }

  // A bit for each byte that ends a unit: a character, or the first half of one with two.
  template <size_t kLongest>
  WISP_INLINE static uint32_t unit_ends(const uint8_t* step) {
    uint32_t ends = 0;
    for (size_t i = 0; i < kStep; i += kSize) {
      const auto next = simd::load<Bytes>(step + i + 1);
      auto is_end = reinterpret_cast<Bytes>((next & 0xc0) != 0x80);
      if constexpr (kLongest == 4) {
        is_end |= reinterpret_cast<Bytes>(simd::load<Bytes>(step + i - 2) >= 0xf0);
      }
      ends |= V::top_bits(is_end) << i;
    }
    return ends;
  }

  // The unit that ends at each byte, if one does.
  template <size_t kLongest>
  WISP_INLINE static Units units_ending(const uint8_t* at) {
    const Units last = simd::load_widened<V>(at), second = simd::load_widened<V>(at - 1);
    Units units = (last & 0x3f) | (second & 0x3f) << 6;
    if constexpr (kLongest >= 3) {
      const Units third = simd::load_widened<V>(at - 2);
      units |= (third & 0x0f) << 12 & reinterpret_cast<Units>((second & 0xc0) == 0x80);
      if constexpr (kLongest == 4) {
        const Units top = (third & 0x07) << 8 | (second & 0x3f) << 2 | (last & 0x30) >> 4;
        const Units bottom = (second & 0x0f) << 6 | (last & 0x3f);
        units = third >= 0xf0 ? 0xd7c0 + top : units;
        units = simd::load_widened<V>(at - 3) >= 0xf0 ? 0xdc00 | bottom : units;
      }
    }
    return last < 0x80 ? last : units;
  }
};

}  // namespace wisp
