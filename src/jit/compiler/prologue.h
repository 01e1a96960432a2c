// Prologue<Masm>: the beginning of a function: its frame, its parameters to their homes, zeros in
// its other locals.
//
// External interface: Prologue.
#pragma once

#include <algorithm>

#include "jit/compiler/call_sequence.h"

namespace wisp::jit {

template <class Masm>
class Prologue {
 public:
  void emit_prologue(bool needs_zeros) {
    masm().prologue(frame().shape());
    if (state().summary.leaves_instance)
      masm().store(StoreOp::k64, frame().own_context(), Masm::kVmContext);
    if (needs_zeros) zero_frame();
    move_params();
    if (needs_zeros) zero_registers();
  }

 private:
  // More frame locals than this are zeroed by a loop.
  static constexpr uint32_t kMaxUnrolledZeros = 16;

  // Parameters in registers that live in the frame first, then register to register, then those
  // from the stack.
  void move_params() {
    ParallelMove moves;
    ParallelMove float_moves;
    for (uint32_t local : state().summary.touched) {
      if (local >= state().summary.param_count) continue;
      const Home& home = homes()[local];
      const ValuePlace& place = layout().params[local];
      if (place.kind == ValuePlace::Kind::kStack) continue;
      uint8_t code = static_cast<uint8_t>(place.index);
      if (home.kind == Home::Kind::kFrame || home.is_write_through) store_param(home, code);
      if (home.kind != Home::Kind::kFrame)
        (is_float(home.type) ? float_moves : moves).add(home.code, code);
    }
    resolve_gprs(masm(), moves);
    resolve_fprs(masm(), float_moves);
    for (uint32_t local : state().summary.touched) {
      if (local >= state().summary.param_count) continue;
      const Home& home = homes()[local];
      if (layout().params[local].kind == ValuePlace::Kind::kStack)
        load_stack_param(home, layout().params[local].index);
      if (home.kind != Home::Kind::kFrame) homes().note_written(local, home);
    }
  }
  void store_param(const Home& home, uint8_t code) {
    Width width = width_of(home.type);
    if (is_float(home.type))
      masm().float_store(width, frame().local(home), Fpr{code});
    else
      masm().store(store_op(width), frame().local(home), Gpr{code});
  }
  void load_stack_param(const Home& home, uint32_t slot) {
    Address from = Masm::incoming_stack_slot(slot);
    Width width = width_of(home.type);
    if (home.kind == Home::Kind::kGpr) {
      masm().load(load_op(width), Gpr{home.code}, from);
    } else if (home.kind == Home::Kind::kFpr) {
      masm().float_load(width, Fpr{home.code}, from);
    }
    if (home.kind == Home::Kind::kFrame || home.is_write_through) {
      masm().load(LoadOp::k64, Masm::kScratch, from);
      masm().store(StoreOp::k64, frame().local(home), Masm::kScratch);
    }
  }

  // Core specification, section 4.4.10: locals start as zero. Only those whose first value may be
  // read. The frame comes before the parameters, so that a loop may run over all slots in between.
  void zero_frame() {
    uint32_t first = kNone32;
    uint32_t last = 0;
    uint32_t count = 0;
    for (uint32_t local : state().summary.touched) {
      const Home& home = homes()[local];
      if (!is_zeroed_in_frame(home)) continue;
      ++count;
      first = std::min(first, static_cast<uint32_t>(home.slot));
      last = std::max(last, static_cast<uint32_t>(home.slot));
    }
    if (count > kMaxUnrolledZeros) return zero_slots_by_loop(first, last);
    for (uint32_t local : state().summary.touched) {
      const Home& home = homes()[local];
      if (is_zeroed_in_frame(home)) masm().store_imm(StoreOp::k64, frame().local(home), 0);
    }
  }
  static bool is_zeroed_in_frame(const Home& home) {
    return home.needs_zero && (home.kind == Home::Kind::kFrame || home.is_write_through);
  }
  // The slot with the highest number has the lowest address. Arguments are in registers: only the
  // scratch register and one that passes no argument are free.
  void zero_slots_by_loop(uint32_t first, uint32_t last) {
    constexpr Gpr kCursor = call_scratch<Masm>();
    masm().load_address(kCursor, frame().local(last));
    masm().load_address(Masm::kScratch, frame().local(first));
    Label again;
    masm().bind(again);
    masm().store_imm(StoreOp::k64, {kCursor, kNoGpr, 0}, 0);
    masm().load_address(kCursor, {kCursor, kNoGpr, 8});
    masm().compare(Width::k64, kCursor, Masm::kScratch);
    masm().jump_if(Cond::kLessEqualU, again);
  }
  void zero_registers() {
    for (uint32_t local : state().summary.touched) {
      const Home& home = homes()[local];
      if (!home.needs_zero || home.kind == Home::Kind::kFrame) continue;
      if (home.kind == Home::Kind::kGpr)
        masm().zero(Gpr{home.code});
      else
        masm().float_move_imm(width_of(home.type), Fpr{home.code}, 0);
      homes().note_written(local, home);
    }
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  HomeState<Masm>& homes() { return state().homes; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
  const CallLayout& layout() { return state().layout; }
};

}  // namespace wisp::jit
