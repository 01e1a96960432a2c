// ControlFlow<Masm>: what the control instructions have in common: values at labels, branches, code
// that cannot be reached.
//
// External interface: ControlFlow.
//
// What holds at a label that is a branch target:
//   1. operands below the block are in their slots or are constants (done on entry to the block);
//   2. values that the label takes: the first integer in the first integer result register, the
//      first float likewise, the others in the slots of their places; at the function's own label
//      they are where the function returns them;
//   3. every living home is valid. Homes do not change, so a branch moves no local.
#pragma once

#include <span>

#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class ControlFlow {
  using Kind = ValueNode::Kind;

 public:
  // ---- Values at labels ----

  bool is_in_result_register(const ValueNode& node) const {
    if (node.kind == Kind::kReg) return node.gpr() == Masm::kIntResults[0];
    return node.kind == Kind::kFReg && node.fpr() == Masm::kFloatResults[0];
  }

  // The only value that a label takes.
  void move_to_result_register(const ValueNode& node) {
    if (is_float(node.type))
      operands().move_to_fpr(node, Masm::kFloatResults[0]);
    else
      operands().move_to_gpr(node, Masm::kIntResults[0]);
  }

  // The values on top to where a label at `target_height` takes them, and off the stack.
  void move_values_down(std::span<const ValueType> types, uint32_t target_height,
                        bool is_function) {
    if (types.size() == 1) {
      ValueNode node = operands().pop();
      move_to_result_register(node);
      return operands().release(node);
    }
    if (types.empty()) return;
    operands().top_to_slots(types.size());
    const uint32_t first = operands().height() - static_cast<uint32_t>(types.size());
    copy_slots(types, first, target_height, is_function);
    operands().drop_to(first);
  }
  // Likewise, but the stack stays as it is: the other edge of a conditional branch needs it. More
  // than one value: in slots.
  void copy_values(std::span<const ValueType> types, const BlockFrame& block) {
    if (types.size() == 1) return move_to_result_register(operands().top());
    copy_slots(types, operands().height() - static_cast<uint32_t>(types.size()), block.height,
               block.kind == BlockFrame::Kind::kFunction);
  }

  // From slots to places, in ascending order: a slot is only overwritten after it was read, because
  // values move down.
  void copy_slots(std::span<const ValueType> types, uint32_t from, uint32_t to, bool is_function) {
    if (is_function) return copy_slots_to_results(types, from);
    bool has_int = false;
    bool has_float = false;
    for (uint32_t i = 0; i < types.size(); ++i) {
      bool& has = is_float(types[i]) ? has_float : has_int;
      Width width = width_of(types[i]);
      if (has) {
        if (from == to) continue;
        masm().load(LoadOp::k64, Masm::kScratch, frame().operand(from + i));
        masm().store(StoreOp::k64, frame().operand(to + i), Masm::kScratch);
      } else if (is_float(types[i])) {
        masm().float_load(width, Masm::kFloatResults[0], frame().operand(from + i));
      } else {
        masm().load(load_op(width), Masm::kIntResults[0], frame().operand(from + i));
      }
      has = true;
    }
  }

  // Behind a label: its values as operands.
  void push_merged(std::span<const ValueType> types) {
    bool has_int = false;
    bool has_float = false;
    for (ValueType type : types) {
      bool& has = is_float(type) ? has_float : has_int;
      if (has) {
        operands().push_slot(type);
      } else if (is_float(type)) {
        operands().fprs.take(Masm::kFloatResults[0].code);
        operands().push_fpr(type, Masm::kFloatResults[0]);
      } else {
        operands().gprs.take(Masm::kIntResults[0].code);
        operands().push_gpr(type, Masm::kIntResults[0]);
      }
      has = true;
    }
  }

  // ---- Edges ----

  void begin_else(BlockFrame& block) {
    operands().drop_to(block.height);
    masm().bind(control().label(block.else_label));
    homes().forget();
    control().is_reachable = true;
    for (ValueType type : block.type.params()) operands().push_slot(type);
  }

  // Binds the label of a block that has ended; code goes on behind it.
  void join(const BlockFrame& block) {
    operands().drop_to(block.height);
    masm().bind(control().label_of(block));
    homes().forget();
    control().is_reachable = true;
    push_merged(block.type.results());
  }

  void branch(BlockFrame& block) {
    bool is_function = block.kind == BlockFrame::Kind::kFunction;
    if (!is_function) homes().reload_stale();
    move_values_down(control().branch_types(block), block.height, is_function);
    jump_to(block);
  }
  void jump_to(const BlockFrame& block) {
    if (block.kind == BlockFrame::Kind::kFunction && frame().saved_count() <= 1)
      return masm().epilogue(frame().shape());
    masm().jump(control().label_of(block), control().reach_of(block));
  }

  // ---- Unreachable code ----

  // Code from here to the end of the block cannot be reached. Both walks leave it out.
  void end_reachable() {
    control().is_reachable = false;
    operands().drop_to(control().innermost().height);
    cursor().skip_unreachable();
  }
  // The same where the first walk has seen that code.
  void end_reachable_in_second_walk() {
    control().is_reachable = false;
    operands().drop_to(control().innermost().height);
    control().skip_counting_blocks();
  }

 private:
  void copy_slots_to_results(std::span<const ValueType> types, uint32_t from) {
    for (uint32_t i = 0; i < types.size(); ++i) {
      const ValuePlace& place = layout().results[i];
      Address slot = frame().operand(from + i);
      uint8_t code = static_cast<uint8_t>(place.index);
      switch (place.kind) {
        case ValuePlace::Kind::kGpr:
          masm().load(load_op(width_of(types[i])), Gpr{code}, slot);
          break;
        case ValuePlace::Kind::kFpr:
          masm().float_load(width_of(types[i]), Fpr{code}, slot);
          break;
        case ValuePlace::Kind::kStack:
          masm().load(LoadOp::k64, Masm::kScratch, slot);
          masm().store(StoreOp::k64, Masm::incoming_stack_slot(place.index), Masm::kScratch);
          break;
      }
    }
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  HomeState<Masm>& homes() { return state().homes; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
  ControlState& control() { return state().control; }
  BodyCursor& cursor() { return state().cursor; }
  const CallLayout& layout() { return state().layout; }
};

}  // namespace wisp::jit
