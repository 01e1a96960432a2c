// MacroAssembler: everything that an architecture supplies to the compiler. This is the porting
// page.
//
// A Masm encodes; it decides nothing. It never sees the value stack, the homes or WebAssembly
// types: it gets registers, immediates, addresses and labels. Shared code (function_compiler.h,
// trampolines.h) is a template over it.
//
// Grammar of names:  <operation>[_<operand form>](operation code, width, destination, left, right)
//   no suffix  the last operand is a register
//   _imm       it is a constant (int64_t), of which the matching `is_*_imm(...)` said yes
//   _mem       it is read from an Address
//   float_     operands are Fpr
// Primitives take three operands: dst may equal lhs, rhs, both or neither, in every form. Where the
// machine has two, the Masm inserts the move (and for `dst == rhs` what it takes).
//
// Contract of all primitives
//   1. A 32-bit result is zero-extended to 64 bits in its register; 32-bit operands may be assumed
//      to be. 32-bit operations still must look at the low half only.
//   2. `kScratch` and `kFloatScratch` belong to the Masm inside one primitive, except in those
//      marked [keeps scratch], which may also take them as an operand. They hold nothing between
//      two primitives that are not so marked.
//   3. Flags live from compare/test to the jump_if/set_if/select_if behind it. Between them only
//      primitives marked [keeps flags] are called. jump_if, set_if and select_if keep the flags
//      themselves.
//   4. No primitive clobbers any other register, unless its line says so.
//   5. Each reserves its own room in the EmitBuffer and latches errors there. No primitive
//      allocates.
//   6. An access may fault only in the instruction that performs it, at or behind the offset()
//      taken before the call.
//   7. Addresses: base is any general register, kStackPointer and kFramePointer included; the index
//      is none or any register but kStackPointer; a disp that does not fit is formed in kScratch
//      (then base and index must not be it).
//
// Constant data (static constexpr members)
//   Gpr kVmContext, kMemoryBase, kFramePointer, kStackPointer, kScratch
//   Fpr kFloatScratch
//   std::array<Gpr, n> kIntArguments, kIntResults        the wasm convention
//   std::array<Fpr, n> kFloatArguments, kFloatResults
//   std::array<Gpr, n> kCalleeSavedPins, kCallerSavedPins              homes, best first
//   std::array<Fpr, n> kCalleeSavedFloatPins, kCallerSavedFloatPins
//   RegisterSet kIntTemporaries, kFloatTemporaries       never homes
//   Gpr kShiftCount            that a variable shift may insist on (shift_needs_count_register);
//                              kNoGpr if none
//   FixedDivision kDivision    that divide and multiply_high insist on; kNoGpr thrice if none
//   uint32_t kRedZoneBytes     so much below the stack pointer survives a signal handler there
//   bool kDivideFaults         division by zero and overflow fault by themselves: `divide` ignores
//                              its labels
//   bool kHasMemoryOperands    the _mem forms of binary, compare, float_binary are one instruction;
//                              else shared code loads
//   size_t kMaxTextBytes       as far as a direct call reaches
//   std::array<Gpr, n> kHostIntArguments                 the C convention of the platform
//   std::array<Fpr, n> kHostFloatArguments
//   Gpr kHostIntResult
//   Fpr kHostFloatResult
//   RegisterSet kHostCalleeSaved, kHostCalleeSavedFloats     without kFramePointer
// The wasm convention: kVmContext, kMemoryBase, kFramePointer and the callee-saved pins survive a
// call, nothing else does.
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <span>

#include "jit/compiler/emit_buffer.h"
#include "jit/compiler/frame_layout.h"
#include "jit/compiler/label.h"
#include "jit/compiler/machine_types.h"

