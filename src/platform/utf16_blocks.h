// UTF-16 by blocks: checking surrogates, and converting to UTF-8, which Latin-1 does as
// well. Part of text_blocks.h.
#pragma once

#include <algorithm>
#include <bit>

#include "platform/ascii_blocks.h"
#include "platform/text_tables.h"
#include "platform/transcoding.h"

namespace wisp {

// What the conversions to UTF-8 read.
struct Utf16Source {
  static constexpr size_t kUnitSize = 2;
  template <class V>
  WISP_INLINE static typename V::Units load(const uint8_t* units) {
    return simd::load<typename V::Units>(units);
  }
  WISP_INLINE static DecodedUtf16 decode(const uint8_t* units, size_t count) {
    return decode_utf16(units, count);
  }
  template <class V>
  WISP_INLINE static size_t ascii_run(const uint8_t* units, size_t count, uint8_t* out) {
    return AsciiBlocks<V>::template narrow_run<0xff80>(units, count, out);
  }
};

struct Latin1Source {
  static constexpr size_t kUnitSize = 1;
  template <class V>
  WISP_INLINE static typename V::Units load(const uint8_t* bytes) {
    return simd::load_widened<V>(bytes);
  }
  WISP_INLINE static DecodedUtf16 decode(const uint8_t* bytes, size_t) { return {bytes[0], 1}; }
  template <class V>
  WISP_INLINE static size_t ascii_run(const uint8_t* bytes, size_t size, uint8_t* out) {
    return AsciiBlocks<V>::template ascii_run<RunAction::kCopy>(bytes, size, out);
  }
};

template <class V>
class Utf16Blocks {
 public:
  static Utf16Check check(const uint8_t* units, size_t count) {
    Units bad{}, all{};
    bool is_open = false;  // there were surrogates in the block before
    size_t i = 0;
    for (; i + kBlock <= count; i += kBlock) {
      Units any{};
      for (size_t j = 0; j < kVectors; j++) {
        const auto vector = simd::load<Units>(units + 2 * i + j * kSize);
        any |= surrogates(vector);
        all |= vector;
      }
      const bool has_surrogates = !V::is_zero(reinterpret_cast<Bytes>(any));
      if (has_surrogates || is_open) [[unlikely]] {
        if (i == 0 && is_low_surrogate(load_unit(units, 0))) return {false, 0};
        for (size_t j = i == 0 ? 1 : 0; j < kBlock; j++) {
          if (j % (kSize / 2) == 0) {
            bad |= unpaired(units + 2 * (i + j));
            j += kSize / 2 - 1;
          } else if (is_low_surrogate(load_unit(units, i + j)) !=
                     is_high_surrogate(load_unit(units, i + j - 1))) {
            return {false, 0};
          }
        }
      }
      is_open = has_surrogates;
    }
    if (!V::is_zero(reinterpret_cast<Bytes>(bad))) return {false, 0};
    if (i > 0 && is_high_surrogate(load_unit(units, i - 1))) i--;
    Utf16Check rest = check_rest(units + 2 * i, count - i);
    for (size_t j = 0; j < kSize / 2; j++) rest.bits |= all[j];
    return rest;
  }

  // What is not valid becomes anything, or ends it.
  template <class Source>
  static TextProgress to_utf8(const uint8_t* units, size_t count, uint8_t* out) {
    TextProgress progress;
    progress.read = progress.written = Source::template ascii_run<V>(units, count, out);
    while (progress.read < count) {
      if (progress.read >= kLookBack) pack_all<Source>(units, count, progress, out);
      // What could not be packed at once, and the end.
      const size_t end = std::min(count, progress.read + kPacked);
      while (progress.read < end) {
        const DecodedUtf16 decoded =
            Source::decode(units + Source::kUnitSize * progress.read, count - progress.read);
        if (decoded.size == 0) return progress;
        progress.read += decoded.size;
        progress.written += encode_utf8(decoded.code_point, out + progress.written);
      }
    }
    return progress;
  }

