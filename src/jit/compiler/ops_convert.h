// ConvertOps<Masm>: conversions between the number types. One line per opcode.
//
// External interface: on_*_{wrap,extend_i32,trunc,trunc_sat,convert,demote,promote,reinterpret}_*.
#pragma once

#include "jit/compiler/ops_float.h"

namespace wisp::jit {

template <class Masm>
class ConvertOps : public FloatOps<Masm> {
  using Base = FloatOps<Masm>;
  static constexpr Width k32 = Width::k32;
  static constexpr Width k64 = Width::k64;
  static constexpr Signedness kSigned = Signedness::kSigned;
  static constexpr Signedness kUnsigned = Signedness::kUnsigned;
  static constexpr FloatToIntMode kTrapping = FloatToIntMode::kTrapping;
  static constexpr FloatToIntMode kSaturating = FloatToIntMode::kSaturating;

 public:
  using typename Base::FprTarget;
  using typename Base::GprTarget;
  using typename Base::Kind;

  void on_i32_trunc_f32_s() { float_to_int(kTrapping, kSigned, k32, k32); }
  void on_i32_trunc_f32_u() { float_to_int(kTrapping, kUnsigned, k32, k32); }
  void on_i32_trunc_f64_s() { float_to_int(kTrapping, kSigned, k32, k64); }
  void on_i32_trunc_f64_u() { float_to_int(kTrapping, kUnsigned, k32, k64); }
  void on_i64_trunc_f32_s() { float_to_int(kTrapping, kSigned, k64, k32); }
  void on_i64_trunc_f32_u() { float_to_int(kTrapping, kUnsigned, k64, k32); }
  void on_i64_trunc_f64_s() { float_to_int(kTrapping, kSigned, k64, k64); }
  void on_i64_trunc_f64_u() { float_to_int(kTrapping, kUnsigned, k64, k64); }
  void on_i32_trunc_sat_f32_s() { float_to_int(kSaturating, kSigned, k32, k32); }
  void on_i32_trunc_sat_f32_u() { float_to_int(kSaturating, kUnsigned, k32, k32); }
  void on_i32_trunc_sat_f64_s() { float_to_int(kSaturating, kSigned, k32, k64); }
  void on_i32_trunc_sat_f64_u() { float_to_int(kSaturating, kUnsigned, k32, k64); }
  void on_i64_trunc_sat_f32_s() { float_to_int(kSaturating, kSigned, k64, k32); }
  void on_i64_trunc_sat_f32_u() { float_to_int(kSaturating, kUnsigned, k64, k32); }
  void on_i64_trunc_sat_f64_s() { float_to_int(kSaturating, kSigned, k64, k64); }
  void on_i64_trunc_sat_f64_u() { float_to_int(kSaturating, kUnsigned, k64, k64); }

  void on_f32_convert_i32_s() { int_to_float(kSigned, k32, k32); }
  void on_f32_convert_i32_u() { int_to_float(kUnsigned, k32, k32); }
  void on_f32_convert_i64_s() { int_to_float(kSigned, k64, k32); }
  void on_f32_convert_i64_u() { int_to_float(kUnsigned, k64, k32); }
  void on_f64_convert_i32_s() { int_to_float(kSigned, k32, k64); }
  void on_f64_convert_i32_u() { int_to_float(kUnsigned, k32, k64); }
  void on_f64_convert_i64_s() { int_to_float(kSigned, k64, k64); }
  void on_f64_convert_i64_u() { int_to_float(kUnsigned, k64, k64); }

  void on_f32_demote_f64() { float_convert(k32); }
  void on_f64_promote_f32() { float_convert(k64); }

  void on_i32_reinterpret_f32() { bits_of_float(k32); }
  void on_i64_reinterpret_f64() { bits_of_float(k64); }
  void on_f32_reinterpret_i32() { float_of_bits(k32); }
  void on_f64_reinterpret_i64() { float_of_bits(k64); }

