// IntegerOps<Masm>: integer constants, arithmetic and shifts. One line per opcode; each helper
// tries, in this order, to fold constants, the immediate form, the memory form, the register form.
//
// External interface: on_i32_*, on_i64_* of these opcodes; binary_const, shift_const for DivideOps.
#pragma once

#include <bit>

#include "jit/compiler/fold.h"
#include "jit/compiler/ops_compare.h"

namespace wisp::jit {

template <class Masm>
class IntegerOps {
  using Kind = ValueNode::Kind;

 public:
  void on_i32_const(int32_t value) { operands().push_const(ValueType::kI32, value); }
  void on_i64_const(int64_t value) { operands().push_const(ValueType::kI64, value); }

  void on_i32_add() { binary(BinaryOp::kAdd, Width::k32); }
  void on_i32_sub() { binary(BinaryOp::kSub, Width::k32); }
  void on_i32_mul() { binary(BinaryOp::kMul, Width::k32); }
  void on_i32_and() { binary(BinaryOp::kAnd, Width::k32); }
  void on_i32_or() { binary(BinaryOp::kOr, Width::k32); }
  void on_i32_xor() { binary(BinaryOp::kXor, Width::k32); }
  void on_i64_add() { binary(BinaryOp::kAdd, Width::k64); }
  void on_i64_sub() { binary(BinaryOp::kSub, Width::k64); }
  void on_i64_mul() { binary(BinaryOp::kMul, Width::k64); }
  void on_i64_and() { binary(BinaryOp::kAnd, Width::k64); }
  void on_i64_or() { binary(BinaryOp::kOr, Width::k64); }
  void on_i64_xor() { binary(BinaryOp::kXor, Width::k64); }

  void on_i32_shl() { shift(ShiftOp::kShl, Width::k32); }
  void on_i32_shr_s() { shift(ShiftOp::kShrS, Width::k32); }
  void on_i32_shr_u() { shift(ShiftOp::kShrU, Width::k32); }
  void on_i32_rotl() { shift(ShiftOp::kRotl, Width::k32); }
  void on_i32_rotr() { shift(ShiftOp::kRotr, Width::k32); }
  void on_i64_shl() { shift(ShiftOp::kShl, Width::k64); }
  void on_i64_shr_s() { shift(ShiftOp::kShrS, Width::k64); }
  void on_i64_shr_u() { shift(ShiftOp::kShrU, Width::k64); }
  void on_i64_rotl() { shift(ShiftOp::kRotl, Width::k64); }
  void on_i64_rotr() { shift(ShiftOp::kRotr, Width::k64); }

  void on_i32_clz() { unary(UnaryOp::kClz, Width::k32); }
  void on_i32_ctz() { unary(UnaryOp::kCtz, Width::k32); }
  void on_i32_popcnt() { unary(UnaryOp::kPopcnt, Width::k32); }
  void on_i64_clz() { unary(UnaryOp::kClz, Width::k64); }
  void on_i64_ctz() { unary(UnaryOp::kCtz, Width::k64); }
  void on_i64_popcnt() { unary(UnaryOp::kPopcnt, Width::k64); }
  void on_i32_extend8_s() { unary(UnaryOp::kExtend8S, Width::k32); }
  void on_i32_extend16_s() { unary(UnaryOp::kExtend16S, Width::k32); }
  void on_i64_extend8_s() { unary(UnaryOp::kExtend8S, Width::k64); }
  void on_i64_extend16_s() { unary(UnaryOp::kExtend16S, Width::k64); }
  void on_i64_extend32_s() { unary(UnaryOp::kExtend32S, Width::k64); }

  // ---- With a constant ----

