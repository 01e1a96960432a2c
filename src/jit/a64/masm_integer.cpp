// Integer primitives of a64::Masm, and the users of flags.
#include <bit>

#include "jit/a64/masm.h"

namespace wisp::jit::a64 {

using asmjit::a64::lsl;

namespace {

constexpr bool is_imm12(uint64_t value) {
  return value < 0x1000 || ((value & 0xfff) == 0 && value < 0x1000000);
}
bool is_logical_imm(Width width, int64_t value) {
  if (width == Width::k32) {
    return asmjit::a64::Utils::isLogicalImm(static_cast<uint32_t>(value), 32);
  }
  return asmjit::a64::Utils::isLogicalImm(static_cast<uint64_t>(value), 64);
}
// A 32-bit constant is the same number however its high half is filled.
constexpr int64_t normalized(Width width, int64_t value) {
  return width == Width::k32 ? static_cast<int32_t>(value) : value;
}
constexpr bool is_power_of_two(Width width, int64_t value) {
  return std::has_single_bit(width == Width::k32 ? static_cast<uint32_t>(value)
                                                 : static_cast<uint64_t>(value));
}

}  // namespace

void Masm::binary(BinaryOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
  auto& a = assembler();
  const auto d = gp(width, dst), l = gp(width, lhs), r = gp(width, rhs);
  switch (op) {
    case BinaryOp::kAdd:
      a.add(d, l, r);
      return;
    case BinaryOp::kSub:
      a.sub(d, l, r);
      return;
    case BinaryOp::kAnd:
      a.and_(d, l, r);
      return;
    case BinaryOp::kOr:
      a.orr(d, l, r);
      return;
    case BinaryOp::kXor:
      a.eor(d, l, r);
      return;
    case BinaryOp::kMul:
      a.mul(d, l, r);
      return;
  }
}

bool Masm::is_binary_imm(BinaryOp op, Width width, int64_t value) {
  value = normalized(width, value);
  switch (op) {
    case BinaryOp::kAdd:
    case BinaryOp::kSub:
      return is_imm12(static_cast<uint64_t>(value)) || is_imm12(0 - static_cast<uint64_t>(value));
    case BinaryOp::kMul:
      return is_power_of_two(width, value);
    case BinaryOp::kAnd:
    case BinaryOp::kOr:
    case BinaryOp::kXor:
      return is_logical_imm(width, value);
  }
  return false;
}

void Masm::binary_imm(BinaryOp op, Width width, Gpr dst, Gpr lhs, int64_t value) {
  value = normalized(width, value);
  const auto bits =
      width == Width::k32 ? static_cast<uint32_t>(value) : static_cast<uint64_t>(value);
  if (op == BinaryOp::kMul) {
    return shift_imm(ShiftOp::kShl, width, dst, lhs, static_cast<uint32_t>(std::countr_zero(bits)));
  }
  if (op == BinaryOp::kAdd) return add_imm(width, dst, lhs, value);
  if (op == BinaryOp::kSub) return add_imm(width, dst, lhs, -value);
  auto& a = assembler();
  const auto d = gp(width, dst), l = gp(width, lhs);
  if (op == BinaryOp::kAnd) {
    a.and_(d, l, bits);
  } else if (op == BinaryOp::kOr) {
    a.orr(d, l, bits);
  } else {
    a.eor(d, l, bits);
  }
}

void Masm::add_imm(Width width, Gpr dst, Gpr lhs, int64_t value) {
  const bool is_negative = value < 0;
  const uint64_t magnitude =
      is_negative ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const auto d = gp(width, dst);
  auto l = gp(width, lhs);
  auto& a = assembler();
  const auto add_or_sub = [&](uint64_t part) {
    is_negative ? a.sub(d, l, part) : a.add(d, l, part);
    l = d;
  };
  if (magnitude >= 0x1000000) {
    // Into the other scratch register: addresses are formed where kScratch may be an operand.
    const auto scratch = gp(width, kAddressScratch);
    a.mov(scratch, static_cast<uint64_t>(normalized(width, value)));
    a.add(d, l, scratch);
    return;
  }
  if ((magnitude & 0xfff) != 0 || magnitude == 0) add_or_sub(magnitude & 0xfff);
  if (magnitude >= 0x1000) add_or_sub(magnitude & 0xfff000);
}

void Masm::binary_mem(BinaryOp op, Width width, Gpr dst, Gpr lhs, const Address& rhs) {
  load(width == Width::k32 ? LoadOp::k32U : LoadOp::k64, kScratch, rhs);
  binary(op, width, dst, lhs, kScratch);
}

void Masm::add_shifted(Width width, Gpr dst, Gpr lhs, Gpr rhs, uint32_t shift, int32_t value) {
  {
    auto& a = assembler();
    const auto d = gp(width, dst), r = gp(width, rhs);
    if (lhs == kNoGpr && shift == 0) {
      return add_imm(width, dst, rhs, value);
    } else if (lhs == kNoGpr) {
      a.lsl(d, r, shift);
    } else if (shift == 0) {
      a.add(d, gp(width, lhs), r);
    } else {
      a.add(d, gp(width, lhs), r, lsl(shift));
    }
  }
  if (value != 0) add_imm(width, dst, dst, value);
}

void Masm::shift_imm(ShiftOp op, Width width, Gpr dst, Gpr lhs, uint32_t count) {
  const uint32_t size = width == Width::k32 ? 32 : 64;
  count &= size - 1;
  if (count == 0) return move(width, dst, lhs);
  auto& a = assembler();
  const auto d = gp(width, dst), l = gp(width, lhs);
  switch (op) {
    case ShiftOp::kShl:
      a.lsl(d, l, count);
      return;
    case ShiftOp::kShrS:
      a.asr(d, l, count);
      return;
    case ShiftOp::kShrU:
      a.lsr(d, l, count);
      return;
    case ShiftOp::kRotl:
      a.ror(d, l, size - count);
      return;
    case ShiftOp::kRotr:
      a.ror(d, l, count);
      return;
  }
}

void Masm::shift(ShiftOp op, Width width, Gpr dst, Gpr lhs, Gpr count) {
  auto& a = assembler();
  const auto d = gp(width, dst), l = gp(width, lhs), c = gp(width, count);
  switch (op) {
    case ShiftOp::kShl:
      a.lsl(d, l, c);
      return;
    case ShiftOp::kShrS:
      a.asr(d, l, c);
      return;
    case ShiftOp::kShrU:
      a.lsr(d, l, c);
      return;
    case ShiftOp::kRotl:
      a.neg(gpw(kScratch), gpw(count));
      a.ror(d, l, gp(width, kScratch));
      return;
    case ShiftOp::kRotr:
      a.ror(d, l, c);
      return;
  }
}

void Masm::unary(UnaryOp op, Width width, Gpr dst, Gpr src) {
  auto& a = assembler();
  const auto d = gp(width, dst), s = gp(width, src);
  switch (op) {
    case UnaryOp::kClz:
      a.clz(d, s);
      return;
    case UnaryOp::kCtz:
      a.rbit(d, s);
      a.clz(d, d);
      return;
    case UnaryOp::kPopcnt: {
      const asmjit::a64::VecD bytes(kFloatScratch.code);
      a.fmov(vec(width, kFloatScratch), s);
      a.cnt(bytes.b8(), bytes.b8());
      a.addv(asmjit::a64::VecB(kFloatScratch.code), bytes.b8());
      a.fmov(gpw(dst), asmjit::a64::VecS(kFloatScratch.code));
      return;
    }
    case UnaryOp::kExtend8S:
      a.sxtb(d, gpw(src));
      return;
    case UnaryOp::kExtend16S:
      a.sxth(d, gpw(src));
      return;
    case UnaryOp::kExtend32S:
      a.sxtw(gpx(dst), gpw(src));
      return;
  }
}

void Masm::divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs, Label& zero_divisor,
                  Label& overflow) {
  jump_if_zero(width, rhs, zero_divisor);
  const bool is_signed = op == DivideOp::kDivS || op == DivideOp::kRemS;
  const auto d = gp(width, dst), l = gp(width, lhs), r = gp(width, rhs);
  if (op == DivideOp::kDivS) {
    // Only the least value by -1: lhs - 1 is looked at only if rhs + 1 is zero.
    auto& a = assembler();
    a.cmn(r, 1);
    a.ccmp(l, 1, 0, asmjit::Imm(cond_code(Cc::kEq)));
    jump_cc(Cc::kVs, overflow);
  }
  auto& a = assembler();
  const bool is_remainder = op == DivideOp::kRemS || op == DivideOp::kRemU;
  const auto quotient = is_remainder ? gp(width, kScratch) : d;
  is_signed ? a.sdiv(quotient, l, r) : a.udiv(quotient, l, r);
  if (is_remainder) a.msub(d, quotient, r, l);
}