 private:
  using Bytes = typename V::Bytes;
  using Units = typename V::Units;
  using Short = simd::Vector16;
  static constexpr size_t kSize = sizeof(Bytes);
  static constexpr size_t kVectors = 4, kBlock = kVectors * kSize / 2;
  // Units that are packed at once, and that must come after them: what a store of 16 bytes writes
  // beyond its characters is written again. Half of a pair takes two bytes.
  static constexpr size_t kPacked = kSize / 2, kSlack = 12, kLookBack = 1, kHalfSize = 2;

  WISP_INLINE static Units surrogates(Units units) {
    return reinterpret_cast<Units>((units & 0xf800) == 0xd800);
  }
  // A low half follows a high one, and nothing else does.
  WISP_INLINE static Units unpaired(const uint8_t* at) {
    const auto here = simd::load<Units>(at), before = simd::load<Units>(at - 2);
    return reinterpret_cast<Units>((here & 0xfc00) == 0xdc00) ^
           reinterpret_cast<Units>((before & 0xfc00) == 0xd800);
  }

  static Utf16Check check_rest(const uint8_t* units, size_t count) {
    constexpr size_t kFew = sizeof(Short::Units) / 2;
    Short::Units all{};
    uint32_t bits = 0;
    for (size_t i = 0; i < count;) {
      size_t size = kFew;
      const auto few =
          i + kFew <= count ? simd::load<Short::Units>(units + 2 * i) : Short::Units{} + 0xd800;
      const auto halves = reinterpret_cast<Short::Bytes>((few & 0xf800) == 0xd800);
      if (Short::is_zero(halves)) {
        all |= few;
      } else {
        const DecodedUtf16 decoded = decode_utf16(units + 2 * i, count - i);
        if (decoded.size == 0) return {false, 0};
        size = decoded.size;
        bits |= decoded.code_point < 0x10000 ? decoded.code_point : 0xffff;
      }
      i += size;
    }
    for (size_t j = 0; j < kFew; j++) bits |= all[j];
    return {true, static_cast<uint16_t>(bits)};
  }

  // From the start of a character to one, as far as it goes.
  template <class Source>
  WISP_INLINE static void pack_all(const uint8_t* units, size_t count, TextProgress& progress,
                                   uint8_t* out) {
    size_t at = progress.read;
    uint8_t* to = out + progress.written;
    for (; at + kPacked + kSlack <= count; at += kPacked) {
      const size_t size = pack<Source>(units + Source::kUnitSize * at, to);
      if (size == 0) break;
      to += size;
    }
    if constexpr (Source::kUnitSize == 2) {
      if (at > progress.read && is_high_surrogate(load_unit(units, at - 1))) {
        at--;
        to -= kHalfSize;
      }
    }
    progress = {at, static_cast<size_t>(to - out)};
  }

  // The bytes written; 0, and nothing, where surrogates meet others that are long.
  template <class Source>
  WISP_INLINE static size_t pack(const uint8_t* units, uint8_t* out) {
    const auto all = Source::template load<V>(units);
    if (V::is_zero(reinterpret_cast<Bytes>(all & 0xf800))) {
      return pack_pairs(V::top_bits(V::narrow(all, all)), pairs_of(all), out);
    }
    const auto is_short = reinterpret_cast<Units>(all < 0x800);
    const auto is_half = reinterpret_cast<Units>((all & 0xf800) == 0xd800);
    if (!V::is_zero(reinterpret_cast<Bytes>(is_half))) {
      if (!V::is_zero(reinterpret_cast<Bytes>(~(is_short | is_half)))) return 0;
      const Units halves = halves_of(all, simd::load<Units>(units - 2));
      const auto is_pair = reinterpret_cast<Units>(all >= 0x80) & 0xff;
      return pack_pairs(V::top_bits(V::narrow(is_pair, is_pair)),
                        is_half != 0 ? halves : pairs_of(all), out);
    }
    const bool are_long = V::is_zero(reinterpret_cast<Bytes>(is_short));
    size_t size = 0;
    for (size_t i = 0; i < kPacked; i += 8) {
      const Short::Units eight = simd::eight_of(all, i);
      size += are_long ? pack_triples(eight, out + size) : pack_eight(eight, out + size);
    }
    return size;
  }

