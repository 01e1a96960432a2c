// Instructions whose operands are integers: core specification 2.0, section 4.3.2, and the
// conversions from integers of 4.3.4. Each case serves i32 (U = uint32_t) and i64 (U = uint64_t).
#include <bit>
#include <limits>
#include <type_traits>

#include "platform/check.h"
#include "tests/oracle/float_bits.h"
#include "tests/oracle/numeric.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;
using jit::TrapCode;

template <class U>
using Signed = std::make_signed_t<U>;

template <class U>
constexpr U kBits = sizeof(U) * 8;

template <class U>
U shift_left(U value, U count) {
  return count % kBits<U> == 0 ? value : static_cast<U>(value << (count % kBits<U>));
}
template <class U>
U shift_right(U value, U count) {
  return count % kBits<U> == 0 ? value : static_cast<U>(value >> (count % kBits<U>));
}
// The vacated bits get the sign's value.
template <class U>
U shift_right_signed(U value, U count) {
  const bool is_negative = (value >> (kBits<U> - 1)) != 0;
  return is_negative ? static_cast<U>(~shift_right<U>(static_cast<U>(~value), count))
                     : shift_right(value, count);
}
template <class U>
U rotate_left(U value, U count) {
  const U left = count % kBits<U>;
  return left == 0 ? value : static_cast<U>(value << left | value >> (kBits<U> - left));
}

// clang-format off
template <class U>
Computed count_bits(Opcode opcode, U value) {
  U leading = 0, trailing = 0, ones = 0;
  while (leading < kBits<U> && (value >> (kBits<U> - 1 - leading) & 1) == 0) ++leading;
  while (trailing < kBits<U> && (value >> trailing & 1) == 0) ++trailing;
  for (U bit = 0; bit < kBits<U>; ++bit) ones += value >> bit & 1;
  switch (opcode) {
    case Opcode::kI32Clz: case Opcode::kI64Clz: return {leading};
    case Opcode::kI32Ctz: case Opcode::kI64Ctz: return {trailing};
    default: return {ones};
  }
}
// clang-format on

// clang-format off
template <class U>
Computed divide(Opcode opcode, U left, U right) {
  if (right == 0) return {0, TrapCode::kIntegerDivideByZero};
  const bool overflows = left == U{1} << (kBits<U> - 1) && right == std::numeric_limits<U>::max();
  switch (opcode) {
    case Opcode::kI32DivS: case Opcode::kI64DivS:
      if (overflows) return {0, TrapCode::kIntegerOverflow};
      return {static_cast<U>(static_cast<Signed<U>>(left) / static_cast<Signed<U>>(right))};
    case Opcode::kI32RemS: case Opcode::kI64RemS:
      if (overflows) return {0};
      return {static_cast<U>(static_cast<Signed<U>>(left) % static_cast<Signed<U>>(right))};
    case Opcode::kI32DivU: case Opcode::kI64DivU: return {left / right};
    default: return {left % right};
  }
}
// clang-format on

// clang-format off
template <class U>
bool compare(Opcode opcode, U left, U right) {
  const auto left_signed = static_cast<Signed<U>>(left);
  const auto right_signed = static_cast<Signed<U>>(right);
  switch (opcode) {
    case Opcode::kI32Eq: case Opcode::kI64Eq: return left == right;
    case Opcode::kI32Ne: case Opcode::kI64Ne: return left != right;
    case Opcode::kI32LtS: case Opcode::kI64LtS: return left_signed < right_signed;
    case Opcode::kI32LtU: case Opcode::kI64LtU: return left < right;
    case Opcode::kI32GtS: case Opcode::kI64GtS: return left_signed > right_signed;
    case Opcode::kI32GtU: case Opcode::kI64GtU: return left > right;
    case Opcode::kI32LeS: case Opcode::kI64LeS: return left_signed <= right_signed;
    case Opcode::kI32LeU: case Opcode::kI64LeU: return left <= right;
    case Opcode::kI32GeS: case Opcode::kI64GeS: return left_signed >= right_signed;
    default: return left >= right;
  }
}
// clang-format on

// The low bits of the value, as a signed number of the whole width.
template <class U>
U extend(U value, unsigned bits) {
  const U sign = U{1} << (bits - 1);
  const U low = value & (sign | (sign - 1));
  return (low & sign) == 0 ? low : static_cast<U>(low - sign - sign);
}

