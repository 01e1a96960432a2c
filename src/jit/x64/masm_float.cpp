// Floating point primitives of x64::Masm: what SSE does otherwise than WebAssembly (jit.md, section
// 6.8).
#include "jit/x64/masm.h"

namespace wisp::jit::x64 {
namespace {

constexpr uint64_t kSignBit64 = uint64_t{1} << 63;

// -2^63 in the given width, into `dst`; keeps the flags.
void load_minus_two_to_63(Encoder& e, Width width, Fpr dst) {
  if (width == Width::k32) {
    e.mov_imm32(Abi::kScratch, 0xdf000000);
  } else {
    e.mov_imm64(Abi::kScratch, 0xc3e0000000000000);
  }
  e.mov(width, dst, Abi::kScratch);
}

// All bits but the sign, or the sign alone, in each lane.
void make_magnitude_mask(Encoder& e, Width width, Fpr dst) {
  e.pcmpeqd(dst, dst);
  e.pshift_right(width, dst, 1);
}
void make_sign_mask(Encoder& e, Width width, Fpr dst) {
  e.pcmpeqd(dst, dst);
  e.pshift_left(width, dst, width == Width::k32 ? 31 : 63);
}

}  // namespace

void Masm::float_move_imm(Width width, Fpr dst, uint64_t bits) {
  Encoder e(buffer_);
  if (width == Width::k32) bits = static_cast<uint32_t>(bits);
  if (bits == 0) return e.float_bits(FloatBits::kXor, dst, dst);
  if (bits == static_cast<uint32_t>(bits)) {
    e.mov_imm32(kScratch, static_cast<uint32_t>(bits));
  } else {
    e.mov_imm64(kScratch, bits);
  }
  e.mov(width, dst, kScratch);
}

void Masm::float_binary_slow(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs) {
  if (op == FloatBinaryOp::kCopysign) return copysign(width, dst, lhs, rhs);
  float_min_max(op, width, dst, lhs, rhs);
}

// minss and maxss yield the second operand when one is NaN or both are zero. Equal operands differ
// at most in the sign of zero: `or` finds the least, `and` the greatest. A sum is NaN if an operand
// is, and quiet.
void Masm::float_min_max(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  if (dst == rhs) std::swap(lhs, rhs);  // both are commutative
  if (dst != lhs) e.float_mov(dst, lhs);
  e.ucomis(f, dst, rhs);
  uint8_t* is_different = e.jcc_short(Cc::kNotEqual);
  uint8_t* is_nan = e.jcc_short(Cc::kParity);
  e.float_bits(op == FloatBinaryOp::kMin ? FloatBits::kOr : FloatBits::kAnd, dst, rhs);
  uint8_t* done = e.jmp_short();
  e.land(is_nan);
  e.float_op(FloatOp::kAdd, f, dst, rhs);
  uint8_t* done_nan = e.jmp_short();
  e.land(is_different);
  e.float_op(float_op_of(op), f, dst, rhs);
  e.land(done);
  e.land(done_nan);
}

void Masm::copysign(Width width, Fpr dst, Fpr lhs, Fpr rhs) {
  Encoder e(buffer_);
  if (lhs == rhs) {
    if (dst != lhs) e.float_mov(dst, lhs);
    return;
  }
  // dst = ((lhs ^ rhs) & mask) ^ other takes the masked bits from the one, the rest from the other.
  if (dst == rhs) {
    make_sign_mask(e, width, kFloatScratch);
    std::swap(lhs, rhs);
  } else {
    make_magnitude_mask(e, width, kFloatScratch);
    if (dst != lhs) e.float_mov(dst, lhs);
  }
  e.float_bits(FloatBits::kXor, dst, rhs);
  e.float_bits(FloatBits::kAnd, dst, kFloatScratch);
  e.float_bits(FloatBits::kXor, dst, rhs);
}

void Masm::float_unary(FloatUnaryOp op, Width width, Fpr dst, Fpr src) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  const auto round = [&](uint8_t mode) {
    constexpr uint8_t kNoPrecisionException = 8;
    mode |= kNoPrecisionException;
    if (features_.has_avx) return e.vround(f, dst, src, mode);
    e.round(f, dst, src, mode);
  };
  switch (op) {
    case FloatUnaryOp::kAbs:
    case FloatUnaryOp::kNeg: {
      const Fpr mask = dst == src ? kFloatScratch : dst;
      const bool is_abs = op == FloatUnaryOp::kAbs;
      is_abs ? make_magnitude_mask(e, width, mask) : make_sign_mask(e, width, mask);
      return e.float_bits(is_abs ? FloatBits::kAnd : FloatBits::kXor, dst, dst == src ? mask : src);
    }
    case FloatUnaryOp::kSqrt:
      if (features_.has_avx) return e.vfloat_op(FloatOp::kSqrt, f, dst, src, src);
      return e.float_op(FloatOp::kSqrt, f, dst, src);
    case FloatUnaryOp::kNearest:
      return round(0);
    case FloatUnaryOp::kFloor:
      return round(1);
    case FloatUnaryOp::kCeil:
      return round(2);
    case FloatUnaryOp::kTrunc:
      return round(3);
  }
}

