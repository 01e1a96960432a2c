// What loops over blocks of bytes need beyond the compiler's vector types, of 16 bytes and, where
// an architecture has them, of 32.
//
// External interface: simd::Vector16, and simd::Vector32 in files that are compiled for AVX2. Only
// for such files as the build compiles for one instruction set (src/CMakeLists.txt); all that is
// shared between them is inlined, so that no linker picks the copy with the wrong instructions.
//
//   lookup(table, indices)   byte i is the table's with the number indices[i], below 16; 0 where
//                            indices[i] is 0x80. Vector32 looks up in its two halves separately
//   top_bits(bytes)          bit i is the top one of byte i
//   is_zero(bytes)
//   widen(from, to)          sizeof(Bytes) bytes to as many units; in place if `to` is not above
//                            `from`, or from the end of a text on
//   narrow(low, high)        units to bytes; from 0x100 to 0x7fff they become 0xff
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "platform/inline.h"

#if defined(__x86_64__)
#include "platform/simd_x64.h"
#elif defined(__aarch64__)
#include "platform/simd_a64.h"
#else
#error "no vectors for this architecture"
#endif

namespace wisp::simd {

// 16 bytes as two words.
typedef uint64_t Halves __attribute__((vector_size(16)));

template <class T>
WISP_INLINE T load(const void* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
template <class T>
WISP_INLINE void store(void* at, const T& value) {
  std::memcpy(at, &value, sizeof value);
}

// As many bytes as a vector has units.
template <class V>
WISP_INLINE typename V::Units load_widened(const uint8_t* at) {
  using Units = typename V::Units;
  return __builtin_convertvector(load<typename V::HalfBytes>(at), Units);
}

// Eight units of a vector of 8 or 16, from the one with this number on.
template <class Units>
WISP_INLINE Vector16::Units eight_of(Units units, size_t first) {
  if constexpr (sizeof units == sizeof(Vector16::Units)) {
    return units;
  } else if (first == 0) {
    return __builtin_shufflevector(units, units, 0, 1, 2, 3, 4, 5, 6, 7);
  } else {
    return __builtin_shufflevector(units, units, 8, 9, 10, 11, 12, 13, 14, 15);
  }
}

}  // namespace wisp::simd
