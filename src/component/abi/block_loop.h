// The loop over the blocks of values, written once for vectors of any size; and what is left over,
// by vectors of 16 bytes.
//
// Instances for different vectors are different types, so that files compiled for different
// instruction sets share no function.
#pragma once

#include "component/abi/block_kernels.h"
#include "platform/simd.h"

namespace wisp::component {

template <class V>
class BlockLoop {
 public:
  static BlockKernel kernel(const BlockTable& table) {
    if (table.depth == 0) {
      if (table.has_chars) return table.has_max ? &run<true, true, V> : &run<true, false, V>;
      return table.has_max ? &run<false, true, V> : &run<false, false, V>;
    }
    // A discriminant in the 16 bytes before is known only when those are done.
    if (table.looks_before) {
      return table.has_chars ? &run<true, true, Short, 2> : &run<false, true, Short, 2>;
    }
    return table.has_chars ? &run<true, true, V, 1> : &run<false, true, V, 1>;
  }

 private:
  using Short = simd::Vector16;

  template <class W>
  struct State {
    typename W::Bytes discriminants{};  // not zero: wrong
    typename W::Words chars{};
    typename W::Bytes before{};
  };

  template <class W>
  WISP_INLINE static typename W::Bytes repeat(const uint8_t (&entries)[16]) {
    typename W::Bytes result;
    for (size_t i = 0; i < sizeof result; i += 16) {
      std::memcpy(reinterpret_cast<uint8_t*>(&result) + i, entries, 16);
    }
    return result;
  }

  // Zeros where other cases than the ones at hand have values.
  template <class W, int kSums>
  WISP_INLINE static typename W::Bytes choose(const BlockTable& table, size_t at,
                                              typename W::Bytes bytes, const State<W>& state) {
    using Bytes = typename W::Bytes;
    static constexpr uint8_t kCaseBits[16] = {1, 2, 4, 8, 16, 32, 64, 128};
    const size_t lane = at / BlockLanes::kSize, in_lane = at % BlockLanes::kSize;
    for (uint32_t i = 0; i < table.depth; i++) {
      const CaseLanes& lanes = table.cases[i][lane];
      Bytes discriminants = W::lookup(bytes, simd::load<Bytes>(lanes.here + in_lane));
      if constexpr (kSums == 2) {
        discriminants |= W::lookup(state.before, simd::load<Bytes>(lanes.before + in_lane));
      }
      const Bytes chosen =
          W::lookup(repeat<W>(kCaseBits), discriminants) & simd::load<Bytes>(lanes.cases + in_lane);
      bytes &= reinterpret_cast<Bytes>(chosen != 0);
    }
    return bytes;
  }

  template <bool kHasChars, bool kHasMax, class W, int kSums>
  WISP_INLINE static typename W::Bytes convert(const BlockTable& table, size_t at,
                                               typename W::Bytes bytes, State<W>& state) {
    using Bytes = typename W::Bytes;
    using Words = typename W::Words;
    const BlockLanes& lanes = table.lanes[at / BlockLanes::kSize];
    const size_t in_lane = at % BlockLanes::kSize;
    if constexpr (kSums != 0) bytes = choose<W, kSums>(table, at, bytes, state);
    if constexpr (kHasMax) {
      const auto max = simd::load<Bytes>(lanes.max + in_lane);
      state.discriminants |= reinterpret_cast<Bytes>(bytes > max);
    }
    if constexpr (kHasChars) {
      // Surrogates are moved to the end, behind which nothing is valid.
      const Words moved = (reinterpret_cast<Words>(bytes) ^ 0xd800u) - 0x800u;
      state.chars |= reinterpret_cast<Words>(moved >= 0x110000u - 0x800u) &
                     simd::load<Words>(lanes.chars + in_lane);
    }
    bytes &= simd::load<Bytes>(lanes.mask + in_lane);
    const auto cap = simd::load<Bytes>(lanes.cap + in_lane);
    bytes = bytes < cap ? bytes : cap;
    if constexpr (kSums == 2) state.before = bytes;
    return bytes;
  }

  template <bool kHasChars, bool kHasMax, class W, int kSums = 0>
  static BlockStatus run(const BlockTable& table, uint8_t* to, const uint8_t* from, size_t size) {
    using Bytes = typename W::Bytes;
    size_t i = 0, at = 0;
    State<Short> last;
    if (size >= sizeof(Bytes)) {
      State<W> state;
      for (; i + sizeof(Bytes) <= size; i += sizeof(Bytes)) {
        const auto bytes = simd::load<Bytes>(from + i);
        simd::store(to + i, convert<kHasChars, kHasMax, W, kSums>(table, at, bytes, state));
        at += sizeof(Bytes);
        if (at == table.size) at = 0;
      }
      if (!W::is_zero(state.discriminants)) return BlockStatus::kInvalidDiscriminant;
      if (!W::is_zero(reinterpret_cast<Bytes>(state.chars))) return BlockStatus::kInvalidChar;
      if constexpr (kSums == 2) last.before = state.before;
    }
    if constexpr (sizeof(Bytes) > 16) {
      if (size - i >= 16) {
        const auto bytes = simd::load<Short::Bytes>(from + i);
        simd::store(to + i, convert<kHasChars, kHasMax, Short, kSums>(table, at, bytes, last));
        i += 16, at += 16;
      }
    }
    if (i < size) {
      // A call of memcpy would cost more than a short value.
      const size_t rest = size - i, whole = rest & 8;
      simd::Halves halves{load_half(from + i, rest),
                          whole == 0 ? 0 : load_few(from + i + 8, rest - 8)};
      halves = reinterpret_cast<simd::Halves>(convert<kHasChars, kHasMax, Short, kSums>(
          table, at, reinterpret_cast<Short::Bytes>(halves), last));
      store_half(to + i, halves[0], rest);
      if (whole != 0) store_few(to + i + 8, halves[1], rest - 8);
    }
    if (!Short::is_zero(last.discriminants)) return BlockStatus::kInvalidDiscriminant;
    if (!Short::is_zero(reinterpret_cast<Short::Bytes>(last.chars)))
      return BlockStatus::kInvalidChar;
    return BlockStatus::kCopied;
  }

  // `size` bytes, fewer than 8, and zeros.
  static uint64_t load_few(const uint8_t* from, size_t size) {
    uint64_t value = 0;
    size_t at = 0;
    if ((size & 4) != 0) {
      value = simd::load<uint32_t>(from), at = 4;
    }
    if ((size & 2) != 0) {
      value |= uint64_t{simd::load<uint16_t>(from + at)} << (8 * at), at += 2;
    }
    if ((size & 1) != 0) value |= uint64_t{from[at]} << (8 * at);
    return value;
  }
  static void store_few(uint8_t* to, uint64_t value, size_t size) {
    size_t at = 0;
    if ((size & 4) != 0) {
      simd::store(to, static_cast<uint32_t>(value));
      at = 4;
    }
    if ((size & 2) != 0) {
      simd::store(to + at, static_cast<uint16_t>(value >> (8 * at)));
      at += 2;
    }
    if ((size & 1) != 0) to[at] = static_cast<uint8_t>(value >> (8 * at));
  }

  // The first 8 of `size` bytes.
  static uint64_t load_half(const uint8_t* from, size_t size) {
    return size < 8 ? load_few(from, size) : simd::load<uint64_t>(from);
  }
  static void store_half(uint8_t* to, uint64_t value, size_t size) {
    if (size < 8) return store_few(to, value, size);
    simd::store(to, value);
  }
};

}  // namespace wisp::component
