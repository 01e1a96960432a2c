// ConvertOps<Masm>: conversions between the number types. One line per opcode.
//
// External interface: on_*_{wrap,extend_i32,trunc,trunc_sat,convert,demote,promote,reinterpret}_*.
#pragma once

#include "jit/compiler/fold.h"
#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class ConvertOps {
  using Kind = ValueNode::Kind;
  static constexpr Width k32 = Width::k32;
  static constexpr Width k64 = Width::k64;
  static constexpr Signedness kSigned = Signedness::kSigned;
  static constexpr Signedness kUnsigned = Signedness::kUnsigned;
  static constexpr FloatToIntMode kTrapping = FloatToIntMode::kTrapping;
  static constexpr FloatToIntMode kSaturating = FloatToIntMode::kSaturating;

 public:
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
    ValueNode node = operands().pop();
    if (operands().folds(node)) return operands().push_const(ValueType::kI32, node.imm);
    if (node.kind == Kind::kSlot) {  // its low half, little-endian
      node.type = ValueType::kI32;
      return operands().push_again(node);
    }
    auto [operand, target] = operands().unary(node);
    masm().move(k32, target.reg, operand);
    operands().push_result(ValueType::kI32, target);
  }
  // Registers hold 32-bit values zero-extended already.
  void on_i64_extend_i32_u() {
    ValueNode node = operands().pop();
    if (!node.is_const() && node.kind != Kind::kReg && !operands().is_home_gpr(node))
      operands().materialize_gpr(node);
    node.type = ValueType::kI64;
    operands().push_again(node);
  }
  void on_i64_extend_i32_s() {
    ValueNode node = operands().pop();
    if (operands().folds(node))
      return operands().push_const(ValueType::kI64, static_cast<int32_t>(node.imm));
    auto [operand, target] = operands().unary(node);
    masm().unary(UnaryOp::kExtend32S, k64, target.reg, operand);
    operands().push_result(ValueType::kI64, target);
  }

 private:
  void float_to_int(FloatToIntMode mode, Signedness sign, Width int_width, Width float_width) {
    ValueNode node = operands().pop();
    Fpr reg = operands().fpr_of(node);
    operands().release(node);
    GprTarget target = operands().result_gpr();
    if (mode == FloatToIntMode::kTrapping) {
      auto labels =
          traps().labels(TrapCode::kInvalidConversionToInteger, TrapCode::kIntegerOverflow);
      masm().float_to_int(mode, sign, int_width, float_width, target.reg, reg, labels.first,
                          labels.second);
    } else {
      Label unused_nan, unused_range;
      masm().float_to_int(mode, sign, int_width, float_width, target.reg, reg, unused_nan,
                          unused_range);
    }
    operands().push_result(int_type(int_width), target);
  }

  void int_to_float(Signedness sign, Width int_width, Width float_width) {
    ValueNode node = operands().pop();
    Gpr reg = operands().gpr_of(node);
    operands().release(node);
    FprTarget target = operands().result_fpr();
    masm().int_to_float(sign, int_width, float_width, target.reg, reg);
    operands().push_result(float_type(float_width), target);
  }

  void float_convert(Width to) {
    ValueNode node = operands().pop();
    Fpr reg = operands().fpr_of(node);
    operands().release(node);
    FprTarget target = operands().result_fpr(node.owned_fpr());
    masm().float_convert(to, target.reg, reg);
    operands().push_result(float_type(to), target);
  }

  void bits_of_float(Width width) {
    ValueNode node = operands().pop();
    if (node.is_const()) return operands().push_const(int_type(width), node.imm);
    Fpr reg = operands().fpr_of(node);
    operands().release(node);
    GprTarget target = operands().result_gpr();
    masm().move_from_float(width, target.reg, reg);
    operands().push_result(int_type(width), target);
  }
  void float_of_bits(Width width) {
    ValueNode node = operands().pop();
    if (node.is_const()) return operands().push_const(float_type(width), node.imm);
    Gpr reg = operands().gpr_of(node);
    operands().release(node);
    FprTarget target = operands().result_fpr();
    masm().move_to_float(width, target.reg, reg);
    operands().push_result(float_type(width), target);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  TrapSites<Masm>& traps() { return state().traps; }
};

}  // namespace wisp::jit
