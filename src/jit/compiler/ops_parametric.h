// ParametricOps<Masm>: drop and select.
//
// External interface: on_drop, on_select, on_select_typed.
#pragma once

#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class ParametricOps {
 public:
  void on_drop() { operands().release(operands().pop()); }
  void on_select() { select(); }
  void on_select_typed(ValueType) { select(); }

 private:
  void select() {
    if (operands().folds(operands().top())) return select_const(operands().pop().imm != 0);
    Cond cond = operands().pop_condition();
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    if (is_float(lhs.type)) return select_float(cond, lhs, rhs);
    Gpr rhs_reg = operands().gpr_of(rhs);
    Gpr lhs_reg = operands().gpr_of(lhs);
    operands().release(rhs);
    operands().release(lhs);
    GprTarget target = operands().result_gpr(lhs.owned_gpr());
    masm().select_if(cond, width_of(lhs.type), target.reg, lhs_reg, rhs_reg);
    operands().end_flags();
    operands().push_result(lhs.type, target);
  }
  void select_const(bool takes_first) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    operands().release(takes_first ? rhs : lhs);
    operands().push_again(takes_first ? lhs : rhs);
  }
  // By a jump over a move.
  void select_float(Cond cond, ValueNode& lhs, ValueNode& rhs) {
    Fpr rhs_reg = operands().fpr_of(rhs);
    Fpr lhs_reg = operands().fpr_of(lhs);
    operands().release(lhs);
    FprTarget target = operands().result_fpr(lhs.owned_fpr());
    Width width = width_of(lhs.type);
    Label done;
    if (target.reg == rhs_reg) {
      masm().jump_if(negate(cond), done, Reach::kNear);
      masm().float_move(width, target.reg, lhs_reg);
    } else {
      if (target.reg != lhs_reg) masm().float_move(width, target.reg, lhs_reg);
      masm().jump_if(cond, done, Reach::kNear);
      masm().float_move(width, target.reg, rhs_reg);
    }
    masm().bind(done);
    operands().end_flags();
    operands().release(rhs);
    operands().push_result(lhs.type, target);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
};

}  // namespace wisp::jit
