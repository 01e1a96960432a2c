// x64::Masm: the primitives of masm_concept.h for x86-64-v2, with BMI and AVX where the processor
// has them.
//
// External interface: Masm. The primitives of hot opcodes are inline here, over the raw encoders;
// the long ones are in masm_{integer,float,memory,control}.cpp.
//
// Conventions inside: `e` is the Encoder of the primitive; at most one is alive at a time. Flags
// are clobbered by any arithmetic; moves, lea and the three BMI2 shifts leave them alone.
#pragma once

#include <asmjit/x86.h>

#include <utility>
#include <vector>

#include "jit/compiler/masm_concept.h"
#include "jit/x64/abi.h"
#include "jit/x64/encoder.h"
#include "platform/cpu_features.h"

namespace wisp::jit::x64 {

class Masm : public Abi {
 public:
  explicit Masm(const CpuFeatures& features)
      : features_(features), buffer_(assembler_, asmjit::Environment(asmjit::Arch::kX64)) {}

  EmitBuffer& buffer() { return buffer_; }
  const EmitBuffer& buffer() const { return buffer_; }
  uint32_t offset() const { return buffer_.offset(); }

  // --- moves ---
  void move(Width width, Gpr dst, Gpr src) {
    if (width == Width::k64 && dst == src) return;
    Encoder e(buffer_);
    e.mov(width, dst, src);
  }
  void move_imm(Width width, Gpr dst, int64_t value) {
    Encoder e(buffer_);
    if (width == Width::k32 || value == static_cast<uint32_t>(value)) {
      e.mov_imm32(dst, static_cast<uint32_t>(value));
    } else if (fits_int32(value)) {
      e.mov_simm32(dst, static_cast<int32_t>(value));
    } else {
      e.mov_imm64(dst, static_cast<uint64_t>(value));
    }
  }
  void float_move(Width, Fpr dst, Fpr src) {
    if (dst == src) return;
    Encoder e(buffer_);
    e.float_mov(dst, src);
  }
  void load(LoadOp op, Gpr dst, const Address& address) {
    Encoder e(buffer_);
    e.load(op, dst, operand(e, address));
  }
  void store(StoreOp op, const Address& address, Gpr src) {
    Encoder e(buffer_);
    const Mem m = operand(e, address);
    switch (op) {
      case StoreOp::k8:
        return e.store8(m, src);
      case StoreOp::k16:
        return e.store16(m, src);
      case StoreOp::k32:
        return e.store(Width::k32, m, src);
      case StoreOp::k64:
        return e.store(Width::k64, m, src);
    }
  }
  void float_load(Width width, Fpr dst, const Address& address) {
    Encoder e(buffer_);
    e.float_load(scalar(width), dst, operand(e, address));
  }
  void float_store(Width width, const Address& address, Fpr src) {
    Encoder e(buffer_);
    e.float_store(scalar(width), operand(e, address), src);
  }
  void load_address(Gpr dst, const Address& address) {
    Encoder e(buffer_);
    const Mem m = operand(e, address);
    if (m.index == kNoGpr && m.displacement == 0) {
      if (dst != m.base) e.mov(Width::k64, dst, m.base);
    } else {
      e.lea(Width::k64, dst, without_displacement_if_swapped(m));
    }
  }
  static bool is_store_imm(StoreOp op, int64_t value) {
    return op != StoreOp::k64 || fits_int32(value);
  }
  void store_imm(StoreOp op, const Address& address, int64_t value) {
    Encoder e(buffer_);
    const Mem m = operand(e, address);
    switch (op) {
      case StoreOp::k8:
        return e.store8_imm(m, static_cast<uint8_t>(value));
      case StoreOp::k16:
        return e.store16_imm(m, static_cast<uint16_t>(value));
      case StoreOp::k32:
        return e.store_imm(Width::k32, m, static_cast<int32_t>(value));
      case StoreOp::k64:
        return e.store_imm(Width::k64, m, static_cast<int32_t>(value));
    }
  }
  void zero(Gpr dst) {
    Encoder e(buffer_);
    e.alu(Alu::kXor, Width::k32, dst, dst);
  }
  void float_move_imm(Width width, Fpr dst, uint64_t bits);
  void move_to_float(Width width, Fpr dst, Gpr src) {
    Encoder e(buffer_);
    e.mov(width, dst, src);
  }
  void move_from_float(Width width, Gpr dst, Fpr src) {
    Encoder e(buffer_);
    e.mov(width, dst, src);
  }