void Masm::float_convert(Width to, Fpr dst, Fpr src) {
  const FloatWidth from = to == Width::k32 ? FloatWidth::k64 : FloatWidth::k32;
  Encoder e(buffer_);
  if (features_.has_avx) return e.vcvts2s(from, dst, src);
  e.cvts2s(from, dst, src);
}

void Masm::int_to_float(Signedness signedness, Width int_width, Width float_width, Fpr dst,
                        Gpr src) {
  const bool is_unsigned = signedness == Signedness::kUnsigned;
  if (is_unsigned && int_width == Width::k64) return int64_to_float_unsigned(float_width, dst, src);
  Encoder e(buffer_);
  e.float_bits(FloatBits::kXor, dst, dst);  // cvtsi2s keeps the upper part: cut the dependence
  e.cvtsi2s(scalar(float_width), is_unsigned ? Width::k64 : int_width, dst, src);
}

void Masm::int64_to_float_unsigned(Width width, Fpr dst, Gpr src) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  e.float_bits(FloatBits::kXor, dst, dst);
  e.test(Width::k64, src, src);
  uint8_t* is_large = e.jcc_short(Cc::kSign);
  e.cvtsi2s(f, Width::k64, dst, src);
  uint8_t* done = e.jmp_short();
  e.land(is_large);
  // Half of it, with the lost bit kept as a sticky one, so that doubling rounds as the whole would.
  e.mov(Width::k64, kScratch, src);
  e.shift_imm(Shift::kShr, Width::k64, kScratch, 1);
  uint8_t* is_even = e.jcc_short(Cc::kAboveEqual);
  e.alu_imm(Alu::kOr, Width::k64, kScratch, 1);
  e.land(is_even);
  e.cvtsi2s(f, Width::k64, dst, kScratch);
  e.float_op(FloatOp::kAdd, f, dst, dst);
  e.land(done);
}

void Masm::float_to_int(FloatToIntMode mode, Signedness signedness, Width int_width,
                        Width float_width, Gpr dst, Fpr src, Label& not_a_number,
                        Label& out_of_range) {
  const bool is_signed = signedness == Signedness::kSigned;
  if (mode == FloatToIntMode::kSaturating) {
    if (is_signed) return saturate_to_int(int_width, float_width, dst, src);
    if (int_width == Width::k32) return saturate_to_uint32(float_width, dst, src);
    return saturate_to_uint64(float_width, dst, src);
  }
  if (int_width == Width::k32) {
    return truncate_to_int32(signedness, float_width, dst, src, not_a_number, out_of_range);
  }
  if (is_signed) return truncate_to_int64(float_width, dst, src, not_a_number, out_of_range);
  truncate_to_uint64(float_width, dst, src, not_a_number, out_of_range);
}

// cvttss2si of 64 bits is exact for all that is in range of either 32-bit type; what is not does
// not survive being cut.
void Masm::truncate_to_int32(Signedness signedness, Width width, Gpr dst, Fpr src,
                             Label& not_a_number, Label& out_of_range) {
  uint32_t done;
  {
    Encoder e(buffer_);
    e.cvtts2si(scalar(width), Width::k64, dst, src);
    if (signedness == Signedness::kSigned) {
      e.movsxd(kScratch, dst);
    } else {
      e.mov(Width::k32, kScratch, dst);
    }
    e.alu(Alu::kCmp, Width::k64, kScratch, dst);
    e.jcc_short(Cc::kEqual);
    done = e.offset() - 1;
    e.ucomis(scalar(width), src, src);
  }
  jump_cc(Cc::kParity, not_a_number);
  jump(out_of_range);
  Encoder e(buffer_);
  e.land(buffer_.at(done));
  // 32-bit results are zero-extended.
  if (signedness == Signedness::kSigned) e.mov(Width::k32, dst, dst);
}