  // Special values and the immediate form; false if there is none.
  bool binary_const(BinaryOp op, Width width, ValueNode& lhs, int64_t value) {
    if (op == BinaryOp::kSub) {
      op = BinaryOp::kAdd;
      value = fold::sign_extended(width, static_cast<int64_t>(0 - static_cast<uint64_t>(value)));
    }
    bool is_neutral = op == BinaryOp::kAnd   ? value == -1
                      : op == BinaryOp::kMul ? value == 1
                                             : value == 0;
    if (is_neutral && lhs.is_lasting()) return operands().push_again(lhs), true;
    if (op == BinaryOp::kMul && value > 0 && std::has_single_bit(static_cast<uint64_t>(value))) {
      shift_const(ShiftOp::kShl, width, lhs,
                  static_cast<uint32_t>(std::countr_zero(static_cast<uint64_t>(value))));
      return true;
    }
    if (op == BinaryOp::kMul && (value == 3 || value == 5 || value == 9)) {
      auto [operand, target] = operands().unary(lhs);
      masm().add_shifted(width, target.reg, operand, operand,
                         value == 3   ? 1
                         : value == 5 ? 2
                                      : 3,
                         0);
      return operands().push_result(int_type(width), target), true;
    }
    if (op == BinaryOp::kAnd && width == Width::k64 && value == 0xffffffff) {
      auto [operand, target] = operands().unary(lhs);
      masm().move(Width::k32, target.reg, operand);
      return operands().push_result(ValueType::kI64, target), true;
    }
    if (!Masm::is_binary_imm(op, width, value)) return false;
    auto [operand, target] = operands().unary(lhs);
    masm().binary_imm(op, width, target.reg, operand, value);
    return operands().push_result(int_type(width), target), true;
  }

  void shift_const(ShiftOp op, Width width, ValueNode& lhs, uint32_t count) {
    if (count == 0 && lhs.is_lasting()) return operands().push_again(lhs);
    bool may_scale = op == ShiftOp::kShl && count >= 1 && count <= 3 && lhs.kind != Kind::kLoad;
    if (may_scale && lookahead().is(width == Width::k32 ? Opcode::kI32Add : Opcode::kI64Add))
      return operands().push_scaled(int_type(width), operands().gpr_of(lhs), count);
    auto [operand, target] = operands().unary(lhs);
    masm().shift_imm(op, width, target.reg, operand, count);
    operands().push_result(int_type(width), target);
  }

 private:
  // ---- Two operands ----

  void binary(BinaryOp op, Width width) {
    ValueNode rhs = operands().pop();
    ValueNode lhs = operands().pop();
    if (operands().folds(lhs)) {
      if (operands().folds(rhs))
        return operands().push_const(int_type(width), fold::binary(op, width, lhs.imm, rhs.imm));
      if (is_commutative(op)) std::swap(lhs, rhs);
    }
    if (op == BinaryOp::kAnd && width == Width::k32 && lookahead().takes_flags())
      return compare_ops().test(width, lhs, rhs);
    if (operands().folds(rhs) && binary_const(op, width, lhs, fold::sign_extended(width, rhs.imm)))
      return;
    if (rhs.kind == Kind::kScaled) return add_scaled(width, lhs, rhs);
    if (Masm::kHasMemoryOperands && operands().folds_memory(rhs) && !overwrites_address(lhs, rhs))
      return binary_memory(op, width, lhs, rhs);
    Gpr rhs_reg = operands().gpr_of(rhs);
    Gpr lhs_reg = operands().gpr_of(lhs);
    operands().release(rhs);
    operands().release(lhs);
    Gpr hint = lhs.owned_gpr();
    if (!hint.is_valid() && is_commutative(op)) hint = rhs.owned_gpr();
    GprTarget target = operands().result_gpr(hint);
    masm().binary(op, width, target.reg, lhs_reg, rhs_reg);
    operands().push_result(int_type(width), target);
  }