namespace wisp::jit {

// dividend in `dividend`, quotient out in `quotient`, remainder out in `remainder`; the divisor is
// none of them. Both outputs are clobbered. multiply_high: one factor in `dividend`, result in
// `remainder`, `quotient` clobbered.
struct FixedDivision {
  Gpr dividend, quotient, remainder;
};

// Whether an access is none through the base of memory 0, or stays in its reservation whatever
// 32-bit value the index has: checked where operands are encoded, in builds with assertions.
template <class Abi>
constexpr bool stays_in_reservation(const Address& address) {
  if (address.base != Abi::kMemoryBase) return true;
  constexpr int64_t kMaxIndex = 0xffffffff, kMaxOffset = 0xffffffff;
  return address.index != Abi::kMemoryBase && address.disp >= 0 &&
         address.disp <= (address.index.is_valid() ? kMaxOffset : kMaxIndex + kMaxOffset);
}

// Masm(CpuFeatures) owns its EmitBuffer.
template <class M>
concept MacroAssembler = requires(M& m, const M& cm, Gpr r, Fpr f, Address a, Label& label,
                                  int64_t imm, uint32_t n, Width w, Cond cond, RegisterSet set,
                                  FrameShape frame, uint8_t* code, ShiftOp shift) {
  { cm.buffer() } -> std::same_as<const EmitBuffer&>;
  { m.buffer() } -> std::same_as<EmitBuffer&>;
  { cm.offset() } -> std::same_as<uint32_t>;  // where the next instruction begins

  // --- Moves. All [keeps flags] [keeps scratch].
  m.move(w, r, r);        // k32 zero-extends; emits nothing for move(k64, r, r)
  m.move_imm(w, r, imm);  // k32: the low half, zero-extended
  m.float_move(w, f, f);
  m.load(LoadOp::k8U, r, a);
  m.store(StoreOp::k8, a, r);
  m.float_load(w, f, a);
  m.float_store(w, a, f);
  m.load_address(r, a);  // 64-bit base + index + disp; dst may be any of them
  // A constant of 8..64 bits to memory. [keeps flags]
  { M::is_store_imm(StoreOp::k64, imm) } -> std::same_as<bool>;
  m.store_imm(StoreOp::k32, a, imm);
  // Zero, not keeping the flags: the shortest form.
  m.zero(r);
  // The bits of a float constant. [keeps flags]
  m.float_move_imm(w, f, uint64_t{});
  // Bits between the classes. [keeps flags] [keeps scratch]
  m.move_to_float(w, f, r);
  m.move_from_float(w, r, f);

  // --- Integer arithmetic.
  m.binary(BinaryOp::kAdd, w, r, r, r);
  { M::is_binary_imm(BinaryOp::kAdd, w, imm) } -> std::same_as<bool>;
  m.binary_imm(BinaryOp::kAdd, w, r, r, imm);
  // Only if kHasMemoryOperands; dst is not in the address unless it is lhs too.
  m.binary_mem(BinaryOp::kAdd, w, r, r, a);
  // dst = lhs + (rhs << n) + imm, n <= 3, imm of 32 bits signed; wraps at the width. lhs may be
  // kNoGpr. Keeps the flags.
  m.add_shifted(w, r, r, r, n, int32_t{});
  m.shift_imm(shift, w, r, r, n);
  // Where shift_needs_count_register says so, the count is in kShiftCount and dst and lhs are not.
  { cm.shift_needs_count_register(shift) } -> std::same_as<bool>;
  m.shift(shift, w, r, r, r);
  m.unary(UnaryOp::kClz, w, r, r);
  // Obeys kDivision. Without kDivideFaults jumps to the labels: zero divisor, overflow. The
  // remainder of the least value by -1 is 0 everywhere.
  m.divide(DivideOp::kDivS, w, r, r, r, label, label);
  // The high half of the product. Obeys kDivision.
  m.multiply_high(Signedness::kSigned, w, r, r, r);
  // dst = 0 - src.
  m.negate(w, r, r);

  // --- Flags: made here ...
  m.compare(w, r, r);
  { M::is_compare_imm(w, imm) } -> std::same_as<bool>;
  m.compare_imm(w, r, imm);
  m.compare_mem(w, r, a);        // register against memory; only if kHasMemoryOperands
  m.compare_mem_imm(w, a, imm);  // memory against a constant; only if kHasMemoryOperands
  m.test(w, r, r);  // of the bitwise and: kEqual (to zero), kNotEqual and the signed ones hold
  { M::is_test_imm(w, imm) } -> std::same_as<bool>;
  m.test_imm(w, r, imm);
  m.float_compare(cond, w, f, f);  // for this condition or its negation only
  // ... and used here. None touches the flags.
  m.jump_if(cond, label);
  m.jump_if(cond, label, Reach::kNear);
  m.set_if(cond, r);              // 0 or 1, all 64 bits
  m.select_if(cond, w, r, r, r);  // dst = cond ? lhs : rhs

  // --- Float arithmetic.
  m.float_binary(FloatBinaryOp::kAdd, w, f, f, f);
  m.float_binary_mem(FloatBinaryOp::kAdd, w, f, f, a);  // only if kHasMemoryOperands
  m.float_unary(FloatUnaryOp::kAbs, w, f, f);
  m.int_to_float(Signedness::kSigned, w, w, f, r);  // width of the integer, of the float
  // width of the integer, of the float; kTrapping jumps to the labels: not a number, out of range.
  m.float_to_int(FloatToIntMode::kTrapping, Signedness::kSigned, w, w, r, f, label, label);
  m.float_convert(w, f, f);  // to the given width from the other one

  // --- Control.
  m.bind(label);
  m.jump(label);
  m.jump(label, Reach::kNear);
  // Jumps to the n-th entry of the table at `label`, n in the index register (zero-extended, in
  // range, may be clobbered). The table: bind(label), then one jump_table_entry(target) each, all
  // targets bound.
  m.jump_table(r, label);
  m.jump_table_entry(uint32_t{} /* position of the table */, label);
  // Direct call, target unknown: returns the position to give to patch_call once it is known
  // (positions in one text).
  { m.call() } -> std::same_as<uint32_t>;
  // (text, position returned, position of the callee); false: too far
  { M::patch_call(code, n, n) } -> std::same_as<bool>;
  m.call_register(r);
  m.call_mem(a);  // one indirect call through memory; may use kScratch
  m.jump_register(r);
  m.trap();    // raises SIGILL at offset(); the shortest encoding
  m.align(n);  // pads with no-ops to a multiple of n

  // Around each function whose jumps give a Reach. `kAny` makes all guesses void; false at the end
  // says that one was wrong: the code is useless and to be made again without guesses.
  m.begin_function(Reach::kNear);
  { m.end_function() } -> std::same_as<bool>;

  // --- Frames (frame_layout.h). Prologue: saves the caller's frame pointer and sets it, saves
  // `frame.saved`, makes room, and touches each kProbeIntervalBytes of a frame larger than that, so
  // that an overflow meets the guard.
  m.prologue(frame);
  m.epilogue(frame);  // undoes it and returns; keeps all result registers
  // Address of the n-th 8-byte stack argument as the callee sees it, and as the caller writes it.
  { M::incoming_stack_slot(n) } -> std::same_as<Address>;
  { M::outgoing_stack_slot(n) } -> std::same_as<Address>;
  // --- For trampolines only.
  m.adjust_stack(int32_t{});  // adds to the stack pointer; multiples of 16
};

}  // namespace wisp::jit