void Masm::truncate_to_int64(Width width, Gpr dst, Fpr src, Label& not_a_number,
                             Label& out_of_range) {
  const FloatWidth f = scalar(width);
  uint32_t done;
  {
    Encoder e(buffer_);
    e.cvtts2si(f, Width::k64, dst, src);
    e.alu_imm(Alu::kCmp, Width::k64, dst, 1);
    e.jcc_short(Cc::kNoOverflow);  // all but the least value, which also says "invalid"
    done = e.offset() - 1;
    load_minus_two_to_63(e, width, kFloatScratch);
    e.ucomis(f, src, kFloatScratch);
  }
  jump_cc(Cc::kParity, not_a_number);
  jump_cc(Cc::kNotEqual, out_of_range);
  Encoder e(buffer_);
  e.land(buffer_.at(done));
}

void Masm::truncate_to_uint64(Width width, Gpr dst, Fpr src, Label& not_a_number,
                              Label& out_of_range) {
  const FloatWidth f = scalar(width);
  uint32_t done;
  {
    Encoder e(buffer_);
    e.cvtts2si(f, Width::k64, dst, src);
    e.test(Width::k64, dst, dst);
    e.jcc_short(Cc::kNoSign);  // below 2^63
    done = e.offset() - 1;
    e.ucomis(f, src, src);
  }
  jump_cc(Cc::kParity, not_a_number);
  {
    // From 2^63 on: what is above it. A negative number or one from 2^64 on comes out negative
    // again.
    Encoder e(buffer_);
    load_minus_two_to_63(e, width, kFloatScratch);
    e.float_op(FloatOp::kAdd, f, kFloatScratch, src);
    e.cvtts2si(f, Width::k64, dst, kFloatScratch);
    e.test(Width::k64, dst, dst);
  }
  jump_cc(Cc::kSign, out_of_range);
  Encoder e(buffer_);
  e.mov_imm64(kScratch, kSignBit64);
  e.alu(Alu::kXor, Width::k64, dst, kScratch);
  e.land(buffer_.at(done));
}

void Masm::saturate_to_int(Width int_width, Width width, Gpr dst, Fpr src) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  e.cvtts2si(f, int_width, dst, src);
  e.alu_imm(Alu::kCmp, int_width, dst, 1);
  uint8_t* in_range = e.jcc_short(Cc::kNoOverflow);
  // dst is the least value: right for negative operands, one too much for positive ones (it wraps),
  // wrong for NaN.
  e.float_bits(FloatBits::kXor, kFloatScratch, kFloatScratch);
  e.ucomis(f, src, kFloatScratch);
  uint8_t* is_number = e.jcc_short(Cc::kNoParity);
  e.alu(Alu::kXor, Width::k32, dst, dst);
  uint8_t* done_nan = e.jmp_short();
  e.land(is_number);
  uint8_t* is_negative = e.jcc_short(Cc::kBelow);
  e.dec(int_width, dst);
  e.land(in_range);
  e.land(done_nan);
  e.land(is_negative);
}

void Masm::saturate_to_uint32(Width width, Gpr dst, Fpr src) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  e.cvtts2si(f, Width::k64, dst, src);
  e.mov(Width::k32, kScratch, dst);
  e.alu(Alu::kCmp, Width::k64, kScratch, dst);
  uint8_t* in_range = e.jcc_short(Cc::kEqual);
  e.float_bits(FloatBits::kXor, kFloatScratch, kFloatScratch);
  e.ucomis(f, src, kFloatScratch);
  e.mov_imm32(dst, 0);
  uint8_t* is_negative_or_nan = e.jcc_short(Cc::kBelowEqual);
  e.mov_imm32(dst, 0xffffffff);
  e.land(in_range);
  e.land(is_negative_or_nan);
}

void Masm::saturate_to_uint64(Width width, Gpr dst, Fpr src) {
  const FloatWidth f = scalar(width);
  Encoder e(buffer_);
  e.cvtts2si(f, Width::k64, dst, src);
  e.test(Width::k64, dst, dst);
  uint8_t* is_small = e.jcc_short(Cc::kNoSign);
  e.float_bits(FloatBits::kXor, kFloatScratch, kFloatScratch);
  e.ucomis(f, src, kFloatScratch);
  e.mov_imm32(dst, 0);
  uint8_t* is_negative_or_nan = e.jcc_short(Cc::kBelowEqual);
  load_minus_two_to_63(e, width, kFloatScratch);
  e.float_op(FloatOp::kAdd, f, kFloatScratch, src);
  e.cvtts2si(f, Width::k64, dst, kFloatScratch);
  e.test(Width::k64, dst, dst);
  uint8_t* is_too_large = e.jcc_short(Cc::kSign);
  e.mov_imm64(kScratch, kSignBit64);
  e.alu(Alu::kXor, Width::k64, dst, kScratch);
  uint8_t* done = e.jmp_short();
  e.land(is_too_large);
  e.mov_simm32(dst, -1);
  e.land(is_small);
  e.land(is_negative_or_nan);
  e.land(done);
}

}  // namespace wisp::jit::x64
