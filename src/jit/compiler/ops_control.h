// ControlOps<Masm>: locals, blocks, branches, select.
//
// External interface: on_local_*, on_drop, on_select*, on_block, on_loop, on_if, on_else, on_end,
// on_br, on_br_if, on_return, on_unreachable, on_nop.
//
// What holds at a label that is a branch target:
//   1. operands below the block are in their slots or are constants (done on entry to the block);
//   2. values that the label takes: the first integer in the first integer result register, the
//      first float likewise, the others in the slots of their places; at the function's own label
//      they are where the function returns them;
//   3. every living home is valid. Homes do not change, so a branch moves no local.
// Unreachable code is skipped; blocks are counted as the first walk counts them.
#pragma once

#include "jit/compiler/ops_reference.h"

namespace wisp::jit {

template <class Masm>
class ControlOps : public ReferenceOps<Masm> {
  using Base = ReferenceOps<Masm>;

 public:
  using typename Base::FprTarget;
  using typename Base::GprTarget;
  using typename Base::Kind;

  void on_nop() {}
  void on_drop() { release(pop()); }

  // ---- Locals ----

  void on_local_get(uint32_t local) { this->push_local(homes_[local].type, local); }
  void on_local_set(uint32_t local) {
    ValueNode node = pop();
    set_local(local, node);
    release(node);
  }
  void on_local_tee(uint32_t local) {
    ValueNode node = pop();
    set_local(local, node);
    if (node.is_const() || homes_[local].kind == Home::Kind::kFrame) return this->push_again(node);
    release(node);
    this->push_local(homes_[local].type, local);
  }

  // ---- Select ----

  void on_select() { select(); }
  void on_select_typed(ValueType) { select(); }

  // ---- Blocks ----

  void on_block(BlockType type) {
    bool is_target = next_block().is_target;
    uint32_t below = height_ - static_cast<uint32_t>(type.params().size());
    if (is_target) canonicalize(below);
    control_.push_back(
        {BlockFrame::Kind::kBlock, is_target, below, new_label(), kNone32, type, block_end()});
  }

  void on_loop(BlockType type) {
    const BlockInfo& block = next_block();
    uint32_t below = height_ - static_cast<uint32_t>(type.params().size());
    uint32_t label = new_label();
    if (block.is_target) {
      canonicalize(below);
      reload_stale();
      move_values_down(type.params(), below, false);
      if (block.is_innermost_loop) masm_.align(kLoopAlignment);
      masm_.bind(labels_[label]);
      this->forget_pins();
      push_merged(type.params());
    }
    control_.push_back(
        {BlockFrame::Kind::kLoop, false, below, label, kNone32, type, block_end()});
  }

  void on_if(BlockType type) {
    bool is_target = next_block().is_target;
    Cond cond = pop_condition();
    // The two arms begin alike: parameters in their slots.
    uint32_t below = height_ - static_cast<uint32_t>(type.params().size());
    canonicalize(below);
    for (uint32_t operand = below; operand < height_; ++operand) this->to_slot(operand);
    reload_stale();
    uint32_t label = new_label();
    uint32_t else_label = new_label();
    masm_.jump_if(negate(cond), labels_[else_label], reach_to(block_end()));
    this->flags_live_ = false;
    control_.push_back(
        {BlockFrame::Kind::kIf, is_target, below, label, else_label, type, block_end()});
  }

  void on_else() {
    BlockFrame& frame = control_.back();
    frame.is_joined = next_block().is_target || frame.is_joined || is_reachable_;
    frame.end = block_end();
    if (is_reachable_) {
      reload_stale();
      move_values_down(frame.type.results(), frame.height, false);
      masm_.jump(labels_[frame.label], reach_to(frame.end));
    }
    begin_else(frame);
    frame.kind = BlockFrame::Kind::kElse;
  }

  void on_end() {
    BlockFrame frame = control_.back();
    if (frame.kind == BlockFrame::Kind::kFunction) return end_function(frame);
    if (frame.kind == BlockFrame::Kind::kIf) {
      bool needs_moves = !frame.type.params().empty();
      if (is_reachable_) {
        reload_stale();
        move_values_down(frame.type.results(), frame.height, false);
        if (needs_moves) masm_.jump(labels_[frame.label]);
      }
      if (needs_moves) {
        begin_else(frame);
        move_values_down(frame.type.results(), frame.height, false);
      } else {
        masm_.bind(labels_[frame.else_label]);
      }
      control_.pop_back();
      return join(frame);
    }
    control_.pop_back();
    if (frame.is_joined) {
      if (is_reachable_) {
        reload_stale();
        move_values_down(frame.type.results(), frame.height, false);
      }
      return join(frame);
    }
    if (!is_reachable_) skip_counting_blocks();
  }

