// a64::Masm: the primitives of masm_concept.h for ARMv8.0, through asmjit's assembler.
//
// External interface: Masm, in the order of x64/masm.h. What refers to a label is encoded here,
// because the chain of a pending label lies in the displacement fields (masm_control.cpp).
//
// Conventions inside: kScratch (x16) holds constants and intermediate results, kAddressScratch
// (x17) addresses, so that a store may have kScratch as its operand. Register 31 is the stack
// pointer only where an instruction says so.
#pragma once

#include <asmjit/core.h>
//
#include <asmjit/arm/a64assembler.h>
#include <asmjit/arm/a64utils.h>

#include "jit/a64/abi.h"
#include "jit/compiler/masm_concept.h"
#include "platform/cpu_features.h"

namespace wisp::jit::a64 {

// Condition codes as the instructions hold them.
enum class Cc : uint8_t {
  kEq = 0,
  kNe = 1,
  kHs = 2,
  kLo = 3,
  kMi = 4,
  kPl = 5,
  kVs = 6,
  kVc = 7,
  kHi = 8,
  kLs = 9,
  kGe = 10,
  kLt = 11,
  kGt = 12,
  kLe = 13,
};
constexpr Cc negate(Cc cc) { return static_cast<Cc>(static_cast<uint8_t>(cc) ^ 1); }

class Masm : public Abi {
 public:
  explicit Masm(const CpuFeatures&)
      : buffer_(assembler_, asmjit::Environment(asmjit::Arch::kAArch64), kMaxTextBytes) {}

  EmitBuffer& buffer() { return buffer_; }
  const EmitBuffer& buffer() const { return buffer_; }
  uint32_t offset() const { return buffer_.offset(); }

  // --- moves ---
  void move(Width width, Gpr dst, Gpr src);
  void move_imm(Width width, Gpr dst, int64_t value);
  void float_move(Width width, Fpr dst, Fpr src);
  void load(LoadOp op, Gpr dst, const Address& address);
  void store(StoreOp op, const Address& address, Gpr src);
  void float_load(Width width, Fpr dst, const Address& address);
  void float_store(Width width, const Address& address, Fpr src);
  void load_address(Gpr dst, const Address& address);
  // The zero register is the only constant that can be stored.
  static bool is_store_imm(StoreOp, int64_t value) { return value == 0; }
  void store_imm(StoreOp op, const Address& address, int64_t value);
  void zero(Gpr dst) { move_imm(Width::k32, dst, 0); }
  void float_move_imm(Width width, Fpr dst, uint64_t bits);
  void move_to_float(Width width, Fpr dst, Gpr src);
  void move_from_float(Width width, Gpr dst, Fpr src);

  // --- integer arithmetic ---
  void binary(BinaryOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs);
  static bool is_binary_imm(BinaryOp op, Width width, int64_t value);
  void binary_imm(BinaryOp op, Width width, Gpr dst, Gpr lhs, int64_t value);
  void binary_mem(BinaryOp op, Width width, Gpr dst, Gpr lhs, const Address& rhs);
  void add_shifted(Width width, Gpr dst, Gpr lhs, Gpr rhs, uint32_t shift, int32_t value);
  void shift_imm(ShiftOp op, Width width, Gpr dst, Gpr lhs, uint32_t count);
  static bool shift_needs_count_register(ShiftOp) { return false; }
  void shift(ShiftOp op, Width width, Gpr dst, Gpr lhs, Gpr count);
  void unary(UnaryOp op, Width width, Gpr dst, Gpr src);
  void divide(DivideOp op, Width width, Gpr dst, Gpr lhs, Gpr rhs, Label& zero_divisor,
              Label& overflow);
  void multiply_high(Signedness signedness, Width width, Gpr dst, Gpr lhs, Gpr rhs);
  void negate(Width width, Gpr dst, Gpr src);

  // --- flags ---
  void compare(Width width, Gpr lhs, Gpr rhs);
  static bool is_compare_imm(Width width, int64_t value);
  void compare_imm(Width width, Gpr lhs, int64_t value);
  void compare_mem(Width width, Gpr lhs, const Address& rhs);
  void compare_mem_imm(Width width, const Address& lhs, int64_t value);
  void test(Width width, Gpr lhs, Gpr rhs);
  static bool is_test_imm(Width width, int64_t value);
  void test_imm(Width width, Gpr lhs, int64_t value);
  void float_compare(Cond cond, Width width, Fpr lhs, Fpr rhs);
  // All branches have one length: a Reach changes nothing.
  void jump_if(Cond cond, Label& target, Reach = Reach::kAny) { jump_cc(cc_of(cond), target); }
  void set_if(Cond cond, Gpr dst);
  void select_if(Cond cond, Width width, Gpr dst, Gpr lhs, Gpr rhs);

