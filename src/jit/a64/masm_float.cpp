// Floating point primitives of a64::Masm. The instructions do what WebAssembly asks for: fmin and
// fmax know NaN and the signed zeros, fcvtzs and fcvtzu saturate. Only the trapping conversions
// need compares (jit.md, section 6.8).
#include <bit>

#include "jit/a64/masm.h"

namespace wisp::jit::a64 {

void Masm::float_compare(Cond, Width width, Fpr lhs, Fpr rhs) {
  assembler().fcmp(vec(width, lhs), vec(width, rhs));
}

void Masm::float_binary(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs) {
  auto& a = assembler();
  const auto d = vec(width, dst), l = vec(width, lhs), r = vec(width, rhs);
  switch (op) {
    case FloatBinaryOp::kAdd:
      a.fadd(d, l, r);
      return;
    case FloatBinaryOp::kSub:
      a.fsub(d, l, r);
      return;
    case FloatBinaryOp::kMul:
      a.fmul(d, l, r);
      return;
    case FloatBinaryOp::kDiv:
      a.fdiv(d, l, r);
      return;
    case FloatBinaryOp::kMin:
      a.fmin(d, l, r);
      return;
    case FloatBinaryOp::kMax:
      a.fmax(d, l, r);
      return;
    case FloatBinaryOp::kCopysign:
      return copysign(width, dst, lhs, rhs);
  }
}

void Masm::copysign(Width width, Fpr dst, Fpr lhs, Fpr rhs) {
  float_move_imm(width, kFloatScratch, width == Width::k32 ? 0x80000000 : uint64_t{1} << 63);
  auto& a = assembler();
  // The mask, where set, takes rhs, else lhs.
  const asmjit::a64::VecD mask(kFloatScratch.code), l(lhs.code), r(rhs.code);
  a.bsl(mask.b8(), r.b8(), l.b8());
  a.fmov(vec(width, dst), vec(width, kFloatScratch));
}

void Masm::float_binary_mem(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, const Address& rhs) {
  float_load(width, kFloatScratch, rhs);
  float_binary(op, width, dst, lhs, kFloatScratch);
}

void Masm::float_unary(FloatUnaryOp op, Width width, Fpr dst, Fpr src) {
  auto& a = assembler();
  const auto d = vec(width, dst), s = vec(width, src);
  switch (op) {
    case FloatUnaryOp::kAbs:
      a.fabs(d, s);
      return;
    case FloatUnaryOp::kNeg:
      a.fneg(d, s);
      return;
    case FloatUnaryOp::kSqrt:
      a.fsqrt(d, s);
      return;
    case FloatUnaryOp::kCeil:
      a.frintp(d, s);
      return;
    case FloatUnaryOp::kFloor:
      a.frintm(d, s);
      return;
    case FloatUnaryOp::kTrunc:
      a.frintz(d, s);
      return;
    case FloatUnaryOp::kNearest:
      a.frintn(d, s);
      return;
  }
}

void Masm::float_convert(Width to, Fpr dst, Fpr src) {
  const Width from = to == Width::k32 ? Width::k64 : Width::k32;
  assembler().fcvt(vec(to, dst), vec(from, src));
}

void Masm::int_to_float(Signedness signedness, Width int_width, Width float_width, Fpr dst,
                        Gpr src) {
  auto& a = assembler();
  const auto d = vec(float_width, dst);
  const auto s = gp(int_width, src);
  signedness == Signedness::kSigned ? a.scvtf(d, s) : a.ucvtf(d, s);
}

void Masm::float_to_int(FloatToIntMode mode, Signedness signedness, Width int_width,
                        Width float_width, Gpr dst, Fpr src, Label& not_a_number,
                        Label& out_of_range) {
  if (mode == FloatToIntMode::kTrapping) {
    check_range(signedness, int_width, float_width, src, not_a_number, out_of_range);
  }
  auto& a = assembler();
  const auto d = gp(int_width, dst);
  const auto s = vec(float_width, src);
  signedness == Signedness::kSigned ? a.fcvtzs(d, s) : a.fcvtzu(d, s);
}

void Masm::check_range(Signedness signedness, Width int_width, Width float_width, Fpr src,
                       Label& not_a_number, Label& out_of_range) {
  const bool is_signed = signedness == Signedness::kSigned;
  const int bits = int_width == Width::k32 ? 32 : 64;
  // The first value above the range and, below it, the last one outside; where that is no float of
  // this width (its least value is, and nothing lies between), the first inside.
  const double high = is_signed ? (bits == 32 ? 0x1p31 : 0x1p63) : (bits == 32 ? 0x1p32 : 0x1p64);
  const bool is_last_outside = !is_signed || (bits == 32 && float_width == Width::k64);
  const double low = !is_signed        ? -1.0
                     : bits == 64      ? -0x1p63
                     : is_last_outside ? -2147483649.0
                                       : -0x1p31;
  const auto bits_of = [&](double value) -> uint64_t {
    if (float_width == Width::k32) return std::bit_cast<uint32_t>(static_cast<float>(value));
    return std::bit_cast<uint64_t>(value);
  };
  const auto s = vec(float_width, src);
  const auto limit = vec(float_width, kFloatScratch);
  float_move_imm(float_width, kFloatScratch, bits_of(high));
  assembler().fcmp(s, limit);
  jump_cc(Cc::kVs, not_a_number);
  jump_cc(Cc::kGe, out_of_range);
  float_move_imm(float_width, kFloatScratch, bits_of(low));
  assembler().fcmp(s, limit);
  jump_cc(is_last_outside ? Cc::kLe : Cc::kLt, out_of_range);
}

}  // namespace wisp::jit::a64
