// ControlOps<Masm>: blocks and branches.
//
// External interface: on_nop, on_unreachable, on_block, on_loop, on_if, on_else, on_end, on_br,
// on_br_if, on_return.
#pragma once

#include <span>

#include "jit/compiler/control_flow.h"

namespace wisp::jit {

template <class Masm>
class ControlOps {
 public:
  void on_nop() {}

  // ---- Blocks ----

  void on_block(BlockType type) {
    bool is_target = control().next_block().is_target;
    uint32_t below = operands().height() - static_cast<uint32_t>(type.params().size());
    if (is_target) operands().canonicalize(below);
    control().push({BlockFrame::Kind::kBlock, is_target, below, control().new_label(), kNone32,
                    type, control().block_end()});
  }

  void on_loop(BlockType type) {
    const BlockInfo& info = control().next_block();
    uint32_t below = operands().height() - static_cast<uint32_t>(type.params().size());
    uint32_t label = control().new_label();
    if (info.is_target) {
      operands().canonicalize(below);
      homes().reload_stale();
      flow().move_values_down(type.params(), below, false);
      if (info.is_innermost_loop) masm().align(kLoopAlignment);
      masm().bind(control().label(label));
      homes().forget();
      flow().push_merged(type.params());
    }
    control().push(
        {BlockFrame::Kind::kLoop, false, below, label, kNone32, type, control().block_end()});
  }

  void on_if(BlockType type) {
    bool is_target = control().next_block().is_target;
    Cond cond = operands().pop_condition();
    // The two arms begin alike: parameters in their slots.
    uint32_t below = operands().height() - static_cast<uint32_t>(type.params().size());
    operands().canonicalize(below);
    for (uint32_t operand = below; operand < operands().height(); ++operand)
      operands().to_slot(operand);
    homes().reload_stale();
    uint32_t label = control().new_label();
    uint32_t else_label = control().new_label();
    masm().jump_if(negate(cond), control().label(else_label),
                   control().reach_to(control().block_end()));
    operands().end_flags();
    control().push(
        {BlockFrame::Kind::kIf, is_target, below, label, else_label, type, control().block_end()});
  }

  void on_else() {
    BlockFrame& block = control().innermost();
    block.is_joined = control().next_block().is_target || block.is_joined || control().is_reachable;
    block.end = control().block_end();
    if (control().is_reachable) {
      homes().reload_stale();
      flow().move_values_down(block.type.results(), block.height, false);
      masm().jump(control().label_of(block), control().reach_to(block.end));
    }
    flow().begin_else(block);
    block.kind = BlockFrame::Kind::kElse;
  }

  void on_end() {
    BlockFrame block = control().innermost();
    if (block.kind == BlockFrame::Kind::kFunction) return end_function();
    if (block.kind == BlockFrame::Kind::kIf) {
      bool needs_moves = !block.type.params().empty();
      if (control().is_reachable) {
        homes().reload_stale();
        flow().move_values_down(block.type.results(), block.height, false);
        if (needs_moves) masm().jump(control().label_of(block));
      }
      if (needs_moves) {
        flow().begin_else(block);
        flow().move_values_down(block.type.results(), block.height, false);
      } else {
        masm().bind(control().label(block.else_label));
      }
      control().pop();
      return flow().join(block);
    }
    control().pop();
    if (block.is_joined) {
      if (control().is_reachable) {
        homes().reload_stale();
        flow().move_values_down(block.type.results(), block.height, false);
      }
      return flow().join(block);
    }
    if (!control().is_reachable) flow().end_reachable_in_second_walk();
  }

  // ---- Branches ----

  void on_br(uint32_t depth) {
    flow().branch(control().frame_at(depth));
    flow().end_reachable();
  }
  void on_return() { on_br(static_cast<uint32_t>(control().depth()) - 1); }

  void on_br_if(uint32_t depth) {
    BlockFrame& block = control().frame_at(depth);
    if (operands().folds(operands().top())) {
      if (operands().pop().imm == 0) return;
      flow().branch(block);
      // The first walk looks at no constants.
      return flow().end_reachable_in_second_walk();
    }
    std::span<const ValueType> types = control().branch_types(block);
    Cond cond = operands().pop_condition();
    if (types.size() > 1) operands().top_to_slots(types.size());
    homes().reload_stale();
    operands().end_flags();
    if (types.empty() || (types.size() == 1 && flow().is_in_result_register(operands().top()))) {
      return masm().jump_if(cond, control().label_of(block), control().reach_of(block));
    }
    Label not_taken;
    masm().jump_if(negate(cond), not_taken, types.size() == 1 ? Reach::kNear : Reach::kAny);
    flow().copy_values(types, block);
    flow().jump_to(block);
    masm().bind(not_taken);
  }

  void on_unreachable() {
    traps().note(TrapCode::kUnreachable);
    masm().trap();
    flow().end_reachable();
  }

 private:
  static constexpr uint32_t kLoopAlignment = 16;

  void end_function() {
    const BlockFrame block = control().pop();
    if (control().is_reachable) flow().move_values_down(block.type.results(), block.height, true);
    if (control().is_reachable || block.is_joined || control().label_of(block).is_pending()) {
      masm().bind(control().label_of(block));
      masm().epilogue(frame().shape());
    }
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  HomeState<Masm>& homes() { return state().homes; }
  TrapSites<Masm>& traps() { return state().traps; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
  ControlState& control() { return state().control; }
  ControlFlow<Masm>& flow() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