  // The upper half of a 64-bit register must go: 32-bit values are zero-extended.
  void on_i32_wrap_i64() {
    ValueNode node = pop();
    if (this->folds(node)) return push_const(ValueType::kI32, node.imm);
    if (node.kind == Kind::kSlot) {  // its low half, little-endian
      node.type = ValueType::kI32;
      return this->push_again(node);
    }
    GprTarget target = this->unary_target(node);
    masm_.move(k32, target.reg, this->operand_);
    push_result(ValueType::kI32, target);
  }
  // Registers hold 32-bit values zero-extended already.
  void on_i64_extend_i32_u() {
    ValueNode node = pop();
    if (node.kind != Kind::kConst && node.kind != Kind::kReg) {
      bool is_home = node.kind == Kind::kLocal && this->homes_[node.index].kind == Home::Kind::kGpr;
      if (!is_home) (void)this->materialize_gpr(node, {});
    }
    node.type = ValueType::kI64;
    this->push_again(node);
  }
  void on_i64_extend_i32_s() {
    ValueNode node = pop();
    if (this->folds(node)) return push_const(ValueType::kI64, static_cast<int32_t>(node.imm));
    GprTarget target = this->unary_target(node);
    masm_.unary(UnaryOp::kExtend32S, k64, target.reg, this->operand_);
    push_result(ValueType::kI64, target);
  }

 protected:
  using Base::Base;
  using Base::float_type;
  using Base::fpr_of;
  using Base::gpr_of;
  using Base::int_type;
  using Base::masm_;
  using Base::note_site;
  using Base::pop;
  using Base::push_const;
  using Base::push_result;
  using Base::release;
  using Base::result_fpr;
  using Base::result_gpr;
  using Base::reusable_fpr;
  using Base::trap_label;

  void float_to_int(FloatToIntMode mode, Signedness sign, Width int_width, Width float_width) {
    ValueNode node = pop();
    Fpr reg = fpr_of(node);
    release(node);
    GprTarget target = result_gpr();
    if (mode == FloatToIntMode::kTrapping) {
      size_t first = this->stubs_.size();
      trap_label(TrapCode::kInvalidConversionToInteger);
      trap_label(TrapCode::kIntegerOverflow);
      masm_.float_to_int(mode, sign, int_width, float_width, target.reg, reg,
                         this->stubs_[first].label, this->stubs_[first + 1].label);
    } else {
      Label unused_nan, unused_range;
      masm_.float_to_int(mode, sign, int_width, float_width, target.reg, reg, unused_nan,
                         unused_range);
    }
    push_result(int_type(int_width), target);
  }

  void int_to_float(Signedness sign, Width int_width, Width float_width) {
    ValueNode node = pop();
    Gpr reg = gpr_of(node);
    release(node);
    FprTarget target = result_fpr();
    masm_.int_to_float(sign, int_width, float_width, target.reg, reg);
    push_result(float_type(float_width), target);
  }

  void float_convert(Width to) {
    ValueNode node = pop();
    Fpr reg = fpr_of(node);
    release(node);
    FprTarget target = result_fpr(reusable_fpr(node));
    masm_.float_convert(to, target.reg, reg);
    push_result(float_type(to), target);
  }

  void bits_of_float(Width width) {
    ValueNode node = pop();
    if (node.is_const()) return push_const(int_type(width), node.imm);
    Fpr reg = fpr_of(node);
    release(node);
    GprTarget target = result_gpr();
    masm_.move_from_float(width, target.reg, reg);
    push_result(int_type(width), target);
  }
  void float_of_bits(Width width) {
    ValueNode node = pop();
    if (node.is_const()) return push_const(float_type(width), node.imm);
    Gpr reg = gpr_of(node);
    release(node);
    FprTarget target = result_fpr();
    masm_.move_to_float(width, target.reg, reg);
    push_result(float_type(width), target);
  }
};

}  // namespace wisp::jit