  // --- integer arithmetic ---
  void binary(BinaryOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs) {
    Encoder e(buffer_);
    if (dst != lhs) {
      if (op == BinaryOp::kAdd && dst != rhs) {
        return e.lea(width, dst, without_displacement_if_swapped(mem(lhs, rhs)));
      }
      if (dst == rhs) {
        if (op == BinaryOp::kSub) {
          e.unary(Unary::kNeg, width, dst);
          return e.alu(Alu::kAdd, width, dst, lhs);
        }
        rhs = lhs;
      } else {
        e.mov(width, dst, lhs);
      }
    }
    if (op == BinaryOp::kMul) return e.imul(width, dst, rhs);
    e.alu(alu_of(op), width, dst, rhs);
  }
  static bool is_binary_imm(BinaryOp op, Width width, int64_t value) {
    return width == Width::k32 || fits_int32(value) ||
           (op == BinaryOp::kAnd && value == static_cast<uint32_t>(value));
  }
  void binary_imm(BinaryOp op, Width width, Gpr dst, Gpr lhs, int64_t value) {
    if (op == BinaryOp::kMul) return multiply_imm(width, dst, lhs, static_cast<int32_t>(value));
    if (op == BinaryOp::kAnd) return and_imm(width, dst, lhs, value);
    const auto imm = static_cast<int32_t>(value);
    if (op == BinaryOp::kSub && imm != INT32_MIN) return add_imm(width, dst, lhs, -imm);
    if (op == BinaryOp::kAdd) return add_imm(width, dst, lhs, imm);
    Encoder e(buffer_);
    if (dst != lhs) e.mov(width, dst, lhs);
    e.alu_imm(alu_of(op), width, dst, imm);
  }
  void binary_mem(BinaryOp op, Width width, Gpr dst, Gpr lhs, const Address& rhs) {
    Encoder e(buffer_);
    const Mem m = operand(e, rhs);
    if (dst != lhs) e.mov(width, dst, lhs);
    if (op == BinaryOp::kMul) return e.imul(width, dst, m);
    e.alu(alu_of(op), width, dst, m);
  }
  void add_shifted(Width width, Gpr dst, Gpr lhs, Gpr rhs, uint32_t shift, int32_t value) {
    Encoder e(buffer_);
    Mem m{lhs, rhs, static_cast<uint8_t>(shift), value};
    // The form without a base takes four bytes of displacement: x * 2 is x + x.
    if (lhs == kNoGpr && shift == 0) m = mem(rhs, value);
    if (lhs == kNoGpr && shift == 1) m = mem(rhs, rhs, 0, value);
    e.lea(width, dst, without_displacement_if_swapped(m));
  }
  void shift_imm(ShiftOp op, Width width, Gpr dst, Gpr lhs, uint32_t count) {
    const auto bits = static_cast<uint8_t>(count & (width == Width::k32 ? 31 : 63));
    Encoder e(buffer_);
    if (dst != lhs && bits != 0 && features_.has_bmi2 &&
        (op == ShiftOp::kRotl || op == ShiftOp::kRotr)) {
      const int size = width == Width::k32 ? 32 : 64;
      return e.rorx(width, dst, lhs,
                    static_cast<uint8_t>(op == ShiftOp::kRotr ? bits : size - bits));
    }
    if (dst != lhs || bits == 0) e.mov(width, dst, lhs);
    if (bits != 0) e.shift_imm(shift_of(op), width, dst, bits);
  }
  bool shift_needs_count_register(ShiftOp op) const {
    return !features_.has_bmi2 || op == ShiftOp::kRotl || op == ShiftOp::kRotr;
  }
  void shift(ShiftOp op, Width width, Gpr dst, Gpr lhs, Gpr count) {
    Encoder e(buffer_);
    if (!shift_needs_count_register(op)) {
      const ShiftX code = op == ShiftOp::kShl    ? ShiftX::kShlx
                          : op == ShiftOp::kShrS ? ShiftX::kSarx
                                                 : ShiftX::kShrx;
      return e.shiftx(code, width, dst, lhs, count);
    }
    WISP_DCHECK(count == kShiftCount && dst != kShiftCount);
    if (dst != lhs) e.mov(width, dst, lhs);
    e.shift_cl(shift_of(op), width, dst);
  }
  void unary(UnaryOp op, Width width, Gpr dst, Gpr src);
  void divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs, Label& zero_divisor,
              Label& overflow);
  void multiply_high(Signedness signedness, Width width, Gpr dst, Gpr lhs, Gpr rhs);
  void negate(Width width, Gpr dst, Gpr src) {
    Encoder e(buffer_);
    if (dst != src) e.mov(width, dst, src);
    e.unary(Unary::kNeg, width, dst);
  }

