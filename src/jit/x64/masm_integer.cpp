// Integer primitives of x64::Masm that are too long, or too rare, to be inline.
#include <bit>

#include "jit/x64/masm.h"

namespace wisp::jit::x64 {

void Masm::and_imm(Width width, Gpr dst, Gpr lhs, int64_t value) {
  Encoder e(buffer_);
  if (width == Width::k32) value = static_cast<int32_t>(value);
  if (value == 0xff) return e.movzx8(dst, lhs);
  if (value == 0xffff) return e.movzx16(dst, lhs);
  if (value == 0xffffffff) return e.mov(Width::k32, dst, lhs);
  // A constant without high bits clears those of the result: the 32-bit form does the same.
  const Width used = value == static_cast<uint32_t>(value) ? Width::k32 : width;
  if (dst != lhs) e.mov(used, dst, lhs);
  e.alu_imm(Alu::kAnd, used, dst, static_cast<int32_t>(value));
}

void Masm::multiply_imm(Width width, Gpr dst, Gpr lhs, int32_t value) {
  const auto bits = static_cast<uint32_t>(value);
  if (value == 0) return zero(dst);
  if (value == -1) return negate(width, dst, lhs);
  if (value > 0 && std::has_single_bit(bits)) {
    return shift_imm(ShiftOp::kShl, width, dst, lhs, static_cast<uint32_t>(std::countr_zero(bits)));
  }
  if (value == 3 || value == 5 || value == 9) {
    return add_shifted(width, dst, lhs, lhs, static_cast<uint32_t>(std::countr_zero(bits - 1)), 0);
  }
  Encoder e(buffer_);
  e.imul_imm(width, dst, lhs, value);
}

void Masm::unary(UnaryOp op, Width width, Gpr dst, Gpr src) {
  const uint32_t size = width == Width::k32 ? 32 : 64;
  Encoder e(buffer_);
  switch (op) {
    case UnaryOp::kClz:
      if (features_.has_lzcnt) return e.bit_scan(BitScan::kLzcnt, width, dst, src);
      // bsr yields the position of the bit, and leaves a zero operand to us: (2 * size - 1) ^ (size
      // - 1) = size.
      e.mov_imm32(kScratch, 2 * size - 1);
      e.bit_scan(BitScan::kBsr, width, dst, src);
      e.cmov(Width::k32, Cc::kEqual, dst, kScratch);
      return e.alu_imm(Alu::kXor, Width::k32, dst, static_cast<int32_t>(size - 1));
    case UnaryOp::kCtz:
      if (features_.has_bmi1) return e.bit_scan(BitScan::kTzcnt, width, dst, src);
      e.mov_imm32(kScratch, size);
      e.bit_scan(BitScan::kBsf, width, dst, src);
      return e.cmov(Width::k32, Cc::kEqual, dst, kScratch);
    case UnaryOp::kPopcnt:
      return e.bit_scan(BitScan::kPopcnt, width, dst, src);
    case UnaryOp::kExtend8S:
      return e.movsx8(width, dst, src);
    case UnaryOp::kExtend16S:
      return e.movsx16(width, dst, src);
    case UnaryOp::kExtend32S:
      return e.movsxd(dst, src);
  }
}

void Masm::divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs, Label&, Label&) {
  WISP_DCHECK(lhs == rax && rhs != rax && rhs != rdx);
  const bool is_remainder = op == DivideOp::kRemS || op == DivideOp::kRemU;
  const Gpr result = is_remainder ? rdx : rax;
  Encoder e(buffer_);
  if (op == DivideOp::kDivU || op == DivideOp::kRemU) {
    e.alu(Alu::kXor, Width::k32, rdx, rdx);
    e.unary(Unary::kDiv, width, rhs);
  } else if (op == DivideOp::kDivS) {
    e.cdq(width);
    e.unary(Unary::kIdiv, width, rhs);
  } else {
    // x rem -1 is 0, also where x / -1 would overflow and fault.
    e.alu(Alu::kXor, Width::k32, rdx, rdx);
    e.alu_imm(Alu::kCmp, width, rhs, -1);
    uint8_t* done = e.jcc_short(Cc::kEqual);
    e.cdq(width);
    e.unary(Unary::kIdiv, width, rhs);
    e.land(done);
  }
  if (dst != result) e.mov(width, dst, result);
}

void Masm::multiply_high(Signedness signedness, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
  WISP_DCHECK(lhs == rax || rhs == rax);
  const Gpr other = lhs == rax ? rhs : lhs;
  Encoder e(buffer_);
  e.unary(signedness == Signedness::kSigned ? Unary::kImul : Unary::kMul, width, other);
  if (dst != rdx) e.mov(width, dst, rdx);
}

void Masm::set_if(Cond cond, Gpr dst) {
  Encoder e(buffer_);
  e.setcc(cc_of(cond), dst);
  e.movzx8(dst, dst);
  if (cond != Cond::kFloatEqual && cond != Cond::kFloatNotEqual) return;
  // Unordered operands set the zero flag too; the parity flag tells.
  e.mov_imm32(kScratch, cond == Cond::kFloatNotEqual);
  e.cmov(Width::k32, Cc::kParity, dst, kScratch);
}

void Masm::select_if(Cond cond, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
  if (cond == Cond::kFloatEqual) {
    cond = Cond::kFloatNotEqual;
    std::swap(lhs, rhs);
  }
  Encoder e(buffer_);
  if (cond == Cond::kFloatNotEqual) {
    const Gpr target = dst == lhs && dst != rhs ? kScratch : dst;
    if (target != rhs) e.mov(width, target, rhs);
    e.cmov(width, Cc::kNotEqual, target, lhs);
    e.cmov(width, Cc::kParity, target, lhs);
    if (target != dst) e.mov(width, dst, target);
  } else if (dst == lhs) {
    e.cmov(width, x64::negate(cc_of(cond)), dst, rhs);
  } else {
    if (dst != rhs) e.mov(width, dst, rhs);
    e.cmov(width, cc_of(cond), dst, lhs);
  }
}

}  // namespace wisp::jit::x64