  // ---- Branches ----

  void on_br(uint32_t depth) {
    branch(frame_at(depth));
    end_reachable();
  }
  void on_return() { on_br(static_cast<uint32_t>(control_.size()) - 1); }

  void on_br_if(uint32_t depth) {
    BlockFrame& frame = frame_at(depth);
    if (top().is_const() && context_.options.folding) {
      if (pop().imm == 0) return;
      branch(frame_at(depth));
      is_reachable_ = false;
      // The first walk looks at no constants.
      return skip_counting_blocks();
    }
    std::span<const ValueType> types = branch_types(frame);
    Cond cond = pop_condition();
    if (types.size() > 1) {
      for (uint32_t i = 0; i < types.size(); ++i) this->to_slot(height_ - 1 - i);
    }
    reload_stale();
    this->flags_live_ = false;
    if (types.empty() || (types.size() == 1 && is_in_result_register(top()))) {
      return masm_.jump_if(cond, labels_[frame.label], reach_of(frame));
    }
    Label not_taken;
    masm_.jump_if(negate(cond), not_taken, types.size() == 1 ? Reach::kNear : Reach::kAny);
    copy_values(types, frame);
    jump_to(frame);
    masm_.bind(not_taken);
  }

  void on_unreachable() {
    note_site(TrapCode::kUnreachable);
    masm_.trap();
    end_reachable();
  }

 protected:
  ControlOps(Masm& masm, const ModuleContext& context, CompilerMemory& memory,
             std::vector<TrapSite>& sites)
      : Base(masm, context, memory, sites), control_(memory.control), labels_(memory.labels) {
    control_.clear();
    labels_.clear();
  }

  using Base::canonicalize;
  using Base::context_;
  using Base::decoder_;
  using Base::fpr_of;
  using Base::fprs_;
  using Base::gpr_of;
  using Base::gprs_;
  using Base::height_;
  using Base::homes_;
  using Base::local_slot;
  using Base::masm_;
  using Base::move_to_gpr;
  using Base::nodes_;
  using Base::note_site;
  using Base::operand_slot;
  using Base::pop;
  using Base::push_fpr;
  using Base::push_gpr;
  using Base::push_slot;
  using Base::release;
  using Base::reload_stale;
  using Base::store_home;
  using Base::top;

  static constexpr uint32_t kLoopAlignment = 16;
  // Code is about 1.4 times as long as its wasm; a wrong guess costs compiling the function again.
  static constexpr uint32_t kNearWasmBytes = 32;

  const BlockInfo& next_block() {
    ++block_;
    return this_block();
  }
  const BlockInfo& this_block() const {
    const std::vector<BlockInfo>& blocks = this->summary_.blocks;
    // More of them than the first walk has counted: refused at the end.
    return blocks[block_ < blocks.size() ? block_ : 0];
  }
  uint32_t block_end() const { return this_block().end; }
  // Behind the function's code: whether what this walk took for reachable is what the first walk
  // did. All that is known of a block is found by counting, so code from walks that disagree must
  // never run.
  bool has_walked_like_first() const {
    return block_ + 1 == this->summary_.blocks.size() &&
           std::none_of(labels_.begin(), labels_.end(),
                        [](const Label& label) { return label.is_pending(); });
  }
  // Guesses from the length of the wasm code whether a jump to the end of a block is short.
  Reach reach_to(uint32_t end) const {
    return end - decoder_->position() <= kNearWasmBytes ? Reach::kNear : Reach::kAny;
  }
  // The label of an if lies behind its else arm, of which nothing is known yet.
  Reach reach_of(const BlockFrame& frame) const {
    return frame.kind == BlockFrame::Kind::kIf ? Reach::kAny : reach_to(frame.end);
  }
  uint32_t new_label() {
    labels_.emplace_back();
    return static_cast<uint32_t>(labels_.size() - 1);
  }
  BlockFrame& frame_at(uint32_t depth) { return control_[control_.size() - 1 - depth]; }
  static std::span<const ValueType> branch_types(const BlockFrame& frame) {
    return frame.kind == BlockFrame::Kind::kLoop ? frame.type.params() : frame.type.results();
  }

  // ---- Locals ----

