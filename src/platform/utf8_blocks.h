// UTF-8 by blocks of 64 bytes: validating, converting to units. Part of text_blocks.h.
//
// Validation is that of Keiser and Lemire ("Validating UTF-8 in less than one instruction per
// byte", 2020): three tables of 16 entries, looked up by the halves of a byte and of the one before
// it, agree in a bit if the two cannot follow each other. What comes before a block is loaded from
// memory, where it was validated.
//
// Conversion validates a block that begins with a character, and then moves the characters that end
// in it, twelve bytes at a time (text_tables.h).
#pragma once

#include "platform/ascii_blocks.h"
#include "platform/text_tables.h"
#include "platform/transcoding.h"

namespace wisp {

// What the conversions from UTF-8 write.
struct Utf16Target {
  static constexpr size_t kUnitSize = 2;
  static constexpr RunAction kAsciiAction = RunAction::kWiden;
  static constexpr uint32_t kMax = 0x10ffff;
  static constexpr uint16_t kWrongBits = 0;

  WISP_INLINE static size_t put(uint32_t code_point, uint8_t* out) {
    return encode_utf16(code_point, out);
  }
  // The first six or four units.
  template <size_t kCount>
  WISP_INLINE static void put_some(simd::Vector16::Units units, uint8_t* out) {
    const auto halves = reinterpret_cast<simd::Halves>(units);
    simd::store(out, halves[0]);
    if constexpr (kCount == 6) simd::store(out + 8, static_cast<uint32_t>(halves[1]));
  }
};

struct Latin1Target {
  static constexpr size_t kUnitSize = 1;
  static constexpr RunAction kAsciiAction = RunAction::kCopy;
  static constexpr uint32_t kMax = 0xff;
  static constexpr uint16_t kWrongBits = 0xff00;

  WISP_INLINE static size_t put(uint32_t code_point, uint8_t* out) {
    out[0] = static_cast<uint8_t>(code_point);
    return 1;
  }
  template <size_t kCount>
  WISP_INLINE static void put_some(simd::Vector16::Units units, uint8_t* out) {
    const uint64_t bytes = reinterpret_cast<simd::Halves>(simd::Vector16::narrow(units, units))[0];
    simd::store(out, static_cast<uint32_t>(bytes));
    if constexpr (kCount == 6) simd::store(out + 4, static_cast<uint16_t>(bytes >> 32));
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

  // Until something is not valid or not for the target.
  template <class Target>
  static TextProgress convert(const uint8_t* bytes, size_t size, uint8_t* out) {
    TextProgress progress;
    while (true) {
      const size_t run = Ascii::template ascii_run<Target::kAsciiAction>(
          bytes + progress.read, size - progress.read, out + Target::kUnitSize * progress.written);
      progress.read += run;
      progress.written += run;
      while (progress.read >= kLookBack && progress.read + kBlock + kWindowLoad <= size) {
        const size_t before = progress.read;
        convert_block<Target>(bytes, progress, out);
        if (progress.read - before < kBlock / 2) break;
      }
      if (progress.read == size) return progress;
      const uint8_t* next = bytes + progress.read;
      const DecodedUtf8 decoded = decode_utf8(next, size - progress.read);
      if (decoded.size == 0 || decoded.size > size - progress.read) return progress;
      if (decoded.code_point > Target::kMax) return progress;
      progress.read += decoded.size;
      progress.written +=
          Target::put(decoded.code_point, out + Target::kUnitSize * progress.written);
    }
  }

 private:
  using Bytes = typename V::Bytes;
  using Ascii = AsciiBlocks<V>;
  using Short = simd::Vector16;
  static constexpr size_t kSize = sizeof(Bytes);
  static constexpr size_t kBlock = 64, kLookBack = 3, kWindowLoad = 16;

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

  // A bit for each byte of a block that ends a character; not for the last one, which may.
  WISP_INLINE static uint64_t character_ends(const uint8_t* at) {
    uint64_t first = 0;
    for (size_t i = 0; i < kBlock; i += kSize) {
      const auto bytes = simd::load<Bytes>(at + i);
      const auto begins = reinterpret_cast<Bytes>((bytes & 0xc0) != 0x80);
      first |= uint64_t{V::top_bits(begins)} << i;
    }
    return first >> 1;
  }

  // Most of a block; nothing if it is not valid, and not beyond what is not for the target.
  template <class Target>
  WISP_INLINE static void convert_block(const uint8_t* bytes, TextProgress& progress,
                                        uint8_t* out) {
    const uint8_t* block = bytes + progress.read;
    if (is_block_ascii(block) || !is_block_valid(block)) return;
    const uint64_t ends = character_ends(block);
    uint8_t* to = out + Target::kUnitSize * progress.written;
    size_t at = 0, written = 0;
    while (at + Utf8Windows::kBytes < kBlock) {
      const size_t count =
          convert_window<Target>(block, ends >> at, at, to + Target::kUnitSize * written);
      if (count == 0) break;
      written += count;
    }
    progress.read += at;
    progress.written += written;
  }

  // Returns how many units it wrote; `at` advances by what it read.
  template <class Target>
  WISP_INLINE static size_t convert_window(const uint8_t* block, uint64_t ends, size_t& at,
                                           uint8_t* out) {
    using Units = Short::Units;
    using Words = Short::Words;
    constexpr uint64_t kAllEnd = 0xffff;
    const auto window = simd::load<Short::Bytes>(block + at);
    if ((ends & kAllEnd) == kAllEnd) {
      AsciiBlocks<Short>::template act<Target::kAsciiAction>(window, block + at, out);
      at += sizeof window;
      return sizeof window;
    }
    const Utf8Windows::Window found = kUtf8Windows.windows[ends & 0xfff];
    if (found.shape == Utf8Windows::kNoShape) return convert_one<Target>(block, at, out);
    const auto moved =
        Short::lookup(window, simd::load<Short::Bytes>(&kUtf8Windows.shapes[found.shape]));
    if (found.shape < Utf8Windows::kPairShapes) {
      const auto pairs = reinterpret_cast<Units>(moved);
      const Units units = (pairs & 0x7f) | (pairs & 0x1f00) >> 2;
      if (!fits<Target>(units)) return 0;
      Target::template put_some<6>(units, out);
      at += found.size;
      return 6;
    }
    const auto words = reinterpret_cast<Words>(moved);
    const Words characters = (words & 0x7f) | (words & 0x3f00) >> 2 | (words & 0xf0000) >> 4;
    const auto wide = reinterpret_cast<Units>(characters);
    const Units units = __builtin_shufflevector(wide, wide, 0, 2, 4, 6, 0, 2, 4, 6);
    if (!fits<Target>(units)) return 0;
    Target::template put_some<4>(units, out);
    at += found.size;
    return 4;
  }

  // Of a block that is valid.
  template <class Target>
  static size_t convert_one(const uint8_t* block, size_t& at, uint8_t* out) {
    const DecodedUtf8 decoded = decode_utf8(block + at, kBlock - at);
    if (decoded.code_point > Target::kMax) return 0;
    at += decoded.size;
    return Target::put(decoded.code_point, out);
  }

  template <class Target>
  WISP_INLINE static bool fits(Short::Units units) {
    if constexpr (Target::kWrongBits == 0) return true;
    return Short::is_zero(reinterpret_cast<Short::Bytes>(units & Target::kWrongBits));
  }
};

}  // namespace wisp
