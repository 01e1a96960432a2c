// IntegerOps<Masm>: integer arithmetic, comparisons, division. One line per opcode; each helper
// tries, in this order, to fold constants, the immediate form, the memory form, the register form.
//
// External interface: on_i32_*, on_i64_* of the numeric opcodes, on_i32_const, on_i64_const.
#pragma once

#include <bit>

#include "jit/compiler/fold.h"
#include "jit/compiler/operands.h"

namespace wisp::jit {

template <class Masm>
class IntegerOps : public Operands<Masm> {
  using Base = Operands<Masm>;

 public:
  using typename Base::GprTarget;
  using typename Base::Kind;

  void on_i32_const(int32_t value) { push_const(ValueType::kI32, value); }
  void on_i64_const(int64_t value) { push_const(ValueType::kI64, value); }

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

  void on_i32_div_s() { divide(DivideOp::kDivS, Width::k32); }
  void on_i32_div_u() { divide(DivideOp::kDivU, Width::k32); }
  void on_i32_rem_s() { divide(DivideOp::kRemS, Width::k32); }
  void on_i32_rem_u() { divide(DivideOp::kRemU, Width::k32); }
  void on_i64_div_s() { divide(DivideOp::kDivS, Width::k64); }
  void on_i64_div_u() { divide(DivideOp::kDivU, Width::k64); }
  void on_i64_rem_s() { divide(DivideOp::kRemS, Width::k64); }
  void on_i64_rem_u() { divide(DivideOp::kRemU, Width::k64); }

 protected:
  using Base::Base;
  using Base::claim;
  using Base::context_;
  using Base::decoder_;
  using Base::evict;
  using Base::flags_live_;
  using Base::gpr_of;
  using Base::gprs_;
  using Base::height_;
  using Base::is_memory;
  using Base::masm_;
  using Base::materialize_gpr;
  using Base::memory_of;
  using Base::move_to_gpr;
  using Base::next_takes_flags;
  using Base::nodes_;
  using Base::note_site;
  using Base::pop;
  using Base::push_again;
  using Base::push_cmp;
  using Base::push_condition;
  using Base::push_const;
  using Base::push_gpr;
  using Base::push_result;
  using Base::release;
  using Base::result_gpr;
  using Base::take_gpr;
  using Base::top;
  using Base::trap_label;

  static constexpr ValueType int_type(Width width) {
    return width == Width::k32 ? ValueType::kI32 : ValueType::kI64;
  }

  bool folds(const ValueNode& node) const { return node.is_const() && context_.options.folding; }

  // The register that a result may reuse: that of a temporary operand.
  static Gpr reusable(const ValueNode& node) {
    return node.kind == Kind::kReg ? node.gpr() : kNoGpr;
  }

  // ---- Two operands ----

  void binary(BinaryOp op, Width width) {
    ValueNode rhs = pop();
    ValueNode lhs = pop();
    if (folds(lhs)) {
      if (folds(rhs)) return push_const(int_type(width), fold::binary(op, width, lhs.imm, rhs.imm));
      if (is_commutative(op)) std::swap(lhs, rhs);
    }
    if (op == BinaryOp::kAnd && next_takes_flags() && takes_test(width))
      return test(width, lhs, rhs);
    if (folds(rhs) && binary_const(op, width, lhs, fold::sign_extended(width, rhs.imm))) return;
    if (rhs.kind == Kind::kScaled) return add_scaled(width, lhs, rhs);
    if (Masm::kHasMemoryOperands && is_memory(rhs) && context_.options.folding &&
        !overwrites_address(lhs, rhs))
      return binary_memory(op, width, lhs, rhs);
    Gpr rhs_reg = gpr_of(rhs);
    Gpr lhs_reg = gpr_of(lhs);
    release(rhs);
    release(lhs);
    Gpr hint = reusable(lhs);
    if (!hint.is_valid() && is_commutative(op)) hint = reusable(rhs);
    GprTarget target = result_gpr(hint);
    masm_.binary(op, width, target.reg, lhs_reg, rhs_reg);
    push_result(int_type(width), target);
  }