  void set_local(uint32_t local, const ValueNode& node) {
    Home& home = homes_[local];
    if (node.kind == Kind::kLocal && node.index == local) {
      // To itself.
      if (home.is_write_through && !this->is_stale(home)) store_home(home);
      return;
    }
    if (home.pending != 0) this->materialize_pending(local);
    switch (home.kind) {
      case Home::Kind::kGpr:
        detach_other(this->gpr_pin_local_[home.code], local);
        move_to_gpr(node, Gpr{home.code});
        break;
      case Home::Kind::kFpr:
        detach_other(this->fpr_pin_local_[home.code], local);
        this->move_to_fpr(node, Fpr{home.code});
        break;
      case Home::Kind::kFrame:
        return this->move_to_memory(node, local_slot(home));
      case Home::Kind::kNone:
        this->unreachable_kind();
    }
    this->note_written(local, home);
    if (home.is_write_through) store_home(home);
  }
  // Operands that stand for a local that had this register before.
  void detach_other(uint32_t previous, uint32_t local) {
    if (previous != local && previous != Base::kNoLocal && homes_[previous].pending != 0) {
      this->materialize_pending(previous);
    }
  }

  // ---- Conditions ----

  // Pops a condition into the flags.
  Cond pop_condition() {
    ValueNode node = pop();
    if (node.kind == Kind::kCmp) return node.cond();
    Gpr reg = gpr_of(node);
    release(node);
    masm_.test(Width::k32, reg, reg);
    this->flags_live_ = true;
    return Cond::kNotEqual;
  }

  void select() {
    if (top().is_const() && context_.options.folding) return select_const(pop().imm != 0);
    Cond cond = pop_condition();
    ValueNode rhs = pop();
    ValueNode lhs = pop();
    if (is_float(lhs.type)) return select_float(cond, lhs, rhs);
    Gpr rhs_reg = gpr_of(rhs);
    Gpr lhs_reg = gpr_of(lhs);
    release(rhs);
    release(lhs);
    GprTarget target = this->result_gpr(Base::reusable(lhs));
    masm_.select_if(cond, width_of(lhs.type), target.reg, lhs_reg, rhs_reg);
    this->flags_live_ = false;
    this->push_result(lhs.type, target);
  }
  void select_const(bool takes_first) {
    ValueNode rhs = pop();
    ValueNode lhs = pop();
    release(takes_first ? rhs : lhs);
    this->push_again(takes_first ? lhs : rhs);
  }
  // By a jump over a move.
  void select_float(Cond cond, ValueNode& lhs, ValueNode& rhs) {
    Fpr rhs_reg = fpr_of(rhs);
    Fpr lhs_reg = fpr_of(lhs);
    release(lhs);
    FprTarget target = this->result_fpr(Base::reusable_fpr(lhs));
    Width width = width_of(lhs.type);
    Label done;
    if (target.reg == rhs_reg) {
      masm_.jump_if(negate(cond), done, Reach::kNear);
      masm_.float_move(width, target.reg, lhs_reg);
    } else {
      if (target.reg != lhs_reg) masm_.float_move(width, target.reg, lhs_reg);
      masm_.jump_if(cond, done, Reach::kNear);
      masm_.float_move(width, target.reg, rhs_reg);
    }
    masm_.bind(done);
    this->flags_live_ = false;
    release(rhs);
    this->push_result(lhs.type, target);
  }

  // ---- Values at labels ----

  bool is_in_result_register(const ValueNode& node) const {
    if (node.kind == Kind::kReg) return node.gpr() == Masm::kIntResults[0];
    return node.kind == Kind::kFReg && node.fpr() == Masm::kFloatResults[0];
  }