  // --- flags ---
  void compare(Width width, Gpr lhs, Gpr rhs) {
    Encoder e(buffer_);
    e.alu(Alu::kCmp, width, lhs, rhs);
  }
  static bool is_compare_imm(Width width, int64_t value) {
    return width == Width::k32 || fits_int32(value);
  }
  void compare_imm(Width width, Gpr lhs, int64_t value) {
    Encoder e(buffer_);
    if (static_cast<int32_t>(value) == 0) return e.test(width, lhs, lhs);
    e.alu_imm(Alu::kCmp, width, lhs, static_cast<int32_t>(value));
  }
  void compare_mem(Width width, Gpr lhs, const Address& rhs) {
    Encoder e(buffer_);
    const Mem m = operand(e, rhs);
    e.alu(Alu::kCmp, width, lhs, m);
  }
  void compare_mem_imm(Width width, const Address& lhs, int64_t value) {
    Encoder e(buffer_);
    const Mem m = operand(e, lhs);
    e.alu_imm(Alu::kCmp, width, m, static_cast<int32_t>(value));
  }
  void test(Width width, Gpr lhs, Gpr rhs) {
    Encoder e(buffer_);
    e.test(width, lhs, rhs);
  }
  static bool is_test_imm(Width width, int64_t value) {
    return width == Width::k32 || fits_int32(value);
  }
  void test_imm(Width width, Gpr lhs, int64_t value) {
    const auto imm = static_cast<int32_t>(value);
    Encoder e(buffer_);
    // The narrower forms give the same flags as long as the sign bit of the constant is clear.
    if (imm >= 0 && imm < 0x80) return e.test8_imm(lhs, static_cast<uint8_t>(imm));
    e.test_imm(imm >= 0 ? Width::k32 : width, lhs, imm);
  }
  void float_compare(Cond cond, Width width, Fpr lhs, Fpr rhs) {
    Encoder e(buffer_);
    // `above` and `above or equal` are false for NaN, `below` is not: less-than compares the other
    // way round.
    if (is_float_less(cond)) std::swap(lhs, rhs);
    e.ucomis(scalar(width), lhs, rhs);
  }
  void jump_if(Cond cond, Label& target, Reach reach = Reach::kAny) {
    if (cond == Cond::kFloatEqual) return jump_if_float_equal(target, reach);
    if (cond == Cond::kFloatNotEqual) jump_cc(Cc::kParity, target, reach);
    jump_cc(cc_of(cond), target, reach);
  }
  void set_if(Cond cond, Gpr dst);
  void select_if(Cond cond, Width width, Gpr dst, Gpr lhs, Gpr rhs);

  // --- floating point ---
  void float_binary(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs) {
    if (!has_memory_form(op)) return float_binary_slow(op, width, dst, lhs, rhs);
    const bool is_swappable = op == FloatBinaryOp::kAdd || op == FloatBinaryOp::kMul;
    Encoder e(buffer_);
    if (dst == rhs && is_swappable) std::swap(lhs, rhs);
    if (dst == lhs) return e.float_op(float_op_of(op), scalar(width), dst, rhs);
    if (features_.has_avx) {
      if (is_swappable && rhs.code >= 8) std::swap(lhs, rhs);  // the shorter prefix
      return e.vfloat_op(float_op_of(op), scalar(width), dst, lhs, rhs);
    }
    if (dst == rhs) {
      e.float_mov(kFloatScratch, rhs);
      rhs = kFloatScratch;
    }
    e.float_mov(dst, lhs);
    e.float_op(float_op_of(op), scalar(width), dst, rhs);
  }
  void float_binary_mem(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, const Address& rhs) {
    Encoder e(buffer_);
    const Mem m = operand(e, rhs);
    if (dst != lhs) {
      if (features_.has_avx) return e.vfloat_op(float_op_of(op), scalar(width), dst, lhs, m);
      e.float_mov(dst, lhs);
    }
    e.float_op(float_op_of(op), scalar(width), dst, m);
  }
  void float_unary(FloatUnaryOp op, Width width, Fpr dst, Fpr src);
  void int_to_float(Signedness signedness, Width int_width, Width float_width, Fpr dst, Gpr src);
  void float_to_int(FloatToIntMode mode, Signedness signedness, Width int_width, Width float_width,
                    Gpr dst, Fpr src, Label& not_a_number, Label& out_of_range);
  void float_convert(Width to, Fpr dst, Fpr src);