  void binary_memory(BinaryOp op, Width width, ValueNode& lhs, ValueNode& rhs) {
    if constexpr (Masm::kHasMemoryOperands) {
      if (is_commutative(op) && lhs.kind != Kind::kReg && rhs.kind != Kind::kLoad && is_memory(lhs))
        std::swap(lhs, rhs);
      Gpr lhs_reg = gpr_of(lhs);
      release(lhs);
      GprTarget target = result_gpr(reusable(lhs));
      if (target.reg != lhs_reg) masm_.move(width, target.reg, lhs_reg);
      Address address = memory_of(rhs);
      masm_.binary_mem(op, width, target.reg, target.reg, address);
      release(rhs);
      push_result(int_type(width), target);
    }
  }
  // Whether moving lhs to where the result goes, the home of the next local.set, would destroy the
  // address of rhs.
  bool overwrites_address(const ValueNode& lhs, const ValueNode& rhs) const {
    if (rhs.kind != Kind::kLoad) return false;
    const uint32_t local = this->next_set_local();
    if (local == Base::kNoLocal || (lhs.kind == Kind::kLocal && lhs.index == local)) return false;
    const Home& home = this->homes_[local];
    return home.kind == Home::Kind::kGpr && home.code == rhs.reg;
  }

  // The scaled operand is always the right one.
  void add_scaled(Width width, ValueNode& lhs, ValueNode& rhs) {
    Gpr lhs_reg = gpr_of(lhs);
    Gpr index = rhs.gpr();
    release(lhs);
    release(rhs);
    GprTarget target = result_gpr(reusable(lhs));
    masm_.add_shifted(width, target.reg, lhs_reg, index, rhs.aux, 0);
    push_result(int_type(width), target);
  }

  // Special values and the immediate form; false if there is none.
  bool binary_const(BinaryOp op, Width width, ValueNode& lhs, int64_t value) {
    if (op == BinaryOp::kSub) {
      op = BinaryOp::kAdd;
      value = fold::sign_extended(width, static_cast<int64_t>(0 - static_cast<uint64_t>(value)));
    }
    bool is_neutral = op == BinaryOp::kAnd   ? value == -1
                      : op == BinaryOp::kMul ? value == 1
                                             : value == 0;
    if (is_neutral && lhs.is_lasting()) return push_again(lhs), true;
    if (op == BinaryOp::kMul && value > 0 && std::has_single_bit(static_cast<uint64_t>(value))) {
      shift_const(ShiftOp::kShl, width, lhs,
                  static_cast<uint32_t>(std::countr_zero(static_cast<uint64_t>(value))));
      return true;
    }
    if (op == BinaryOp::kMul && (value == 3 || value == 5 || value == 9)) {
      GprTarget target = unary_target(lhs);
      masm_.add_shifted(width, target.reg, operand_, operand_,
                        value == 3   ? 1
                        : value == 5 ? 2
                                     : 3,
                        0);
      return push_result(int_type(width), target), true;
    }
    if (op == BinaryOp::kAnd && width == Width::k64 && value == 0xffffffff) {
      GprTarget target = unary_target(lhs);
      masm_.move(Width::k32, target.reg, operand_);
      return push_result(ValueType::kI64, target), true;
    }
    if (!Masm::is_binary_imm(op, width, value)) return false;
    GprTarget target = unary_target(lhs);
    masm_.binary_imm(op, width, target.reg, operand_, value);
    return push_result(int_type(width), target), true;
  }

  // ---- One operand ----

  // Brings a popped operand into `operand_`, releases it and chooses the result.
  GprTarget unary_target(ValueNode& node) {
    operand_ = gpr_of(node);
    release(node);
    return result_gpr(reusable(node));
  }

  void unary(UnaryOp op, Width width) {
    ValueNode node = pop();
    if (folds(node)) return push_const(int_type(width), fold::unary(op, width, node.imm));
    GprTarget target = unary_target(node);
    masm_.unary(op, width, target.reg, operand_);
    push_result(int_type(width), target);
  }

  // ---- Shifts ----