// Conversions: nearest, ties to even, which is what the host does where nobody asked it otherwise.
// clang-format off
template <class U>
Computed convert(Opcode opcode, U value) {
  const auto value_signed = static_cast<Signed<U>>(value);
  switch (opcode) {
    case Opcode::kI32WrapI64: return {static_cast<uint32_t>(value)};
    case Opcode::kI64ExtendI32U: return {value};
    case Opcode::kI64ExtendI32S: return {static_cast<uint64_t>(int64_t{value_signed})};
    case Opcode::kF32ConvertI32S: case Opcode::kF32ConvertI64S:
      return {to_bits(static_cast<float>(value_signed))};
    case Opcode::kF32ConvertI32U: case Opcode::kF32ConvertI64U:
      return {to_bits(static_cast<float>(value))};
    case Opcode::kF64ConvertI32S: case Opcode::kF64ConvertI64S:
      return {to_bits(static_cast<double>(value_signed))};
    case Opcode::kF64ConvertI32U: case Opcode::kF64ConvertI64U:
      return {to_bits(static_cast<double>(value))};
    case Opcode::kF32ReinterpretI32: case Opcode::kF64ReinterpretI64: return {value};
    default: WISP_CHECK(false);
  }
  return {};
}
// clang-format on

// clang-format off
template <class U>
Computed compute(Opcode opcode, U left, U right) {
  switch (opcode) {
    case Opcode::kI32Eqz: case Opcode::kI64Eqz: return {left == 0};
    case Opcode::kI32Eq: case Opcode::kI32Ne: case Opcode::kI32LtS: case Opcode::kI32LtU:
    case Opcode::kI32GtS: case Opcode::kI32GtU: case Opcode::kI32LeS: case Opcode::kI32LeU:
    case Opcode::kI32GeS: case Opcode::kI32GeU: case Opcode::kI64Eq: case Opcode::kI64Ne:
    case Opcode::kI64LtS: case Opcode::kI64LtU: case Opcode::kI64GtS: case Opcode::kI64GtU:
    case Opcode::kI64LeS: case Opcode::kI64LeU: case Opcode::kI64GeS: case Opcode::kI64GeU:
      return {compare(opcode, left, right)};
    case Opcode::kI32Clz: case Opcode::kI32Ctz: case Opcode::kI32Popcnt:
    case Opcode::kI64Clz: case Opcode::kI64Ctz: case Opcode::kI64Popcnt:
      return count_bits(opcode, left);
    case Opcode::kI32Add: case Opcode::kI64Add: return {static_cast<U>(left + right)};
    case Opcode::kI32Sub: case Opcode::kI64Sub: return {static_cast<U>(left - right)};
    case Opcode::kI32Mul: case Opcode::kI64Mul: return {static_cast<U>(left * right)};
    case Opcode::kI32DivS: case Opcode::kI32DivU: case Opcode::kI32RemS: case Opcode::kI32RemU:
    case Opcode::kI64DivS: case Opcode::kI64DivU: case Opcode::kI64RemS: case Opcode::kI64RemU:
      return divide(opcode, left, right);
    case Opcode::kI32And: case Opcode::kI64And: return {static_cast<U>(left & right)};
    case Opcode::kI32Or: case Opcode::kI64Or: return {static_cast<U>(left | right)};
    case Opcode::kI32Xor: case Opcode::kI64Xor: return {static_cast<U>(left ^ right)};
    case Opcode::kI32Shl: case Opcode::kI64Shl: return {shift_left(left, right)};
    case Opcode::kI32ShrS: case Opcode::kI64ShrS: return {shift_right_signed(left, right)};
    case Opcode::kI32ShrU: case Opcode::kI64ShrU: return {shift_right(left, right)};
    case Opcode::kI32Rotl: case Opcode::kI64Rotl: return {rotate_left(left, right)};
    case Opcode::kI32Rotr: case Opcode::kI64Rotr:
      return {rotate_left(left, static_cast<U>(kBits<U> - right % kBits<U>))};
    case Opcode::kI32Extend8S: case Opcode::kI64Extend8S: return {extend<U>(left, 8)};
    case Opcode::kI32Extend16S: case Opcode::kI64Extend16S: return {extend<U>(left, 16)};
    case Opcode::kI64Extend32S: return {extend<U>(left, 32)};
    default: return convert(opcode, left);
  }
}
// clang-format on

}  // namespace

Computed compute_integer(Opcode opcode, jit::ValueType type, uint64_t left, uint64_t right) {
  if (type == jit::ValueType::kI64) return compute<uint64_t>(opcode, left, right);
  return compute<uint32_t>(opcode, static_cast<uint32_t>(left), static_cast<uint32_t>(right));
}

}  // namespace wisp::oracle
