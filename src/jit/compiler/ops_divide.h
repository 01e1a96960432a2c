// DivideOps<Masm>: integer division and remainder. One line per opcode.
//
// External interface: on_{i32,i64}_{div,rem}_*.
#pragma once

#include <bit>
#include <utility>

#include "jit/compiler/ops_integer.h"

namespace wisp::jit {

template <class Masm>
class DivideOps {
  using Kind = ValueNode::Kind;

 public:
  void on_i32_div_s() { divide(DivideOp::kDivS, Width::k32); }
  void on_i32_div_u() { divide(DivideOp::kDivU, Width::k32); }
  void on_i32_rem_s() { divide(DivideOp::kRemS, Width::k32); }
  void on_i32_rem_u() { divide(DivideOp::kRemU, Width::k32); }
  void on_i64_div_s() { divide(DivideOp::kDivS, Width::k64); }
  void on_i64_div_u() { divide(DivideOp::kDivU, Width::k64); }
  void on_i64_rem_s() { divide(DivideOp::kRemS, Width::k64); }
  void on_i64_rem_u() { divide(DivideOp::kRemU, Width::k64); }

 private:
  static constexpr bool is_remainder(DivideOp op) { return op >= DivideOp::kRemS; }
  static constexpr bool is_signed(DivideOp op) {
    return op == DivideOp::kDivS || op == DivideOp::kRemS;
  }

  void divide(DivideOp op, Width width) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    if (operands().folds(rhs) && rhs.imm != 0 &&
        divide_const(op, width, lhs, fold::sign_extended(width, rhs.imm)))
      return;
    if constexpr (Masm::kDivision.dividend.is_valid()) {
      divide_fixed(op, width, lhs, rhs);
    } else {
      Gpr rhs_reg = operands().gpr_of(rhs);
      Gpr lhs_reg = operands().gpr_of(lhs);
      operands().release(rhs);
      operands().release(lhs);
      GprTarget target = operands().result_gpr(lhs.owned_gpr());
      emit_divide(op, width, target.reg, lhs_reg, rhs_reg);
      operands().push_result(int_type(width), target);
    }
  }