  void shift(ShiftOp op, Width width) {
    ValueNode count = pop();
    ValueNode lhs = pop();
    if (folds(count)) {
      if (folds(lhs))
        return push_const(int_type(width), fold::shift(op, width, lhs.imm, count.imm));
      return shift_const(op, width, lhs,
                         static_cast<uint32_t>(count.imm) & (width == Width::k32 ? 31 : 63));
    }
    if (Masm::kShiftCount.is_valid() && masm_.shift_needs_count_register(op))
      return shift_by_fixed(op, width, lhs, count);
    Gpr count_reg = gpr_of(count);
    Gpr lhs_reg = gpr_of(lhs);
    release(count);
    release(lhs);
    GprTarget target = result_gpr(reusable(lhs));
    masm_.shift(op, width, target.reg, lhs_reg, count_reg);
    push_result(int_type(width), target);
  }

  void shift_const(ShiftOp op, Width width, ValueNode& lhs, uint32_t count) {
    if (count == 0 && lhs.is_lasting()) return push_again(lhs);
    bool may_scale = op == ShiftOp::kShl && count >= 1 && count <= 3 && context_.options.folding &&
                     lhs.kind != Kind::kLoad;
    if (may_scale &&
        decoder_->peek_opcode() == (width == Width::k32 ? Opcode::kI32Add : Opcode::kI64Add)) {
      Gpr reg = gpr_of(lhs);
      if (gprs_.is_temporary(reg.code)) gprs_.give(reg.code, height_);
      nodes_[height_++] = ValueNode::make(Kind::kScaled, int_type(width), reg.code,
                                          static_cast<uint8_t>(count), 0, 0);
      return;
    }
    GprTarget target = unary_target(lhs);
    masm_.shift_imm(op, width, target.reg, operand_, count);
    push_result(int_type(width), target);
  }

  void shift_by_fixed(ShiftOp op, Width width, ValueNode& lhs, ValueNode& count) {
    constexpr Gpr kCount = Masm::kShiftCount;
    RegisterSet avoid = RegisterSet::of(kCount);
    if (count.kind != Kind::kReg || count.gpr() != kCount) {
      if (lhs.kind == Kind::kReg && lhs.gpr() == kCount) materialize_away(lhs, avoid);
      bool is_in_count =
          (count.kind == Kind::kScaled || count.kind == Kind::kLoad) && count.gpr() == kCount;
      if (is_in_count) release(count);
      claim(kCount);
      move_to_gpr(count, kCount);
      if (!is_in_count) release(count);
      count = {Kind::kReg, count.type, kCount.code, 0, 0, 0};
    }
    Gpr lhs_reg = gpr_of(lhs, avoid);
    release(lhs);
    GprTarget target = result_gpr(reusable(lhs));
    masm_.shift(op, width, target.reg, lhs_reg, kCount);
    release(count);
    push_result(int_type(width), target);
  }

  // A held temporary to another one outside `avoid`.
  void materialize_away(ValueNode& node, RegisterSet avoid) {
    Gpr reg = take_gpr(avoid);
    move_to_gpr(node, reg);
    release(node);
    node = {Kind::kReg, node.type, reg.code, 0, 0, 0};
  }

  // ---- Comparisons ----

  void compare(Cond cond, Width width) {
    ValueNode rhs = pop();
    ValueNode lhs = pop();
    if (folds(lhs)) {
      if (folds(rhs))
        return push_const(ValueType::kI32, fold::compare(cond, width, lhs.imm, rhs.imm) ? 1 : 0);
      std::swap(lhs, rhs);
      cond = swap_operands(cond);
    }
    if (!(folds(rhs) && compare_const(cond, width, lhs, fold::sign_extended(width, rhs.imm)))) {
      compare_values(width, lhs, rhs);
    }
    push_condition(cond);
  }

  void compare_values(Width width, ValueNode& lhs, ValueNode& rhs) {
    if constexpr (Masm::kHasMemoryOperands) {
      if (is_memory(rhs) && context_.options.folding) {
        Gpr lhs_reg = gpr_of(lhs);
        release(lhs);
        Address address = memory_of(rhs);
        masm_.compare_mem(width, lhs_reg, address);
        return release(rhs);
      }
    }
    Gpr rhs_reg = gpr_of(rhs);
    Gpr lhs_reg = gpr_of(lhs);
    release(rhs);
    release(lhs);
    masm_.compare(width, lhs_reg, rhs_reg);
  }