void Masm::multiply_high(Signedness signedness, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
  auto& a = assembler();
  const bool is_signed = signedness == Signedness::kSigned;
  if (width == Width::k64) {
    is_signed ? a.smulh(gpx(dst), gpx(lhs), gpx(rhs)) : a.umulh(gpx(dst), gpx(lhs), gpx(rhs));
    return;
  }
  is_signed ? a.smull(gpx(dst), gpw(lhs), gpw(rhs)) : a.umull(gpx(dst), gpw(lhs), gpw(rhs));
  a.lsr(gpx(dst), gpx(dst), 32);
}

void Masm::negate(Width width, Gpr dst, Gpr src) {
  assembler().neg(gp(width, dst), gp(width, src));
}

void Masm::compare(Width width, Gpr lhs, Gpr rhs) {
  assembler().cmp(gp(width, lhs), gp(width, rhs));
}

bool Masm::is_compare_imm(Width width, int64_t value) {
  value = normalized(width, value);
  return is_imm12(static_cast<uint64_t>(value)) || is_imm12(0 - static_cast<uint64_t>(value));
}

void Masm::compare_imm(Width width, Gpr lhs, int64_t value) {
  value = normalized(width, value);
  auto& a = assembler();
  // cmn differs from cmp of the negated constant in the carry of zero alone, and zero is no case.
  value < 0 ? a.cmn(gp(width, lhs), -value) : a.cmp(gp(width, lhs), value);
}

