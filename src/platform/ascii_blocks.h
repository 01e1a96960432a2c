// Text of which each unit is a character, by blocks: runs of ASCII and Latin-1, copied, widened and
// narrowed. Part of text_blocks.h.
#pragma once

#include "platform/code_points.h"
#include "platform/simd.h"

namespace wisp {

// What happens to the bytes of a run.
enum class RunAction : uint8_t { kLook, kCopy, kWiden };

template <class V>
struct AsciiBlocks {
  using Bytes = typename V::Bytes;
  using Units = typename V::Units;
  using Short = simd::Vector16;
  static constexpr size_t kSize = sizeof(Bytes), kEight = 8;

  template <RunAction kAction>
  WISP_INLINE static void act(Bytes bytes, const uint8_t* from, uint8_t* to) {
    if constexpr (kAction == RunAction::kCopy) simd::store(to, bytes);
    if constexpr (kAction == RunAction::kWiden) V::widen(from, to);
  }

  // The bytes before the first that is not ASCII; `out` receives just those.
  template <RunAction kAction>
  static size_t ascii_run(const uint8_t* bytes, size_t size, uint8_t* out) {
    constexpr size_t kWidth = kAction == RunAction::kWiden ? 2 : 1;
    size_t i = 0;
    for (; i + 4 * kSize <= size; i += 4 * kSize) {
      const uint8_t* from = bytes + i;
      const auto a = simd::load<Bytes>(from), b = simd::load<Bytes>(from + kSize);
      const auto c = simd::load<Bytes>(from + 2 * kSize), d = simd::load<Bytes>(from + 3 * kSize);
      if (V::top_bits((a | b) | (c | d)) != 0) break;
      if constexpr (kAction == RunAction::kLook) continue;  // there is no `out`
      uint8_t* to = out + kWidth * i;
      act<kAction>(a, from, to);
      act<kAction>(b, from + kSize, to + kWidth * kSize);
      act<kAction>(c, from + 2 * kSize, to + 2 * kWidth * kSize);
      act<kAction>(d, from + 3 * kSize, to + 3 * kWidth * kSize);
    }
    for (; i + kSize <= size; i += kSize) {
      const auto block = simd::load<Bytes>(bytes + i);
      if (V::top_bits(block) != 0) break;
      if constexpr (kAction == RunAction::kLook) continue;
      act<kAction>(block, bytes + i, out + kWidth * i);
    }
    for (; i + 8 <= size; i += 8) {
      const auto word = simd::load<uint64_t>(bytes + i);
      if ((word & 0x8080808080808080) != 0) break;
      if constexpr (kAction == RunAction::kCopy) simd::store(out + i, word);
      if constexpr (kAction == RunAction::kWiden) {
        for (size_t j = 0; j < 8; j++) store_unit(out, i + j, bytes[i + j]);
      }
    }
    for (; i < size && bytes[i] < 0x80; i++) {
      if constexpr (kAction == RunAction::kCopy) out[i] = bytes[i];
      if constexpr (kAction == RunAction::kWiden) store_unit(out, i, bytes[i]);
    }
    return i;
  }

  // The units before the first that has a bit of `kMask`, as bytes; `out` may be `units`.
  template <uint16_t kMask>
  static size_t narrow_run(const uint8_t* units, size_t count, uint8_t* out) {
    size_t i = 0;
    for (; i + 2 * kSize <= count; i += 2 * kSize) {
      const uint8_t* from = units + 2 * i;
      const auto a = simd::load<Units>(from), b = simd::load<Units>(from + kSize);
      const auto c = simd::load<Units>(from + 2 * kSize), d = simd::load<Units>(from + 3 * kSize);
      if (!V::is_zero(reinterpret_cast<Bytes>(((a | b) | (c | d)) & kMask))) break;
      simd::store(out + i, V::narrow(a, b));
      simd::store(out + i + kSize, V::narrow(c, d));
    }
    for (; i + kEight <= count; i += kEight) {
      const auto block = simd::load<Short::Units>(units + 2 * i);
      if (!Short::is_zero(reinterpret_cast<Short::Bytes>(block & kMask))) break;
      simd::store(out + i, reinterpret_cast<simd::Halves>(Short::narrow(block, block))[0]);
    }
    for (; i < count; i++) {
      const uint16_t unit = load_unit(units, i);
      if ((unit & kMask) != 0) break;
      out[i] = static_cast<uint8_t>(unit);
    }
    return i;
  }

  // All of them, which have no such bit.
  static void narrow(const uint8_t* units, size_t count, uint8_t* out) {
    size_t i = 0;
    for (; i + kSize <= count; i += kSize) {
      const auto low = simd::load<Units>(units + 2 * i);
      simd::store(out + i, V::narrow(low, simd::load<Units>(units + 2 * i + kSize)));
    }
    for (; i + kEight <= count; i += kEight) {
      const auto block = simd::load<Short::Units>(units + 2 * i);
      simd::store(out + i, reinterpret_cast<simd::Halves>(Short::narrow(block, block))[0]);
    }
    for (; i < count; i++) out[i] = static_cast<uint8_t>(load_unit(units, i));
  }

  static void widen(const uint8_t* bytes, size_t size, uint8_t* out) {
    size_t i = 0;
    for (; i + kSize <= size; i += kSize) V::widen(bytes + i, out + 2 * i);
    if (i < size && size >= kSize) return V::widen(bytes + size - kSize, out + 2 * (size - kSize));
    for (; i < size; i++) store_unit(out, i, bytes[i]);
  }

  static void widen_in_place(uint8_t* out, size_t size) {
    size_t i = size;
    for (; i >= kSize; i -= kSize) V::widen(out + i - kSize, out + 2 * (i - kSize));
    while (i > 0) {
      i--;
      store_unit(out, i, out[i]);
    }
  }
};

}  // namespace wisp
