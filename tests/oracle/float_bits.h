// Floating-point values as bits, and the two classes of NaN that the specification knows (core 2.0,
// section 2.2.3): canonical, whose payload is the top bit alone; arithmetic, which has that bit.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "jit/wasm/types.h"

namespace wisp::oracle {

template <class Float>
using BitsOf = std::conditional_t<sizeof(Float) == 4, uint32_t, uint64_t>;

// From and to the slot of a Value.
template <class Float>
Float from_bits(uint64_t bits) {
  return std::bit_cast<Float>(static_cast<BitsOf<Float>>(bits));
}
template <class Float>
uint64_t to_bits(Float value) {
  return std::bit_cast<BitsOf<Float>>(value);
}

struct FloatFormat {
  uint64_t sign, exponent, quiet;  // masks: sign bit, exponent bits, top bit of the payload
  uint64_t magnitude() const { return ~sign & (sign | (sign - 1)); }
};
inline FloatFormat float_format(jit::ValueType type) {
  if (type == jit::ValueType::kF32) return {0x80000000, 0x7f800000, 0x00400000};
  return {0x8000000000000000, 0x7ff0000000000000, 0x0008000000000000};
}

inline bool is_nan(jit::ValueType type, uint64_t bits) {
  const FloatFormat format = float_format(type);
  return (bits & format.magnitude()) > format.exponent;
}
inline uint64_t canonical_nan(jit::ValueType type) {
  const FloatFormat format = float_format(type);
  return format.exponent | format.quiet;
}
inline bool is_canonical_nan(jit::ValueType type, uint64_t bits) {
  return (bits & float_format(type).magnitude()) == canonical_nan(type);
}
inline bool is_arithmetic_nan(jit::ValueType type, uint64_t bits) {
  return (bits & canonical_nan(type)) == canonical_nan(type);
}

}  // namespace wisp::oracle