void Masm::compare_mem(Width width, Gpr lhs, const Address& rhs) {
  load(width == Width::k32 ? LoadOp::k32U : LoadOp::k64, kScratch, rhs);
  compare(width, lhs, kScratch);
}

void Masm::compare_mem_imm(Width width, const Address& lhs, int64_t value) {
  load(width == Width::k32 ? LoadOp::k32U : LoadOp::k64, kScratch, lhs);
  compare_imm(width, kScratch, value);
}

void Masm::test(Width width, Gpr lhs, Gpr rhs) { assembler().tst(gp(width, lhs), gp(width, rhs)); }

bool Masm::is_test_imm(Width width, int64_t value) { return is_logical_imm(width, value); }

void Masm::test_imm(Width width, Gpr lhs, int64_t value) {
  const auto bits =
      width == Width::k32 ? static_cast<uint32_t>(value) : static_cast<uint64_t>(value);
  assembler().tst(gp(width, lhs), bits);
}

void Masm::set_if(Cond cond, Gpr dst) {
  assembler().cset(gpw(dst), asmjit::Imm(cond_code(cc_of(cond))));
}

void Masm::select_if(Cond cond, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
  assembler().csel(gp(width, dst), gp(width, lhs), gp(width, rhs),
                   asmjit::Imm(cond_code(cc_of(cond))));
}

}  // namespace wisp::jit::a64