  // --- floating point ---
  void float_binary(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, Fpr rhs);
  void float_binary_mem(FloatBinaryOp op, Width width, Fpr dst, Fpr lhs, const Address& rhs);
  void float_unary(FloatUnaryOp op, Width width, Fpr dst, Fpr src);
  void int_to_float(Signedness signedness, Width int_width, Width float_width, Fpr dst, Gpr src);
  void float_to_int(FloatToIntMode mode, Signedness signedness, Width int_width, Width float_width,
                    Gpr dst, Fpr src, Label& not_a_number, Label& out_of_range);
  void float_convert(Width to, Fpr dst, Fpr src);

  // --- control ---
  void bind(Label& label);
  void jump(Label& target, Reach = Reach::kAny);
  void jump_table(Gpr index, Label& table);
  void jump_table_entry(uint32_t table, Label& target);
  uint32_t call();
  [[nodiscard]] static bool patch_call(uint8_t* text, uint32_t position, uint32_t callee);
  void call_register(Gpr target);
  void call_mem(const Address& target);
  void jump_register(Gpr target);
  void trap() { word(0); }  // udf #0
  void align(uint32_t multiple);

  static void begin_function(Reach) {}
  static bool end_function() { return true; }

  // --- frames ---
  void prologue(const FrameShape& frame);
  void epilogue(const FrameShape& frame);
  static Address incoming_stack_slot(uint32_t n) { return {x29, kNoGpr, 16 + 8 * int64_t{n}}; }
  static Address outgoing_stack_slot(uint32_t n) { return {sp, kNoGpr, 8 * int64_t{n}}; }
  void adjust_stack(int32_t bytes) { add_imm(Width::k64, sp, sp, bytes); }

 private:
  static constexpr Gpr kAddressScratch = x17;

  // asmjit's names of our registers.
  static asmjit::a64::Gp gp(Width width, Gpr reg) {
    if (width == Width::k32) return asmjit::a64::GpW(reg.code);
    return asmjit::a64::GpX(reg.code);
  }
  static asmjit::a64::GpX gpx(Gpr reg) { return asmjit::a64::GpX(reg.code); }
  static asmjit::a64::GpW gpw(Gpr reg) { return asmjit::a64::GpW(reg.code); }
  static asmjit::a64::Vec vec(Width width, Fpr reg) {
    if (width == Width::k32) return asmjit::a64::VecS(reg.code);
    return asmjit::a64::VecD(reg.code);
  }

  // The order of Cond; float ones for the flags of fcmp, where unordered is C and V.
  static constexpr Cc cc_of(Cond cond) {
    constexpr Cc kTable[] = {Cc::kEq, Cc::kNe, Cc::kLt, Cc::kGe, Cc::kLe, Cc::kGt, Cc::kLo,
                             Cc::kHs, Cc::kLs, Cc::kHi, Cc::kEq, Cc::kNe, Cc::kMi, Cc::kPl,
                             Cc::kLs, Cc::kHi, Cc::kGt, Cc::kLe, Cc::kGe, Cc::kLt};
    return kTable[static_cast<size_t>(cond)];
  }
  static asmjit::a64::CondCode cond_code(Cc cc) {
    // asmjit counts from 2, because it puts "always" first.
    return static_cast<asmjit::a64::CondCode>(static_cast<uint8_t>(cc) + 2);
  }

  // The assembler, with the headroom that EmitBuffer promises.
  asmjit::a64::Assembler& assembler() {
    buffer_.reserve();
    return assembler_;
  }
  void word(uint32_t instruction);

  // An operand for an access of 1 << size_log2 bytes; forms in kAddressScratch what it cannot hold.
  asmjit::a64::Mem operand(const Address& address, unsigned size_log2);
  // dst = lhs + value for any value; either register may be sp. Uses kAddressScratch for large
  // ones.
  void add_imm(Width width, Gpr dst, Gpr lhs, int64_t value);

  void jump_cc(Cc cc, Label& target);
  void jump_if_zero(Width width, Gpr reg, Label& target);
  // Appends a branch whose displacement field is zero and points it at the target.
  void link(uint32_t instruction, Label& target);
  void patch(uint32_t position, uint32_t target);

  void copysign(Width width, Fpr dst, Fpr lhs, Fpr rhs);
  void check_range(Signedness signedness, Width int_width, Width float_width, Fpr src,
                   Label& not_a_number, Label& out_of_range);

  asmjit::a64::Assembler assembler_;
  EmitBuffer buffer_;
};

}  // namespace wisp::jit::a64
