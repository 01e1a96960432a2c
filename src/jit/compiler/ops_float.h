// FloatOps<Masm>: float constants, arithmetic and comparisons. One line per opcode.
//
// External interface: on_f32_*, on_f64_* of the numeric opcodes. Nothing is folded: NaN payloads
// and rounding stay the machine's.
#pragma once

#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class FloatOps {
 public:
  void on_f32_const(uint32_t bits) { operands().push_const(ValueType::kF32, bits); }
  void on_f64_const(uint64_t bits) {
    operands().push_const(ValueType::kF64, static_cast<int64_t>(bits));
  }

  void on_f32_add() { float_binary(FloatBinaryOp::kAdd, Width::k32); }
  void on_f32_sub() { float_binary(FloatBinaryOp::kSub, Width::k32); }
  void on_f32_mul() { float_binary(FloatBinaryOp::kMul, Width::k32); }
  void on_f32_div() { float_binary(FloatBinaryOp::kDiv, Width::k32); }
  void on_f32_min() { float_binary(FloatBinaryOp::kMin, Width::k32); }
  void on_f32_max() { float_binary(FloatBinaryOp::kMax, Width::k32); }
  void on_f32_copysign() { float_binary(FloatBinaryOp::kCopysign, Width::k32); }
  void on_f64_add() { float_binary(FloatBinaryOp::kAdd, Width::k64); }
  void on_f64_sub() { float_binary(FloatBinaryOp::kSub, Width::k64); }
  void on_f64_mul() { float_binary(FloatBinaryOp::kMul, Width::k64); }
  void on_f64_div() { float_binary(FloatBinaryOp::kDiv, Width::k64); }
  void on_f64_min() { float_binary(FloatBinaryOp::kMin, Width::k64); }
  void on_f64_max() { float_binary(FloatBinaryOp::kMax, Width::k64); }
  void on_f64_copysign() { float_binary(FloatBinaryOp::kCopysign, Width::k64); }

  void on_f32_abs() { float_unary(FloatUnaryOp::kAbs, Width::k32); }
  void on_f32_neg() { float_unary(FloatUnaryOp::kNeg, Width::k32); }
  void on_f32_sqrt() { float_unary(FloatUnaryOp::kSqrt, Width::k32); }
  void on_f32_ceil() { float_unary(FloatUnaryOp::kCeil, Width::k32); }
  void on_f32_floor() { float_unary(FloatUnaryOp::kFloor, Width::k32); }
  void on_f32_trunc() { float_unary(FloatUnaryOp::kTrunc, Width::k32); }
  void on_f32_nearest() { float_unary(FloatUnaryOp::kNearest, Width::k32); }
  void on_f64_abs() { float_unary(FloatUnaryOp::kAbs, Width::k64); }
  void on_f64_neg() { float_unary(FloatUnaryOp::kNeg, Width::k64); }
  void on_f64_sqrt() { float_unary(FloatUnaryOp::kSqrt, Width::k64); }
  void on_f64_ceil() { float_unary(FloatUnaryOp::kCeil, Width::k64); }
  void on_f64_floor() { float_unary(FloatUnaryOp::kFloor, Width::k64); }
  void on_f64_trunc() { float_unary(FloatUnaryOp::kTrunc, Width::k64); }
  void on_f64_nearest() { float_unary(FloatUnaryOp::kNearest, Width::k64); }

  void on_f32_eq() { float_compare(Cond::kFloatEqual, Width::k32); }
  void on_f32_ne() { float_compare(Cond::kFloatNotEqual, Width::k32); }
  void on_f32_lt() { float_compare(Cond::kFloatLess, Width::k32); }
  void on_f32_gt() { float_compare(Cond::kFloatGreater, Width::k32); }
  void on_f32_le() { float_compare(Cond::kFloatLessEqual, Width::k32); }
  void on_f32_ge() { float_compare(Cond::kFloatGreaterEqual, Width::k32); }
  void on_f64_eq() { float_compare(Cond::kFloatEqual, Width::k64); }
  void on_f64_ne() { float_compare(Cond::kFloatNotEqual, Width::k64); }
  void on_f64_lt() { float_compare(Cond::kFloatLess, Width::k64); }
  void on_f64_gt() { float_compare(Cond::kFloatGreater, Width::k64); }
  void on_f64_le() { float_compare(Cond::kFloatLessEqual, Width::k64); }
  void on_f64_ge() { float_compare(Cond::kFloatGreaterEqual, Width::k64); }

 private:
  void float_binary(FloatBinaryOp op, Width width) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    if constexpr (Masm::kHasMemoryOperands) {
      if (has_memory_form(op) && operands().folds_memory(rhs)) {
        Fpr lhs_reg = operands().fpr_of(lhs);
        operands().release(lhs);
        FprTarget target = operands().result_fpr(lhs.owned_fpr());
        Address address = operands().memory_of(rhs);
        masm().float_binary_mem(op, width, target.reg, lhs_reg, address);
        operands().release(rhs);
        return operands().push_result(float_type(width), target);
      }
    }
    Fpr rhs_reg = operands().fpr_of(rhs);
    Fpr lhs_reg = operands().fpr_of(lhs);
    operands().release(rhs);
    operands().release(lhs);
    FprTarget target = operands().result_fpr(lhs.owned_fpr());
    masm().float_binary(op, width, target.reg, lhs_reg, rhs_reg);
    operands().push_result(float_type(width), target);
  }

  void float_unary(FloatUnaryOp op, Width width) {
    ValueNode node = operands().pop();
    Fpr reg = operands().fpr_of(node);
    operands().release(node);
    FprTarget target = operands().result_fpr(node.owned_fpr());
    masm().float_unary(op, width, target.reg, reg);
    operands().push_result(float_type(width), target);
  }

  void float_compare(Cond cond, Width width) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    Fpr rhs_reg = operands().fpr_of(rhs);
    Fpr lhs_reg = operands().fpr_of(lhs);
    operands().release(rhs);
    operands().release(lhs);
    masm().float_compare(cond, width, lhs_reg, rhs_reg);
    operands().push_condition(cond);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
};

}  // namespace wisp::jit