  // The values on top to where a label at `target_height` takes them, and off the stack.
  void move_values_down(std::span<const ValueType> types, uint32_t target_height,
                        bool is_function) {
    if (types.size() == 1) {
      ValueNode node = pop();
      if (is_float(node.type))
        this->move_to_fpr(node, Masm::kFloatResults[0]);
      else
        move_to_gpr(node, Masm::kIntResults[0]);
      return release(node);
    }
    if (types.empty()) return;
    for (uint32_t i = 0; i < types.size(); ++i) this->to_slot(height_ - 1 - i);
    copy_slots(types, height_ - static_cast<uint32_t>(types.size()), target_height, is_function);
    for (uint32_t i = 0; i < types.size(); ++i) release(pop());
  }
  // Likewise, but the stack stays as it is: the other edge of a conditional branch needs it. More
  // than one value: in slots.
  void copy_values(std::span<const ValueType> types, const BlockFrame& frame) {
    if (types.size() == 1) {
      const ValueNode& node = top();
      if (is_float(node.type))
        this->move_to_fpr(node, Masm::kFloatResults[0]);
      else
        move_to_gpr(node, Masm::kIntResults[0]);
      return;
    }
    copy_slots(types, height_ - static_cast<uint32_t>(types.size()), frame.height,
               frame.kind == BlockFrame::Kind::kFunction);
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
        masm_.load(LoadOp::k64, Masm::kScratch, operand_slot(from + i));
        masm_.store(StoreOp::k64, operand_slot(to + i), Masm::kScratch);
      } else if (is_float(types[i])) {
        masm_.float_load(width, Masm::kFloatResults[0], operand_slot(from + i));
      } else {
        this->load_gpr(width, Masm::kIntResults[0], operand_slot(from + i));
      }
      has = true;
    }
  }
  void copy_slots_to_results(std::span<const ValueType> types, uint32_t from) {
    for (uint32_t i = 0; i < types.size(); ++i) {
      const ValuePlace& place = result_layout_->results[i];
      Address slot = operand_slot(from + i);
      uint8_t code = static_cast<uint8_t>(place.index);
      switch (place.kind) {
        case ValuePlace::Kind::kGpr:
          this->load_gpr(width_of(types[i]), Gpr{code}, slot);
          break;
        case ValuePlace::Kind::kFpr:
          masm_.float_load(width_of(types[i]), Fpr{code}, slot);
          break;
        case ValuePlace::Kind::kStack:
          masm_.load(LoadOp::k64, Masm::kScratch, slot);
          masm_.store(StoreOp::k64, Masm::incoming_stack_slot(place.index), Masm::kScratch);
          break;
      }
    }
  }

  // Behind a label: its values as operands.
  void push_merged(std::span<const ValueType> types) {
    bool has_int = false;
    bool has_float = false;
    for (ValueType type : types) {
      bool& has = is_float(type) ? has_float : has_int;
      if (has) {
        push_slot(type);
      } else if (is_float(type)) {
        fprs_.take(Masm::kFloatResults[0].code);
        push_fpr(type, Masm::kFloatResults[0]);
      } else {
        gprs_.take(Masm::kIntResults[0].code);
        push_gpr(type, Masm::kIntResults[0]);
      }
      has = true;
    }
  }

  void drop_to(uint32_t height) {
    while (height_ > height) release(pop());
  }

  // ---- Edges ----

  void begin_else(BlockFrame& frame) {
    drop_to(frame.height);
    masm_.bind(labels_[frame.else_label]);
    this->forget_pins();
    is_reachable_ = true;
    for (ValueType type : frame.type.params()) push_slot(type);
  }

  // Binds the label of a block that has ended; code goes on behind it.
  void join(const BlockFrame& frame) {
    drop_to(frame.height);
    masm_.bind(labels_[frame.label]);
    this->forget_pins();
    is_reachable_ = true;
    push_merged(frame.type.results());
  }

  void branch(BlockFrame& frame) {
    bool is_function = frame.kind == BlockFrame::Kind::kFunction;
    if (!is_function) reload_stale();
    move_values_down(branch_types(frame), frame.height, is_function);
    jump_to(frame);
  }
  void jump_to(const BlockFrame& frame) {
    if (frame.kind == BlockFrame::Kind::kFunction && this->saved_count_ <= 1)
      return masm_.epilogue(frame_shape_);
    masm_.jump(labels_[frame.label], reach_of(frame));
  }

  // The code from here to the end of the block cannot be reached.
  void end_reachable() {
    is_reachable_ = false;
    drop_to(control_.back().height);
    decoder_->skip_unreachable();
  }
  // The same where the first walk has seen that code, so that its blocks count: behind the end of a
  // block that neither falls through nor is branched to, behind a condition that is always true.
  void skip_counting_blocks() {
    drop_to(control_.back().height);
    for (uint32_t depth = 0;;) {
      switch (decoder_->peek_opcode()) {
        case Opcode::kBlock:
        case Opcode::kLoop:
        case Opcode::kIf:
          ++depth;
          ++block_;
          break;
        case Opcode::kElse:
          if (depth == 0) return;
          ++block_;
          break;
        case Opcode::kEnd:
          if (depth-- == 0) return;
          break;
        case Opcode::kBr:
        case Opcode::kBrTable:
        case Opcode::kReturn:
        case Opcode::kUnreachable:
          decoder_->skip_next();
          decoder_->skip_unreachable();
          continue;
        default:
          break;
      }
      decoder_->skip_next();
    }
  }

  void end_function(BlockFrame& frame) {
    control_.pop_back();
    if (is_reachable_) move_values_down(frame.type.results(), frame.height, true);
    if (is_reachable_ || frame.is_joined || labels_[frame.label].is_pending()) {
      masm_.bind(labels_[frame.label]);
      masm_.epilogue(frame_shape_);
    }
  }

  std::vector<BlockFrame>& control_;
  std::vector<Label>& labels_;
  const CallLayout* result_layout_ = nullptr;
  FrameShape frame_shape_;
  uint32_t block_ = 0;
  bool is_reachable_ = true;
};

}  // namespace wisp::jit
