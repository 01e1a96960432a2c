// Constant folding of integer opcodes: what each yields for constant operands, as the
// specification's numerics define it.
//
// External interface: namespace fold. Operands and results are the bits of a ValueNode: 32-bit
// values zero-extended. Folding a division that would trap is the caller's business.
#pragma once

#include <bit>
#include <cstdint>

#include "jit/compiler/machine_types.h"

namespace wisp::jit::fold {

constexpr int64_t wrap(Width width, uint64_t bits) {
  return static_cast<int64_t>(width == Width::k32 ? static_cast<uint32_t>(bits) : bits);
}
constexpr int64_t sign_extended(Width width, int64_t bits) {
  return width == Width::k32 ? static_cast<int32_t>(bits) : bits;
}

constexpr int64_t binary(BinaryOp op, Width width, int64_t lhs, int64_t rhs) {
  uint64_t a = static_cast<uint64_t>(lhs);
  uint64_t b = static_cast<uint64_t>(rhs);
  switch (op) {
    case BinaryOp::kAdd:
      return wrap(width, a + b);
    case BinaryOp::kSub:
      return wrap(width, a - b);
    case BinaryOp::kAnd:
      return wrap(width, a & b);
    case BinaryOp::kOr:
      return wrap(width, a | b);
    case BinaryOp::kXor:
      return wrap(width, a ^ b);
    case BinaryOp::kMul:
      return wrap(width, a * b);
  }
  return 0;
}

constexpr int64_t shift(ShiftOp op, Width width, int64_t lhs, int64_t count) {
  int n = static_cast<int>(count & (width == Width::k32 ? 31 : 63));
  uint64_t a = static_cast<uint64_t>(lhs);
  switch (op) {
    case ShiftOp::kShl:
      return wrap(width, a << n);
    case ShiftOp::kShrS:
      return wrap(width, static_cast<uint64_t>(sign_extended(width, lhs) >> n));
    case ShiftOp::kShrU:
      return wrap(width, a >> n);
    case ShiftOp::kRotl:
      return width == Width::k32 ? std::rotl(static_cast<uint32_t>(a), n)
                                 : static_cast<int64_t>(std::rotl(a, n));
    case ShiftOp::kRotr:
      return width == Width::k32 ? std::rotr(static_cast<uint32_t>(a), n)
                                 : static_cast<int64_t>(std::rotr(a, n));
  }
  return 0;
}

constexpr bool compare(Cond cond, Width width, int64_t lhs, int64_t rhs) {
  int64_t a = sign_extended(width, lhs);
  int64_t b = sign_extended(width, rhs);
  uint64_t ua = static_cast<uint64_t>(lhs);
  uint64_t ub = static_cast<uint64_t>(rhs);
  switch (cond) {
    case Cond::kEqual:
      return a == b;
    case Cond::kNotEqual:
      return a != b;
    case Cond::kLessS:
      return a < b;
    case Cond::kGreaterEqualS:
      return a >= b;
    case Cond::kLessEqualS:
      return a <= b;
    case Cond::kGreaterS:
      return a > b;
    case Cond::kLessU:
      return ua < ub;
    case Cond::kGreaterEqualU:
      return ua >= ub;
    case Cond::kLessEqualU:
      return ua <= ub;
    case Cond::kGreaterU:
      return ua > ub;
    default:
      return false;
  }
}

constexpr int64_t unary(UnaryOp op, Width width, int64_t value) {
  uint64_t bits = static_cast<uint64_t>(value);
  uint32_t low = static_cast<uint32_t>(bits);
  switch (op) {
    case UnaryOp::kClz:
      return width == Width::k32 ? std::countl_zero(low) : std::countl_zero(bits);
    case UnaryOp::kCtz:
      return width == Width::k32 ? std::countr_zero(low) : std::countr_zero(bits);
    case UnaryOp::kPopcnt:
      return std::popcount(bits);
    case UnaryOp::kExtend8S:
      return wrap(width, static_cast<uint64_t>(int64_t{static_cast<int8_t>(bits)}));
    case UnaryOp::kExtend16S:
      return wrap(width, static_cast<uint64_t>(int64_t{static_cast<int16_t>(bits)}));
    case UnaryOp::kExtend32S:
      return wrap(width, static_cast<uint64_t>(int64_t{static_cast<int32_t>(bits)}));
  }
  return 0;
}

}  // namespace wisp::jit::fold
