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
    constexpr size_t kStep = 4, kWidth = kAction == RunAction::kWiden ? 2 : 1;
    size_t i = 0;
    for (; i + kStep * kSize <= size; i += kStep * kSize) {
      Bytes block[kStep], all{};
      for (size_t j = 0; j < kStep; j++) {
        block[j] = simd::load<Bytes>(bytes + i + j * kSize);
        all |= block[j];
      }
      if (V::top_bits(all) != 0) break;
      if constexpr (kAction == RunAction::kLook) continue;  // there is no `out`
      for (size_t j = 0; j < kStep; j++) {
        const size_t at = i + j * kSize;
        act<kAction>(block[j], bytes + at, out + kWidth * at);
      }
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
    constexpr size_t kStep = 2;
    size_t i = 0;
    for (; i + kStep * kSize <= count; i += kStep * kSize) {
      Units block[2 * kStep], all{};
      for (size_t j = 0; j < 2 * kStep; j++) {
        block[j] = simd::load<Units>(units + 2 * i + j * kSize);
        all |= block[j];
      }
      if (!V::is_zero(reinterpret_cast<Bytes>(all & kMask))) break;
      for (size_t j = 0; j < kStep; j++) {
        simd::store(out + i + j * kSize, V::narrow(block[2 * j], block[2 * j + 1]));
      }
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