  // With an immediate. A comparison with 0 is a test, but for the unsigned orders.
  bool compare_const(Cond cond, Width width, ValueNode& lhs, int64_t value) {
    bool is_unsigned = cond >= Cond::kLessU && cond <= Cond::kGreaterU;
    bool is_test =
        value == 0 && !is_unsigned && cond != Cond::kLessEqualS && cond != Cond::kGreaterS;
    if (!Masm::is_compare_imm(width, value)) return false;
    if constexpr (Masm::kHasMemoryOperands) {
      if (is_memory(lhs)) {
        Address address = memory_of(lhs);
        masm_.compare_mem_imm(width, address, value);
        return release(lhs), true;
      }
    }
    Gpr reg = gpr_of(lhs);
    release(lhs);
    if (is_test)
      masm_.test(width, reg, reg);
    else
      masm_.compare_imm(width, reg, value);
    return true;
  }

  void eqz(Width width) {
    if (top().kind == Kind::kCmp) {
      Cond cond = pop().cond();
      flags_live_ = false;
      return push_condition(negate(cond));
    }
    push_const(int_type(width), 0);
    compare(Cond::kEqual, width);
  }

  // Whether the condition that the next opcode takes is one of this width: a 64-bit mask goes
  // through i64.eqz.
  bool takes_test(Width width) const { return width == Width::k32; }

  // The flags of lhs & rhs for the next opcode: it asks whether the result is zero.
  void test(Width width, ValueNode& lhs, ValueNode& rhs) {
    int64_t mask = fold::sign_extended(width, rhs.imm);
    if (folds(rhs) && Masm::is_test_imm(width, mask)) {
      Gpr reg = gpr_of(lhs);
      release(lhs);
      masm_.test_imm(width, reg, mask);
    } else {
      Gpr rhs_reg = gpr_of(rhs);
      Gpr lhs_reg = gpr_of(lhs);
      release(rhs);
      release(lhs);
      masm_.test(width, lhs_reg, rhs_reg);
    }
    push_cmp(Cond::kNotEqual);
  }

  // ---- Division ----

  static constexpr bool is_remainder(DivideOp op) { return op >= DivideOp::kRemS; }
  static constexpr bool is_signed(DivideOp op) {
    return op == DivideOp::kDivS || op == DivideOp::kRemS;
  }

  void divide(DivideOp op, Width width) {
    ValueNode rhs = pop();
    ValueNode lhs = pop();
    if (folds(rhs) && rhs.imm != 0 &&
        divide_const(op, width, lhs, fold::sign_extended(width, rhs.imm)))
      return;
    if constexpr (Masm::kDivision.dividend.is_valid()) {
      divide_fixed(op, width, lhs, rhs);
    } else {
      Gpr rhs_reg = gpr_of(rhs);
      Gpr lhs_reg = gpr_of(lhs);
      release(rhs);
      release(lhs);
      GprTarget target = result_gpr(reusable(lhs));
      emit_divide(op, width, target.reg, lhs_reg, rhs_reg);
      push_result(int_type(width), target);
    }
  }

  void emit_divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
    Label unused_zero, unused_overflow;
    if constexpr (Masm::kDivideFaults) {
      note_site(TrapCode::kIntegerDivideByZero, decoder_->position(), rhs.code);
      masm_.divide(op, width, dst, lhs, rhs, unused_zero, unused_overflow);
    } else {
      // The labels are looked up by number: adding the second stub may move the first.
      size_t first = this->stubs_.size();
      trap_label(TrapCode::kIntegerDivideByZero);
      trap_label(TrapCode::kIntegerOverflow);
      masm_.divide(op, width, dst, lhs, rhs, this->stubs_[first].label,
                   this->stubs_[first + 1].label);
    }
  }

