// The vocabulary between the shared compiler and an architecture: registers, addresses, operations,
// conditions.
//
// External interface: all of it. Everything is a small value; an architecture's Masm takes these as
// parameters, most of them as compile-time constants after inlining. Nothing here names an
// architecture.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

namespace wisp::jit {

// A register by its number in the encoding of its class. Integer and float registers are different
// types.
struct Gpr {
  uint8_t code = 0xff;
  constexpr bool is_valid() const { return code != 0xff; }
  constexpr bool operator==(const Gpr&) const = default;
};
struct Fpr {
  uint8_t code = 0xff;
  constexpr bool is_valid() const { return code != 0xff; }
  constexpr bool operator==(const Fpr&) const = default;
};
inline constexpr Gpr kNoGpr{};
inline constexpr Fpr kNoFpr{};

// Registers of one class as a bit set.
struct RegisterSet {
  uint32_t bits = 0;

  constexpr RegisterSet() = default;
  constexpr explicit RegisterSet(uint32_t mask) : bits(mask) {}
  template <class... Registers>
  static constexpr RegisterSet of(Registers... registers) {
    return RegisterSet(((uint32_t{1} << registers.code) | ... | 0u));
  }
  constexpr bool contains(uint8_t code) const { return (bits >> code & 1) != 0; }
  constexpr bool is_empty() const { return bits == 0; }
  constexpr int count() const { return std::popcount(bits); }
  constexpr uint8_t first() const { return static_cast<uint8_t>(std::countr_zero(bits)); }
  constexpr void add(uint8_t code) { bits |= uint32_t{1} << code; }
  constexpr void remove(uint8_t code) { bits &= ~(uint32_t{1} << code); }
  constexpr RegisterSet operator|(RegisterSet other) const {
    return RegisterSet(bits | other.bits);
  }
  constexpr RegisterSet operator&(RegisterSet other) const {
    return RegisterSet(bits & other.bits);
  }
  constexpr RegisterSet operator-(RegisterSet other) const {
    return RegisterSet(bits & ~other.bits);
  }
  constexpr bool operator==(const RegisterSet&) const = default;
};

enum class Width : uint8_t { k32, k64 };

// base + index + displacement. The index is a full register: a 32-bit value in it is zero-extended.
// `disp` may be anything up to 2^33; an architecture forms what its instructions cannot reach in
// its scratch register.
struct Address {
  Gpr base;
  Gpr index = kNoGpr;
  int64_t disp = 0;
  constexpr bool operator==(const Address&) const = default;
};

enum class BinaryOp : uint8_t { kAdd, kSub, kAnd, kOr, kXor, kMul };
constexpr bool is_commutative(BinaryOp op) { return op != BinaryOp::kSub; }

enum class ShiftOp : uint8_t { kShl, kShrS, kShrU, kRotl, kRotr };

enum class UnaryOp : uint8_t { kClz, kCtz, kPopcnt, kExtend8S, kExtend16S, kExtend32S };

enum class DivideOp : uint8_t { kDivS, kDivU, kRemS, kRemU };

enum class Signedness : uint8_t { kSigned, kUnsigned };

// What is read, and to what it is extended. A result of 32 bits is zero-extended to the register.
enum class LoadOp : uint8_t { k8U, k8S32, k8S64, k16U, k16S32, k16S64, k32U, k32S64, k64 };

// How many bytes are written: 1 << value.
enum class StoreOp : uint8_t { k8, k16, k32, k64 };

// A whole value of a width.
constexpr LoadOp load_op(Width width) { return width == Width::k32 ? LoadOp::k32U : LoadOp::k64; }
constexpr StoreOp store_op(Width width) {
  return width == Width::k32 ? StoreOp::k32 : StoreOp::k64;
}

enum class FloatBinaryOp : uint8_t { kAdd, kSub, kMul, kDiv, kMin, kMax, kCopysign };
constexpr bool has_memory_form(FloatBinaryOp op) { return op <= FloatBinaryOp::kDiv; }

enum class FloatUnaryOp : uint8_t { kAbs, kNeg, kSqrt, kCeil, kFloor, kTrunc, kNearest };

// NaN and out of range: trap, or clamp.
enum class FloatToIntMode : uint8_t { kTrapping, kSaturating };

// Conditions on the flags of the compare or test just before. Float conditions hold only after
// `float_compare` with the same condition. The negation of a float condition is true for NaN
// operands where the condition itself is false.
enum class Cond : uint8_t {
  kEqual,
  kNotEqual,
  kLessS,
  kGreaterEqualS,
  kLessEqualS,
  kGreaterS,
  kLessU,
  kGreaterEqualU,
  kLessEqualU,
  kGreaterU,
  kFloatEqual,
  kFloatNotEqual,
  kFloatLess,
  kFloatNotLess,
  kFloatLessEqual,
  kFloatNotLessEqual,
  kFloatGreater,
  kFloatNotGreater,
  kFloatGreaterEqual,
  kFloatNotGreaterEqual,
};
constexpr Cond negate(Cond cond) { return static_cast<Cond>(static_cast<uint8_t>(cond) ^ 1); }
constexpr bool is_float(Cond cond) { return cond >= Cond::kFloatEqual; }
// The condition that holds for (b, a) where `cond` holds for (a, b); integers only.
constexpr Cond swap_operands(Cond cond) {
  switch (cond) {
    case Cond::kLessS:
      return Cond::kGreaterS;
    case Cond::kGreaterS:
      return Cond::kLessS;
    case Cond::kLessEqualS:
      return Cond::kGreaterEqualS;
    case Cond::kGreaterEqualS:
      return Cond::kLessEqualS;
    case Cond::kLessU:
      return Cond::kGreaterU;
    case Cond::kGreaterU:
      return Cond::kLessU;
    case Cond::kLessEqualU:
      return Cond::kGreaterEqualU;
    case Cond::kGreaterEqualU:
      return Cond::kLessEqualU;
    default:
      return cond;
  }
}

// How far a jump forward goes, as far as its emitter can tell: kNear is a guess that may fail
// (MacroAssembler::end_function).
enum class Reach : uint8_t { kAny, kNear };

}  // namespace wisp::jit