  // --- control ---
  void bind(Label& label);
  void jump(Label& target, Reach reach = Reach::kAny) {
    Encoder e(buffer_);
    if (target.is_bound()) {
      const auto distance = static_cast<int32_t>(target.position() - e.offset());
      if (fits_int8(distance - 2)) return e.jmp_rel8(static_cast<int8_t>(distance - 2));
      return e.jmp_rel32(distance - 5);
    }
    if (reach == Reach::kNear && has_near_jumps_) {
      e.jmp_rel8(0);
      return note_fixup(target, e.offset() - 1, Fixup::kNear);
    }
    e.jmp_rel32(0);
    note_fixup(target, e.offset() - 4, 0);
  }
  void begin_function(Reach reach) {
    fixups_.clear();
    has_near_jumps_ = reach == Reach::kNear;
    has_missed_ = false;
  }
  bool end_function() const { return !has_missed_; }
  void jump_table(Gpr index, Label& table);
  void jump_table_entry(uint32_t table, Label& target);
  uint32_t call() {
    Encoder e(buffer_);
    e.call_rel32(0);
    return e.offset() - 4;
  }
  [[nodiscard]] static bool patch_call(uint8_t* text, uint32_t position, uint32_t callee);
  void call_register(Gpr target) {
    Encoder e(buffer_);
    e.call(target);
  }
  void call_mem(const Address& target) {
    Encoder e(buffer_);
    e.call(operand(e, target));
  }
  void jump_register(Gpr target) {
    Encoder e(buffer_);
    e.jmp(target);
  }
  void trap() {
    Encoder e(buffer_);
    e.ud2();
  }
  void align(uint32_t multiple);

  // --- frames ---
  void prologue(const FrameShape& frame);
  void epilogue(const FrameShape& frame);
  static Address incoming_stack_slot(uint32_t n) { return {rbp, kNoGpr, 16 + 8 * int64_t{n}}; }
  static Address outgoing_stack_slot(uint32_t n) { return {rsp, kNoGpr, 8 * int64_t{n}}; }
  void adjust_stack(int32_t bytes) { add_imm(Width::k64, rsp, rsp, bytes); }

 private:
  static constexpr FloatWidth scalar(Width width) {
    return width == Width::k32 ? FloatWidth::k32 : FloatWidth::k64;
  }
  static constexpr Alu alu_of(BinaryOp op) {
    constexpr Alu kTable[] = {Alu::kAdd, Alu::kSub, Alu::kAnd, Alu::kOr, Alu::kXor};
    return kTable[static_cast<size_t>(op)];
  }
  static constexpr Shift shift_of(ShiftOp op) {
    constexpr Shift kTable[] = {Shift::kShl, Shift::kSar, Shift::kShr, Shift::kRol, Shift::kRor};
    return kTable[static_cast<size_t>(op)];
  }
  static constexpr FloatOp float_op_of(FloatBinaryOp op) {
    constexpr FloatOp kTable[] = {FloatOp::kAdd, FloatOp::kSub, FloatOp::kMul,
                                  FloatOp::kDiv, FloatOp::kMin, FloatOp::kMax};
    return kTable[static_cast<size_t>(op)];
  }
  static constexpr bool is_float_less(Cond cond) {
    return cond == Cond::kFloatLess || cond == Cond::kFloatNotLess ||
           cond == Cond::kFloatLessEqual || cond == Cond::kFloatNotLessEqual;
  }
  // The order of Cond. The two float equalities need the parity flag as well.
  static constexpr Cc cc_of(Cond cond) {
    constexpr Cc kTable[] = {Cc::kEqual,      Cc::kNotEqual,   Cc::kLess,       Cc::kGreaterEqual,
                             Cc::kLessEqual,  Cc::kGreater,    Cc::kBelow,      Cc::kAboveEqual,
                             Cc::kBelowEqual, Cc::kAbove,      Cc::kEqual,      Cc::kNotEqual,
                             Cc::kAbove,      Cc::kBelowEqual, Cc::kAboveEqual, Cc::kBelow,
                             Cc::kAbove,      Cc::kBelowEqual, Cc::kAboveEqual, Cc::kBelow};
    return kTable[static_cast<size_t>(cond)];
  }