  // Brings operands into the registers that the division insists on, and holds those.
  void divide_fixed(DivideOp op, Width width, ValueNode& lhs, ValueNode& rhs) {
    constexpr FixedDivision kFixed = Masm::kDivision;
    prepare_fixed(lhs, rhs);
    Gpr rhs_reg = rhs.kind == Kind::kReg ? rhs.gpr() : gpr_of(rhs);
    Gpr result = is_remainder(op) ? kFixed.remainder : kFixed.quotient;
    emit_divide(op, width, result, kFixed.dividend, rhs_reg);
    release(rhs);
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
        masm_.move(Width::k64, Masm::kScratch, rhs.gpr());
        masm_.move(Width::k64, kFixed.dividend, lhs.gpr());
        masm_.move(Width::k64, lhs.gpr(), Masm::kScratch);
        std::swap(lhs.reg, rhs.reg);
      } else {
        materialize_away(rhs, kAvoid);
      }
    }
    if (lhs.kind != Kind::kReg || lhs.gpr() != kFixed.dividend) {
      claim(kFixed.dividend);
      move_to_gpr(lhs, kFixed.dividend);
      release(lhs);
    }
    bool is_home = rhs.kind == Kind::kLocal && this->homes_[rhs.index].kind == Home::Kind::kGpr;
    if (!is_home && (rhs.kind != Kind::kReg || kAvoid.contains(rhs.reg)))
      materialize_away(rhs, kAvoid);
    if (kFixed.quotient != kFixed.dividend) claim(kFixed.quotient);
    claim(kFixed.remainder);
  }
  // Frees the fixed registers but the result, which is pushed or moved to where it goes.
  void push_fixed_result(Width width, Gpr result) {
    constexpr FixedDivision kFixed = Masm::kDivision;
    gprs_.free(kFixed.dividend.code);
    if (kFixed.quotient != kFixed.dividend) gprs_.free(kFixed.quotient.code);
    gprs_.free(kFixed.remainder.code);
    GprTarget target = result_gpr(result);
    if (target.reg != result) masm_.move(width, target.reg, result);
    push_result(int_type(width), target);
  }

  // By a constant other than 0: shifts for powers of two, a multiplication for the rest. False if
  // left to the machine.
  bool divide_const(DivideOp op, Width width, ValueNode& lhs, int64_t divisor) {
    if (folds(lhs)) return fold_division(op, width, lhs, divisor);
    uint64_t magnitude = static_cast<uint64_t>(fold::wrap(width, static_cast<uint64_t>(divisor)));
    if (!is_signed(op) && std::has_single_bit(magnitude)) {
      if (op == DivideOp::kRemU) {
        return and_mask(width, lhs, static_cast<int64_t>(magnitude - 1));
      }
      shift_const(ShiftOp::kShrU, width, lhs, static_cast<uint32_t>(std::countr_zero(magnitude)));
      return true;
    }
    return false;
  }

  bool and_mask(Width width, ValueNode& lhs, int64_t mask) {
    if (binary_const(BinaryOp::kAnd, width, lhs, mask)) return true;
    Gpr mask_reg = take_gpr();
    masm_.move_imm(width, mask_reg, mask);
    Gpr reg = gpr_of(lhs);
    release(lhs);
    gprs_.free(mask_reg.code);
    GprTarget target = result_gpr(reusable(lhs));
    masm_.binary(BinaryOp::kAnd, width, target.reg, reg, mask_reg);
    push_result(int_type(width), target);
    return true;
  }

  bool fold_division(DivideOp op, Width width, const ValueNode& lhs, int64_t divisor) {
    if (is_signed(op) && divisor == -1) return false;  // may overflow
    int64_t a = fold::sign_extended(width, lhs.imm);
    uint64_t ua = static_cast<uint64_t>(lhs.imm);
    uint64_t ub = static_cast<uint64_t>(fold::wrap(width, static_cast<uint64_t>(divisor)));
    switch (op) {
      case DivideOp::kDivS:
        push_const(int_type(width), a / divisor);
        return true;
      case DivideOp::kDivU:
        push_const(int_type(width), static_cast<int64_t>(ua / ub));
        return true;
      case DivideOp::kRemS:
        push_const(int_type(width), a % divisor);
        return true;
      case DivideOp::kRemU:
        push_const(int_type(width), static_cast<int64_t>(ua % ub));
        return true;
    }
    return false;
  }

  Gpr operand_;  // see unary_target
};

}  // namespace wisp::jit