  // The two bytes of a character below U+0800, or the one.
  WISP_INLINE static Units pairs_of(Units units) {
    return units < 0x80 ? units : 0x80c0 | units >> 6 | (units & 0x3f) << 8;
  }
  // The two bytes of four that each half of a character has.
  WISP_INLINE static Units halves_of(Units units, Units before) {
    const Units top = (units & 0x3ff) + 0x40;  // all but the lowest 10 bits of the character
    const Units first = 0x80f0 | top >> 8 | (top << 6 & 0x3f00);
    const Units last = 0x8080 | (before & 0x03) << 4 | (units >> 6 & 0x0f) | (units & 0x3f) << 8;
    return (units & 0x400) == 0 ? first : last;
  }

  // Both bytes where the mask has a bit, else the low one.
  WISP_INLINE static size_t pack_pairs(uint32_t mask, Units pairs, uint8_t* out) {
    size_t size = 0;
    for (size_t i = 0; i < kPacked; i += 8) {
      const uint32_t eight = mask >> i & 0xff;
      const auto shuffle = simd::load<Short::Bytes>(&kPairPackings.shuffles[eight]);
      const auto bytes = reinterpret_cast<Short::Bytes>(simd::eight_of(pairs, i));
      simd::store(out + size, Short::lookup(bytes, shuffle));
      size += 8 + static_cast<size_t>(std::popcount(eight));
    }
    return size;
  }

  // Of three bytes each.
  WISP_INLINE static size_t pack_triples(Short::Units eight, uint8_t* out) {
    const auto pairs = reinterpret_cast<Short::Bytes>(0x80e0 | eight >> 12 | (eight << 2 & 0x3f00));
    const auto last = reinterpret_cast<Short::Bytes>((eight & 0x3f) | 0x80);
    simd::store(out, __builtin_shufflevector(pairs, last, 0, 1, 16, 2, 3, 18, 4, 5, 20, 6, 7, 22, 8,
                                             9, 24, 10));
    const auto rest = __builtin_shufflevector(pairs, last, 11, 26, 12, 13, 28, 14, 15, 30, 11, 26,
                                              12, 13, 28, 14, 15, 30);
    simd::store(out + 16, reinterpret_cast<simd::Halves>(rest)[0]);
    return 24;
  }

  // Of any size but four bytes.
  WISP_INLINE static size_t pack_eight(Short::Units eight, uint8_t* out) {
    const auto two = reinterpret_cast<Short::Units>(eight >= 0x80);
    const auto three = reinterpret_cast<Short::Units>(eight >= 0x800);
    const uint32_t mask = Short::top_bits(Short::narrow(two & 0xff, three & 0xff));
    const auto zero = Short::Units{};
    const auto low = __builtin_shufflevector(eight, zero, 0, 8, 1, 8, 2, 8, 3, 8);
    const auto high = __builtin_shufflevector(eight, zero, 4, 8, 5, 8, 6, 8, 7, 8);
    const size_t size =
        pack_four(reinterpret_cast<Short::Words>(low), (mask & 0x0f) | (mask >> 4 & 0xf0), out);
    return size + pack_four(reinterpret_cast<Short::Words>(high),
                            (mask >> 4 & 0x0f) | (mask >> 8 & 0xf0), out + size);
  }

  WISP_INLINE static size_t pack_four(Short::Words four, uint32_t mask, uint8_t* out) {
    const auto is_long = reinterpret_cast<Short::Words>(four >= 0x80);
    const Short::Words last = (four & (~is_long | 0x3f)) | (is_long & 0x80);
    const Short::Words bytes = last | (four << 2 & 0x3f00) | (four << 4 & 0x0f0000) |
                               (four << 18 & 0x1f000000) | 0xc0e08000;
    const auto shuffle = simd::load<Short::Bytes>(&kUtf8Packings.shuffles[mask]);
    simd::store(out, Short::lookup(reinterpret_cast<Short::Bytes>(bytes), shuffle));
    return kUtf8Packings.sizes[mask];
  }
};

}  // namespace wisp