  Mem operand(Encoder& e, const Address& address) {
    WISP_DCHECK(stays_in_reservation<Abi>(address));
    if (fits_int32(address.disp)) [[likely]] {
      return {address.base, address.index, 0, static_cast<int32_t>(address.disp)};
    }
    // It writes by itself, so that an encoder's cursor never needs an address.
    e.pause();
    const Mem m = far_operand(address);
    e.resume();
    return m;
  }
  Mem far_operand(const Address& address);
  // rbp and r13 as a base cost a byte of displacement that they do not cost as an index.
  static Mem without_displacement_if_swapped(Mem m) {
    const bool is_costly =
        m.displacement == 0 && m.index != kNoGpr && m.scale_log2 == 0 && (m.base.code & 7) == 5;
    if (is_costly && m.index != rsp) std::swap(m.base, m.index);
    return m;
  }

  void add_imm(Width width, Gpr dst, Gpr lhs, int32_t value) {
    Encoder e(buffer_);
    if (dst != lhs) return e.lea(width, dst, mem(lhs, value));
    if (value == 1) return e.inc(width, dst);
    if (value == -1) return e.dec(width, dst);
    if (value == 128) return e.alu_imm(Alu::kSub, width, dst, -128);
    e.alu_imm(Alu::kAdd, width, dst, value);
  }
  void and_imm(Width width, Gpr dst, Gpr lhs, int64_t value);
  void multiply_imm(Width width, Gpr dst, Gpr lhs, int32_t value);

  // A place that waits for a label: where its displacement is, of 32 bits or, with kNear, of 8.
  struct Fixup {
    static constexpr uint32_t kNear = 0x80000000;
    uint32_t field;
    uint32_t next;  // number of the next fixup of the label
  };
  void note_fixup(Label& label, uint32_t field, uint32_t near) {
    const auto number = static_cast<uint32_t>(fixups_.size());
    fixups_.push_back({field | near, label.fixup()});
    label.set_fixup(number);
  }

  void jump_cc(Cc cc, Label& target, Reach reach = Reach::kAny) {
    Encoder e(buffer_);
    if (target.is_bound()) {
      const auto distance = static_cast<int32_t>(target.position() - e.offset());
      if (fits_int8(distance - 2)) return e.jcc_rel8(cc, static_cast<int8_t>(distance - 2));
      return e.jcc_rel32(cc, distance - 6);
    }
    if (reach == Reach::kNear && has_near_jumps_) {
      e.jcc_rel8(cc, 0);
      return note_fixup(target, e.offset() - 1, Fixup::kNear);
    }
    e.jcc_rel32(cc, 0);
    note_fixup(target, e.offset() - 4, 0);
  }
  void jump_if_float_equal(Label& target, Reach reach);

  void float_binary_slow(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs);
  void float_min_max(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs);
  void copysign(Width width, Fpr dst, Fpr lhs, Fpr rhs);
  void int64_to_float_unsigned(Width width, Fpr dst, Gpr src);
  // The four shapes of float -> int; `to_int32` covers both signednesses through a 64-bit
  // conversion.
  void truncate_to_int32(Signedness signedness, Width width, Gpr dst, Fpr src, Label& not_a_number,
                         Label& out_of_range);
  void truncate_to_int64(Width width, Gpr dst, Fpr src, Label& not_a_number, Label& out_of_range);
  void truncate_to_uint64(Width width, Gpr dst, Fpr src, Label& not_a_number, Label& out_of_range);
  void saturate_to_int(Width int_width, Width width, Gpr dst, Fpr src);
  void saturate_to_uint32(Width width, Gpr dst, Fpr src);
  void saturate_to_uint64(Width width, Gpr dst, Fpr src);

  CpuFeatures features_;
  asmjit::x86::Assembler assembler_;
  EmitBuffer buffer_;
  std::vector<Fixup> fixups_;
  bool has_near_jumps_ = false;
  bool has_missed_ = false;
};

}  // namespace wisp::jit::x64
