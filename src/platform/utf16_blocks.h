// UTF-16 by blocks: checking surrogates, and converting to UTF-8, which Latin-1 does as
// well. Part of text_blocks.h.
#pragma once

#include "platform/ascii_blocks.h"
#include "platform/text_tables.h"
#include "platform/transcoding.h"

namespace wisp {

// What the conversions to UTF-8 read.
struct Utf16Source {
  static constexpr size_t kUnitSize = 2;
  WISP_INLINE static simd::Vector16::Units load(const uint8_t* units) {
    return simd::load<simd::Vector16::Units>(units);
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
  WISP_INLINE static simd::Vector16::Units load(const uint8_t* bytes) {
    const auto half = reinterpret_cast<simd::Vector16::Bytes>(
        simd::Halves{simd::load<uint64_t>(bytes), 0});
    return reinterpret_cast<simd::Vector16::Units>(__builtin_shufflevector(
        half, half, 0, 8, 1, 8, 2, 8, 3, 8, 4, 8, 5, 8, 6, 8, 7, 8));
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

  // Until a surrogate has no other half.
  template <class Source>
  static TextProgress to_utf8(const uint8_t* units, size_t count, uint8_t* out) {
    TextProgress progress;
    while (true) {
      const size_t run =
          Source::template ascii_run<V>(units + Source::kUnitSize * progress.read,
                                        count - progress.read, out + progress.written);
      progress.read += run;
      progress.written += run;
      while (count - progress.read >= kPacked + kSlack) {
        if (!pack<Source>(units, progress, out)) break;
      }
      if (progress.read == count) return progress;
      const DecodedUtf16 decoded =
          Source::decode(units + Source::kUnitSize * progress.read, count - progress.read);
      if (decoded.size == 0) return progress;
      progress.read += decoded.size;
      progress.written += encode_utf8(decoded.code_point, out + progress.written);
    }
  }

 private:
  using Bytes = typename V::Bytes;
  using Units = typename V::Units;
  using Short = simd::Vector16;
  static constexpr size_t kSize = sizeof(Bytes);
  static constexpr size_t kVectors = 4, kBlock = kVectors * kSize / 2;
  // Units that are packed at once, and that must come after them: what a store of 16 bytes writes
  // beyond its characters is written again.
  static constexpr size_t kPacked = 8, kSlack = 12;

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
      const auto few = i + kFew <= count ? simd::load<Short::Units>(units + 2 * i)
                                         : Short::Units{} + 0xd800;
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

  // False, and nothing, if they are all ASCII or one is a surrogate.
  template <class Source>
  WISP_INLINE static bool pack(const uint8_t* units, TextProgress& progress, uint8_t* out) {
    const Short::Units eight = Source::load(units + Source::kUnitSize * progress.read);
    const auto two = reinterpret_cast<Short::Units>(eight >= 0x80);
    const auto three = reinterpret_cast<Short::Units>(eight >= 0x800);
    const auto halves = reinterpret_cast<Short::Units>((eight & 0xf800) == 0xd800);
    if (!Short::is_zero(reinterpret_cast<Short::Bytes>(halves))) return false;
    const uint32_t mask = Short::top_bits(Short::narrow(two & 0xff, three & 0xff));
    if (mask == 0) return false;
    const auto zero = Short::Units{};
    const auto low = __builtin_shufflevector(eight, zero, 0, 8, 1, 8, 2, 8, 3, 8);
    const auto high = __builtin_shufflevector(eight, zero, 4, 8, 5, 8, 6, 8, 7, 8);
    uint8_t* to = out + progress.written;
    to += pack_four(reinterpret_cast<Short::Words>(low), (mask & 0x0f) | (mask >> 4 & 0xf0), to);
    to += pack_four(reinterpret_cast<Short::Words>(high),
                    (mask >> 4 & 0x0f) | (mask >> 8 & 0xf0), to);
    progress.read += kPacked;
    progress.written = static_cast<size_t>(to - out);
    return true;
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