  void binary_memory(BinaryOp op, Width width, ValueNode& lhs, ValueNode& rhs) {
    if constexpr (Masm::kHasMemoryOperands) {
      if (is_commutative(op) && lhs.kind != Kind::kReg && rhs.kind != Kind::kLoad &&
          operands().is_memory(lhs))
        std::swap(lhs, rhs);
      Gpr lhs_reg = operands().gpr_of(lhs);
      operands().release(lhs);
      GprTarget target = operands().result_gpr(lhs.owned_gpr());
      if (target.reg != lhs_reg) masm().move(width, target.reg, lhs_reg);
      Address address = operands().memory_of(rhs);
      masm().binary_mem(op, width, target.reg, target.reg, address);
      operands().release(rhs);
      operands().push_result(int_type(width), target);
    }
  }
  // Whether moving lhs to where the result goes, the home of the next local.set, would destroy the
  // address of rhs.
  bool overwrites_address(const ValueNode& lhs, const ValueNode& rhs) {
    if (rhs.kind != Kind::kLoad) return false;
    const uint32_t local = lookahead().set_local();
    if (local == kNone32 || (lhs.kind == Kind::kLocal && lhs.index == local)) return false;
    const Home& home = state().homes[local];
    return home.kind == Home::Kind::kGpr && home.code == rhs.reg;
  }

  // The scaled operand is always the right one.
  void add_scaled(Width width, ValueNode& lhs, ValueNode& rhs) {
    Gpr lhs_reg = operands().gpr_of(lhs);
    Gpr index = rhs.gpr();
    operands().release(lhs);
    operands().release(rhs);
    GprTarget target = operands().result_gpr(lhs.owned_gpr());
    masm().add_shifted(width, target.reg, lhs_reg, index, rhs.aux, 0);
    operands().push_result(int_type(width), target);
  }

  void unary(UnaryOp op, Width width) {
    ValueNode node = operands().pop();
    if (operands().folds(node))
      return operands().push_const(int_type(width), fold::unary(op, width, node.imm));
    auto [operand, target] = operands().unary(node);
    masm().unary(op, width, target.reg, operand);
    operands().push_result(int_type(width), target);
  }

  // ---- Shifts ----

  void shift(ShiftOp op, Width width) {
    ValueNode count = operands().pop();
    ValueNode lhs = operands().pop();
    if (operands().folds(count)) {
      if (operands().folds(lhs))
        return operands().push_const(int_type(width), fold::shift(op, width, lhs.imm, count.imm));
      return shift_const(op, width, lhs,
                         static_cast<uint32_t>(count.imm) & (width == Width::k32 ? 31 : 63));
    }
    if (Masm::kShiftCount.is_valid() && masm().shift_needs_count_register(op))
      return shift_by_fixed(op, width, lhs, count);
    Gpr count_reg = operands().gpr_of(count);
    Gpr lhs_reg = operands().gpr_of(lhs);
    operands().release(count);
    operands().release(lhs);
    GprTarget target = operands().result_gpr(lhs.owned_gpr());
    masm().shift(op, width, target.reg, lhs_reg, count_reg);
    operands().push_result(int_type(width), target);
  }

  void shift_by_fixed(ShiftOp op, Width width, ValueNode& lhs, ValueNode& count) {
    constexpr Gpr kCount = Masm::kShiftCount;
    RegisterSet avoid = RegisterSet::of(kCount);
    if (count.kind != Kind::kReg || count.gpr() != kCount) {
      if (lhs.kind == Kind::kReg && lhs.gpr() == kCount) operands().materialize_away(lhs, avoid);
      bool is_in_count =
          (count.kind == Kind::kScaled || count.kind == Kind::kLoad) && count.gpr() == kCount;
      if (is_in_count) operands().release(count);
      operands().claim(kCount);
      operands().move_to_gpr(count, kCount);
      if (!is_in_count) operands().release(count);
      count = {Kind::kReg, count.type, kCount.code, 0, 0, 0};
    }
    Gpr lhs_reg = operands().gpr_of(lhs, avoid);
    operands().release(lhs);
    GprTarget target = operands().result_gpr(lhs.owned_gpr());
    masm().shift(op, width, target.reg, lhs_reg, kCount);
    operands().release(count);
    operands().push_result(int_type(width), target);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  const Lookahead& lookahead() { return state().lookahead; }
  CompareOps<Masm>& compare_ops() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
