// CompareOps<Masm>: integer comparisons. One line per opcode.
//
// External interface: on_i32_*, on_i64_* of the comparisons; eqz for references, test for `and`.
#pragma once

#include "jit/compiler/fold.h"
#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class CompareOps {
  using Kind = ValueNode::Kind;

 public:
  void on_i32_eqz() { eqz(Width::k32); }
  void on_i64_eqz() { eqz(Width::k64); }
  void on_i32_eq() { compare(Cond::kEqual, Width::k32); }
  void on_i32_ne() { compare(Cond::kNotEqual, Width::k32); }
  void on_i32_lt_s() { compare(Cond::kLessS, Width::k32); }
  void on_i32_lt_u() { compare(Cond::kLessU, Width::k32); }
  void on_i32_gt_s() { compare(Cond::kGreaterS, Width::k32); }
  void on_i32_gt_u() { compare(Cond::kGreaterU, Width::k32); }
  void on_i32_le_s() { compare(Cond::kLessEqualS, Width::k32); }
  void on_i32_le_u() { compare(Cond::kLessEqualU, Width::k32); }
  void on_i32_ge_s() { compare(Cond::kGreaterEqualS, Width::k32); }
  void on_i32_ge_u() { compare(Cond::kGreaterEqualU, Width::k32); }
  void on_i64_eq() { compare(Cond::kEqual, Width::k64); }
  void on_i64_ne() { compare(Cond::kNotEqual, Width::k64); }
  void on_i64_lt_s() { compare(Cond::kLessS, Width::k64); }
  void on_i64_lt_u() { compare(Cond::kLessU, Width::k64); }
  void on_i64_gt_s() { compare(Cond::kGreaterS, Width::k64); }
  void on_i64_gt_u() { compare(Cond::kGreaterU, Width::k64); }
  void on_i64_le_s() { compare(Cond::kLessEqualS, Width::k64); }
  void on_i64_le_u() { compare(Cond::kLessEqualU, Width::k64); }
  void on_i64_ge_s() { compare(Cond::kGreaterEqualS, Width::k64); }
  void on_i64_ge_u() { compare(Cond::kGreaterEqualU, Width::k64); }

  void eqz(Width width) {
    if (operands().top().kind == Kind::kCmp) {
      Cond cond = operands().pop().cond();
      operands().end_flags();
      return operands().push_condition(negate(cond));
    }
    operands().push_const(int_type(width), 0);
    compare(Cond::kEqual, width);
  }

  // The flags of lhs & rhs for the next opcode: it asks whether the result is zero.
  void test(Width width, ValueNode& lhs, ValueNode& rhs) {
    int64_t mask = fold::sign_extended(width, rhs.imm);
    if (operands().folds(rhs) && Masm::is_test_imm(width, mask)) {
      Gpr reg = operands().gpr_of(lhs);
      operands().release(lhs);
      masm().test_imm(width, reg, mask);
    } else {
      Gpr rhs_reg = operands().gpr_of(rhs);
      Gpr lhs_reg = operands().gpr_of(lhs);
      operands().release(rhs);
      operands().release(lhs);
      masm().test(width, lhs_reg, rhs_reg);
    }
    operands().push_cmp(Cond::kNotEqual);
  }

 private:
  void compare(Cond cond, Width width) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    if (operands().folds(lhs)) {
      if (operands().folds(rhs))
        return operands().push_const(ValueType::kI32,
                                     fold::compare(cond, width, lhs.imm, rhs.imm) ? 1 : 0);
      std::swap(lhs, rhs);
      cond = swap_operands(cond);
    }
    if (!(operands().folds(rhs) &&
          compare_const(cond, width, lhs, fold::sign_extended(width, rhs.imm)))) {
      compare_values(width, lhs, rhs);
    }
    operands().push_condition(cond);
  }

  void compare_values(Width width, ValueNode& lhs, ValueNode& rhs) {
    if constexpr (Masm::kHasMemoryOperands) {
      if (operands().folds_memory(rhs)) {
        Gpr lhs_reg = operands().gpr_of(lhs);
        operands().release(lhs);
        Address address = operands().memory_of(rhs);
        masm().compare_mem(width, lhs_reg, address);
        return operands().release(rhs);
      }
    }
    Gpr rhs_reg = operands().gpr_of(rhs);
    Gpr lhs_reg = operands().gpr_of(lhs);
    operands().release(rhs);
    operands().release(lhs);
    masm().compare(width, lhs_reg, rhs_reg);
  }

  // With an immediate. A comparison with 0 is a test, but for the unsigned orders.
  bool compare_const(Cond cond, Width width, ValueNode& lhs, int64_t value) {
    bool is_unsigned = cond >= Cond::kLessU && cond <= Cond::kGreaterU;
    bool is_test =
        value == 0 && !is_unsigned && cond != Cond::kLessEqualS && cond != Cond::kGreaterS;
    if (!Masm::is_compare_imm(width, value)) return false;
    if constexpr (Masm::kHasMemoryOperands) {
      if (operands().folds_memory(lhs)) {
        Address address = operands().memory_of(lhs);
        masm().compare_mem_imm(width, address, value);
        return operands().release(lhs), true;
      }
    }
    Gpr reg = operands().gpr_of(lhs);
    operands().release(lhs);
    if (is_test)
      masm().test(width, reg, reg);
    else
      masm().compare_imm(width, reg, value);
    return true;
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
};

}  // namespace wisp::jit
