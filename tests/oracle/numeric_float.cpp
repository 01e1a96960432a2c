// Instructions whose operands are floating-point numbers: core specification 2.0, section 4.3.3,
// and the conversions from them of 4.3.4. Each case serves f32 and f64. The host's arithmetic is
// that of IEEE 754, rounding to nearest, ties to even; which NaN comes out is not looked at here.
#include <cmath>
#include <limits>
#include <type_traits>

#include "platform/check.h"
#include "tests/oracle/float_bits.h"
#include "tests/oracle/numeric.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;
using jit::TrapCode;

template <class F>
F minimum(F left, F right) {
  if (std::isnan(left) || std::isnan(right)) return left + right;
  if (left == 0 && right == 0) return std::signbit(left) ? left : right;
  return left < right ? left : right;
}
template <class F>
F maximum(F left, F right) {
  if (std::isnan(left) || std::isnan(right)) return left + right;
  if (left == 0 && right == 0) return std::signbit(left) ? right : left;
  return left > right ? left : right;
}

// To the nearest integer, the even one of two that are equally near; the sign stays.
template <class F>
F nearest(F value) {
  if (std::isnan(value) || std::isinf(value)) return value + value;
  const F below = std::floor(value);
  const F distance = value - below;  // exact
  const bool is_even = std::fmod(below, F{2}) == 0;
  const F rounded = distance < F{0.5} || (distance == F{0.5} && is_even) ? below : below + 1;
  return std::copysign(rounded, value);
}

// What lies between the numbers that Int has, after rounding towards zero.
template <class Int, class F>
bool is_in_range(F truncated) {
  const F end = std::ldexp(F{1}, std::numeric_limits<Int>::digits);  // the first beyond the range
  const F begin = std::is_signed_v<Int> ? -end : F{0};
  return truncated >= begin && truncated < end;
}

template <class Int>
uint64_t slot_of(Int value) {
  return static_cast<std::make_unsigned_t<Int>>(value);
}

template <class Int, class F>
Computed truncate(F value) {
  if (std::isnan(value)) return {0, TrapCode::kInvalidConversionToInteger};
  const F truncated = std::trunc(value);
  if (!is_in_range<Int>(truncated)) return {0, TrapCode::kIntegerOverflow};
  return {slot_of(static_cast<Int>(truncated))};
}
template <class Int, class F>
Computed truncate_saturating(F value) {
  if (std::isnan(value)) return {0};
  const F truncated = std::trunc(value);
  if (is_in_range<Int>(truncated)) return {slot_of(static_cast<Int>(truncated))};
  const bool is_below = value < 0;
  return {slot_of(is_below ? std::numeric_limits<Int>::min() : std::numeric_limits<Int>::max())};
}

// clang-format off
template <class F>
Computed convert(Opcode opcode, F value) {
  switch (opcode) {
    case Opcode::kI32TruncF32S: case Opcode::kI32TruncF64S: return truncate<int32_t>(value);
    case Opcode::kI32TruncF32U: case Opcode::kI32TruncF64U: return truncate<uint32_t>(value);
    case Opcode::kI64TruncF32S: case Opcode::kI64TruncF64S: return truncate<int64_t>(value);
    case Opcode::kI64TruncF32U: case Opcode::kI64TruncF64U: return truncate<uint64_t>(value);
    case Opcode::kI32TruncSatF32S: case Opcode::kI32TruncSatF64S:
      return truncate_saturating<int32_t>(value);
    case Opcode::kI32TruncSatF32U: case Opcode::kI32TruncSatF64U:
      return truncate_saturating<uint32_t>(value);
    case Opcode::kI64TruncSatF32S: case Opcode::kI64TruncSatF64S:
      return truncate_saturating<int64_t>(value);
    case Opcode::kI64TruncSatF32U: case Opcode::kI64TruncSatF64U:
      return truncate_saturating<uint64_t>(value);
    case Opcode::kF32DemoteF64: return {to_bits(static_cast<float>(value))};
    case Opcode::kF64PromoteF32: return {to_bits(static_cast<double>(value))};
    default: WISP_CHECK(false);
  }
  return {};
}
// clang-format on

// clang-format off
template <class F>
Computed compute(Opcode opcode, F left, F right) {
  switch (opcode) {
    case Opcode::kF32Eq: case Opcode::kF64Eq: return {left == right};
    case Opcode::kF32Ne: case Opcode::kF64Ne: return {left != right};
    case Opcode::kF32Lt: case Opcode::kF64Lt: return {left < right};
    case Opcode::kF32Gt: case Opcode::kF64Gt: return {left > right};
    case Opcode::kF32Le: case Opcode::kF64Le: return {left <= right};
    case Opcode::kF32Ge: case Opcode::kF64Ge: return {left >= right};
    case Opcode::kF32Ceil: case Opcode::kF64Ceil: return {to_bits(std::ceil(left))};
    case Opcode::kF32Floor: case Opcode::kF64Floor: return {to_bits(std::floor(left))};
    case Opcode::kF32Trunc: case Opcode::kF64Trunc: return {to_bits(std::trunc(left))};
    case Opcode::kF32Nearest: case Opcode::kF64Nearest: return {to_bits(nearest(left))};
    case Opcode::kF32Sqrt: case Opcode::kF64Sqrt: return {to_bits(std::sqrt(left))};
    case Opcode::kF32Add: case Opcode::kF64Add: return {to_bits(left + right)};
    case Opcode::kF32Sub: case Opcode::kF64Sub: return {to_bits(left - right)};
    case Opcode::kF32Mul: case Opcode::kF64Mul: return {to_bits(left * right)};
    case Opcode::kF32Div: case Opcode::kF64Div: return {to_bits(left / right)};
    case Opcode::kF32Min: case Opcode::kF64Min: return {to_bits(minimum(left, right))};
    case Opcode::kF32Max: case Opcode::kF64Max: return {to_bits(maximum(left, right))};
    default: return convert(opcode, left);
  }
}
// clang-format on

}  // namespace

// clang-format off
Computed compute_float(Opcode opcode, jit::ValueType type, uint64_t left, uint64_t right) {
  const uint64_t sign = float_format(type).sign;
  switch (opcode) {
    // On the bits: these tell NaNs apart.
    case Opcode::kF32Abs: case Opcode::kF64Abs: return {left & ~sign};
    case Opcode::kF32Neg: case Opcode::kF64Neg: return {left ^ sign};
    case Opcode::kF32Copysign: case Opcode::kF64Copysign:
      return {(left & ~sign) | (right & sign)};
    case Opcode::kI32ReinterpretF32: case Opcode::kI64ReinterpretF64: return {left};
    default: break;
  }
  if (type == jit::ValueType::kF64) {
    return compute(opcode, from_bits<double>(left), from_bits<double>(right));
  }
  return compute(opcode, from_bits<float>(left), from_bits<float>(right));
}
// clang-format on

}  // namespace wisp::oracle