  void emit_divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
    if constexpr (Masm::kDivideFaults) {
      Label unused_zero, unused_overflow;
      traps().note_division(rhs);
      masm().divide(op, width, dst, lhs, rhs, unused_zero, unused_overflow);
    } else {
      auto labels = traps().labels(TrapCode::kIntegerDivideByZero, TrapCode::kIntegerOverflow);
      masm().divide(op, width, dst, lhs, rhs, labels.first, labels.second);
    }
  }

  // Brings operands into the registers that the division insists on, and holds those.
  void divide_fixed(DivideOp op, Width width, ValueNode& lhs, ValueNode& rhs) {
    constexpr FixedDivision kFixed = Masm::kDivision;
    prepare_fixed(lhs, rhs);
    Gpr rhs_reg = rhs.kind == Kind::kReg ? rhs.gpr() : operands().gpr_of(rhs);
    Gpr result = is_remainder(op) ? kFixed.remainder : kFixed.quotient;
    emit_divide(op, width, result, kFixed.dividend, rhs_reg);
    operands().release(rhs);
    push_fixed_result(width, result);
  }

  // lhs in the dividend's register, rhs in none of the fixed ones, all of those held. There may be
  // no more than one register beside the fixed ones, so the order matters: what stands in the way
  // of lhs goes first, and takes its place if it must.
  void prepare_fixed(ValueNode& lhs, ValueNode& rhs) {
    constexpr FixedDivision kFixed = Masm::kDivision;
    constexpr RegisterSet kAvoid =
        RegisterSet::of(kFixed.dividend, kFixed.quotient, kFixed.remainder);
    if (rhs.kind == Kind::kReg && rhs.gpr() == kFixed.dividend) {
      if (lhs.kind == Kind::kReg && !kAvoid.contains(lhs.reg)) {
        masm().move(Width::k64, Masm::kScratch, rhs.gpr());
        masm().move(Width::k64, kFixed.dividend, lhs.gpr());
        masm().move(Width::k64, lhs.gpr(), Masm::kScratch);
        std::swap(lhs.reg, rhs.reg);
      } else {
        operands().materialize_away(rhs, kAvoid);
      }
    }
    if (lhs.kind != Kind::kReg || lhs.gpr() != kFixed.dividend) {
      operands().claim(kFixed.dividend);
      operands().move_to_gpr(lhs, kFixed.dividend);
      operands().release(lhs);
    }
    if (!operands().is_home_gpr(rhs) && (rhs.kind != Kind::kReg || kAvoid.contains(rhs.reg)))
      operands().materialize_away(rhs, kAvoid);
    if (kFixed.quotient != kFixed.dividend) operands().claim(kFixed.quotient);
    operands().claim(kFixed.remainder);
  }
  // Frees the fixed registers but the result, which is pushed or moved to where it goes.
  void push_fixed_result(Width width, Gpr result) {
    constexpr FixedDivision kFixed = Masm::kDivision;
    operands().gprs.free(kFixed.dividend.code);
    if (kFixed.quotient != kFixed.dividend) operands().gprs.free(kFixed.quotient.code);
    operands().gprs.free(kFixed.remainder.code);
    GprTarget target = operands().result_gpr(result);
    if (target.reg != result) masm().move(width, target.reg, result);
    operands().push_result(int_type(width), target);
  }

  // By a constant other than 0: shifts for powers of two, a multiplication for the rest. False if
  // left to the machine.
  bool divide_const(DivideOp op, Width width, ValueNode& lhs, int64_t divisor) {
    if (operands().folds(lhs)) return fold_division(op, width, lhs, divisor);
    uint64_t magnitude = static_cast<uint64_t>(fold::wrap(width, static_cast<uint64_t>(divisor)));
    if (!is_signed(op) && std::has_single_bit(magnitude)) {
      if (op == DivideOp::kRemU) {
        return and_mask(width, lhs, static_cast<int64_t>(magnitude - 1));
      }
      integer_ops().shift_const(ShiftOp::kShrU, width, lhs,
                                static_cast<uint32_t>(std::countr_zero(magnitude)));
      return true;
    }
    return false;
  }

  bool and_mask(Width width, ValueNode& lhs, int64_t mask) {
    if (integer_ops().binary_const(BinaryOp::kAnd, width, lhs, mask)) return true;
    Gpr mask_reg = operands().take_gpr();
    masm().move_imm(width, mask_reg, mask);
    Gpr reg = operands().gpr_of(lhs);
    operands().release(lhs);
    operands().gprs.free(mask_reg.code);
    GprTarget target = operands().result_gpr(lhs.owned_gpr());
    masm().binary(BinaryOp::kAnd, width, target.reg, reg, mask_reg);
    operands().push_result(int_type(width), target);
    return true;
  }

  bool fold_division(DivideOp op, Width width, const ValueNode& lhs, int64_t divisor) {
    if (is_signed(op) && divisor == -1) return false;  // may overflow
    int64_t a = fold::sign_extended(width, lhs.imm);
    uint64_t ua = static_cast<uint64_t>(lhs.imm);
    uint64_t ub = static_cast<uint64_t>(fold::wrap(width, static_cast<uint64_t>(divisor)));
    switch (op) {
      case DivideOp::kDivS:
        operands().push_const(int_type(width), a / divisor);
        return true;
      case DivideOp::kDivU:
        operands().push_const(int_type(width), static_cast<int64_t>(ua / ub));
        return true;
      case DivideOp::kRemS:
        operands().push_const(int_type(width), a % divisor);
        return true;
      case DivideOp::kRemU:
        operands().push_const(int_type(width), static_cast<int64_t>(ua % ub));
        return true;
    }
    return false;
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  TrapSites<Masm>& traps() { return state().traps; }
  IntegerOps<Masm>& integer_ops() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
