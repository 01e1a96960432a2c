// Operands<Masm>: the operand stack of the function being compiled and its temporaries.
//
// External interface (to the ops_*.h, which derive from it one after another):
//   pop, push_*               deferred operands; a popped one stays usable, and its registers held,
//                             until `release`
//   gpr_of, fpr_of            a popped operand in a register that may be read, not written
//   result_gpr, result_fpr    where a result goes: into the home of the next local.set, else into
//                             a temporary; then push_result
//   canonicalize              operands to their slots, before labels
// Protocol of an opcode: pop its operands, bring them to registers, release them, choose the
// result, emit, push. Releasing before choosing lets the result take an operand's register;
// primitives allow any overlap.
//
// Invariants:
//   1. Below `canonical_` all operands are constants or in their own slots: canonicalizing is O(1)
//      amortised.
//   2. A 32-bit value in a register is zero-extended.
//   3. `flags_live_`: between a compare and its use, only moves, loads and stores are emitted.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "jit/compiler/frame_state.h"
#include "jit/compiler/register_file.h"

namespace wisp::jit {

template <class Masm>
class Operands : public FrameState<Masm> {
  using Base = FrameState<Masm>;

 public:
  using Base::kNoLocal;
  using Kind = ValueNode::Kind;

  // Where a result goes: a temporary, or the home of the local that the next opcode sets. That
  // opcode is left out then.
  struct GprTarget {
    Gpr reg;
    uint32_t local;
  };
  struct FprTarget {
    Fpr reg;
    uint32_t local;
  };

 protected:
  using Base::context_;
  using Base::decoder_;
  using Base::fpr_pin_local_;
  using Base::gpr_pin_local_;
  using Base::homes_;
  using Base::is_stale;
  using Base::load_gpr;
  using Base::local_slot;
  using Base::masm_;
  using Base::note_site;
  using Base::note_written;
  using Base::operand_slot;
  using Base::use_home_fpr;
  using Base::use_home_gpr;

  Operands(Masm& masm, const ModuleContext& context, CompilerMemory& memory,
           std::vector<TrapSite>& sites)
      : Base(masm, context, memory, sites) {
    // Values are pushed without a check: there is room for all, and for what a call adds.
    if (memory.nodes.size() <= memory.summary->max_operand_height + 1)
      memory.nodes.resize(memory.summary->max_operand_height + 16);
    nodes_ = memory.nodes.data();
  }

  // ---- Stack ----

  ValueNode& top() { return nodes_[height_ - 1]; }
  uint32_t height() const { return height_; }

  [[gnu::always_inline]] ValueNode pop() {
    ValueNode node = nodes_[--height_];
    if (height_ < canonical_) canonical_ = height_;
    if (node.kind == Kind::kLocal) {
      --homes_[node.index].pending;
    } else if (node.kind == Kind::kReg) {
      gprs_.hold(node.reg);
    } else if (node.kind > Kind::kReg) {
      hold_register(node);
    }
    return node;
  }
  // Of other kinds than Reg.
  [[gnu::noinline]] void hold_register(const ValueNode& node) {
    if (node.kind == Kind::kFReg) return fprs_.hold(node.reg);
    if (is_temporary(node)) gprs_.hold(node.reg);
  }
  // Of a Scaled or Load: its register is a temporary, not a home.
  bool is_temporary(const ValueNode& node) const {
    return node.reg != 0xff && gprs_.is_temporary(node.reg);
  }

  // Pops several operands and ends their use: `forget` each, `drop_nodes` them together.
  [[gnu::always_inline]] void forget(const ValueNode& node) {
    if (node.kind == Kind::kLocal)
      --homes_[node.index].pending;
    else
      release(node);
  }
  void drop_nodes(uint32_t count) {
    height_ -= count;
    canonical_ = std::min(canonical_, height_);
  }

  // Ends the use of a popped operand.
  [[gnu::always_inline]] void release(const ValueNode& node) {
    if (node.kind == Kind::kReg) return gprs_.free(node.reg);
    if (node.kind > Kind::kReg) free_register(node);
  }
  [[gnu::noinline]] void free_register(const ValueNode& node) {
    if (node.kind == Kind::kFReg) return fprs_.free(node.reg);
    if (is_temporary(node)) gprs_.free(node.reg);
  }

  void push_const(ValueType type, int64_t bits) {
    if (width_of(type) == Width::k32) bits = static_cast<uint32_t>(bits);
    nodes_[height_++] = ValueNode::make(Kind::kConst, type, 0xff, 0, 0, bits);
  }
  void push_gpr(ValueType type, Gpr reg) {
    gprs_.give(reg.code, height_);
    nodes_[height_++] = ValueNode::make(Kind::kReg, type, reg.code, 0, 0, 0);
  }
  void push_fpr(ValueType type, Fpr reg) {
    fprs_.give(reg.code, height_);
    nodes_[height_++] = ValueNode::make(Kind::kFReg, type, reg.code, 0, 0, 0);
  }
  void push_local(ValueType type, uint32_t local) {
    ++homes_[local].pending;
    nodes_[height_++] = ValueNode::make(Kind::kLocal, type, 0xff, 0, local, 0);
  }
  void push_slot(ValueType type) {
    nodes_[height_] = ValueNode::make(Kind::kSlot, type, 0xff, 0, height_, 0);
    ++height_;
  }
  void push_cmp(Cond cond) {
    flags_live_ = true;
    nodes_[height_++] =
        ValueNode::make(Kind::kCmp, ValueType::kI32, 0xff, static_cast<uint8_t>(cond), 0, 0);
  }
  // A popped operand again, at the place where it was or any other.
  void push_again(const ValueNode& popped) {
    ValueNode node = popped;
    if (node.kind == Kind::kSlot && node.index != height_) {
      if (is_float(node.type))
        (void)fpr_of(node);
      else
        (void)gpr_of(node);
    }
    switch (node.kind) {
      case Kind::kLocal:
        ++homes_[node.index].pending;
        break;
      case Kind::kReg:
        gprs_.give(node.reg, height_);
        break;
      case Kind::kFReg:
        fprs_.give(node.reg, height_);
        break;
      default:
        break;
    }
    nodes_[height_++] = node;
  }
  // The last step of an opcode.
  void push_result(ValueType type, GprTarget target) {
    if (target.local != kNoLocal) return finish_set(target.local);
    push_gpr(type, target.reg);
  }
  void push_result(ValueType type, FprTarget target) {
    if (target.local != kNoLocal) return finish_set(target.local);
    push_fpr(type, target.reg);
  }
  // The home of `local` has got the value that the next opcode sets it to: that opcode is done.
  void finish_set(uint32_t local) {
    const bool is_tee = decoder_->peek_opcode() == Opcode::kLocalTee;
    decoder_->skip_next_index();
    const Home& home = homes_[local];
    if (home.is_write_through) this->store_home(home);
    if (is_tee) push_local(home.type, local);
  }

  // ---- Temporaries ----

  Gpr take_gpr(RegisterSet avoid = {}) {
    RegisterSet candidates = gprs_.free_set() - avoid;
    if (candidates.is_empty()) [[unlikely]]
      return spill_for_gpr(avoid);
    uint8_t code = candidates.first();
    gprs_.take(code);
    return Gpr{code};
  }
  Fpr take_fpr(RegisterSet avoid = {}) {
    RegisterSet candidates = fprs_.free_set() - avoid;
    if (candidates.is_empty()) [[unlikely]]
      return spill_for_fpr(avoid);
    uint8_t code = candidates.first();
    fprs_.take(code);
    return Fpr{code};
  }
  // Makes this very register held; what owned it moves away.
  void claim(Gpr reg) {
    if (!gprs_.is_free(reg.code)) evict(reg);
    gprs_.take(reg.code);
  }

  // Brings the owner of a temporary to another one, or to its slot.
  [[gnu::noinline]] void evict(Gpr reg) {
    uint32_t operand = gprs_.owner(reg.code);
    WISP_DCHECK(operand < height_);
    RegisterSet others = gprs_.free_set();
    if (others.is_empty() || nodes_[operand].kind != Kind::kReg) return spill_operand(operand);
    uint8_t code = others.first();
    gprs_.take(code);
    masm_.move(Width::k64, Gpr{code}, reg);
    gprs_.give(code, operand);
    nodes_[operand].reg = code;
    gprs_.hold(reg.code);
    gprs_.free(reg.code);
  }

  // An operand on the stack to its slot.
  void spill_operand(uint32_t operand) {
    ValueNode& node = nodes_[operand];
    if (node.kind == Kind::kReg) {
      masm_.store(width_of(node.type) == Width::k32 ? StoreOp::k32 : StoreOp::k64,
                  operand_slot(operand), node.gpr());
      gprs_.free(node.reg);
    } else {
      WISP_DCHECK(node.kind == Kind::kFReg);
      masm_.float_store(width_of(node.type), operand_slot(operand), node.fpr());
      fprs_.free(node.reg);
    }
    node = {Kind::kSlot, node.type, 0xff, 0, operand, 0};
  }

  // ---- Operands to registers ----

  // A popped operand, readable in the returned register. `node` says afterwards what is to be
  // released.
  [[gnu::always_inline]] Gpr gpr_of(ValueNode& node, RegisterSet avoid = {}) {
    if (node.kind == Kind::kReg) return node.gpr();
    if (node.kind == Kind::kLocal && homes_[node.index].kind == Home::Kind::kGpr)
      return use_home_gpr(node.index);
    return materialize_gpr(node, avoid);
  }
  Fpr fpr_of(ValueNode& node) {
    if (node.kind == Kind::kFReg) return node.fpr();
    if (node.kind == Kind::kLocal && homes_[node.index].kind == Home::Kind::kFpr)
      return use_home_fpr(node.index);
    return materialize_fpr(node);
  }

  [[gnu::noinline]] Gpr materialize_gpr(ValueNode& node, RegisterSet avoid) {
    release(node);
    Gpr reg = take_gpr(avoid);
    move_to_gpr(node, reg);
    node = {Kind::kReg, node.type, reg.code, 0, 0, 0};
    return reg;
  }
  [[gnu::noinline]] Fpr materialize_fpr(ValueNode& node) {
    release(node);
    Fpr reg = take_fpr();
    move_to_fpr(node, reg);
    node = {Kind::kFReg, node.type, reg.code, 0, 0, 0};
    return reg;
  }

  // In a temporary that may be written.
  Gpr writable_gpr(ValueNode& node, RegisterSet avoid = {}) {
    if (node.kind == Kind::kReg && !avoid.contains(node.reg)) return node.gpr();
    return materialize_gpr(node, avoid);
  }

  // Emits what brings the value of a popped operand into `dst`. Keeps the flags if they are live.
  void move_to_gpr(const ValueNode& node, Gpr dst) {
    Width width = width_of(node.type);
    switch (node.kind) {
      case Kind::kConst:
        if (node.imm == 0 && !flags_live_)
          masm_.zero(dst);
        else
          masm_.move_imm(width, dst, node.imm);
        return;
      case Kind::kReg:
        if (node.reg != dst.code) masm_.move(width, dst, node.gpr());
        return;
      case Kind::kLocal:
        return move_local_to_gpr(node, dst);
      case Kind::kSlot:
        return load_gpr(width, dst, operand_slot(node.index));
      case Kind::kScaled:
        return masm_.add_shifted(width, dst, kNoGpr, node.gpr(), node.aux, 0);
      case Kind::kCmp:
        flags_live_ = false;
        return masm_.set_if(node.cond(), dst);
      case Kind::kLoad:
        note_load_site(node);
        return masm_.load(static_cast<LoadOp>(node.aux), dst, load_address_of(node));
      case Kind::kFReg:
        break;
    }
    unreachable_kind();
  }
  void move_to_fpr(const ValueNode& node, Fpr dst) {
    Width width = width_of(node.type);
    switch (node.kind) {
      case Kind::kConst:
        return masm_.float_move_imm(width, dst, static_cast<uint64_t>(node.imm));
      case Kind::kFReg:
        if (node.reg != dst.code) masm_.float_move(width, dst, node.fpr());
        return;
      case Kind::kLocal: {
        const Home& home = homes_[node.index];
        if (home.kind == Home::Kind::kFrame) return masm_.float_load(width, dst, local_slot(home));
        if (is_stale(home)) return masm_.float_load(width, dst, local_slot(home));
        if (home.code != dst.code) masm_.float_move(width, dst, Fpr{home.code});
        return;
      }
      case Kind::kSlot:
        return masm_.float_load(width, dst, operand_slot(node.index));
      case Kind::kLoad:
        note_load_site(node);
        return masm_.float_load(width, dst, load_address_of(node));
      default:
        break;
    }
    unreachable_kind();
  }
  void move_local_to_gpr(const ValueNode& node, Gpr dst) {
    const Home& home = homes_[node.index];
    if (home.kind == Home::Kind::kFrame || is_stale(home)) {
      load_gpr(width_of(node.type) == Width::k32 ? Width::k32 : width_of(home.type), dst,
               local_slot(home));
    } else if (home.code != dst.code) {
      masm_.move(width_of(node.type), dst, Gpr{home.code});
    }
  }

  // A popped operand into memory of the frame; through the scratch register if it must.
  void move_to_memory(const ValueNode& node, Address address) {
    Width width = width_of(node.type);
    StoreOp op = width == Width::k32 ? StoreOp::k32 : StoreOp::k64;
    switch (node.kind) {
      case Kind::kConst:
        if (Masm::is_store_imm(op, node.imm)) return masm_.store_imm(op, address, node.imm);
        masm_.move_imm(width, Masm::kScratch, node.imm);
        return masm_.store(op, address, Masm::kScratch);
      case Kind::kReg:
        return masm_.store(op, address, node.gpr());
      case Kind::kFReg:
        return masm_.float_store(width, address, node.fpr());
      case Kind::kLocal: {
        const Home& home = homes_[node.index];
        if (home.kind == Home::Kind::kGpr && !is_stale(home))
          return masm_.store(op, address, Gpr{home.code});
        if (home.kind == Home::Kind::kFpr && !is_stale(home))
          return masm_.float_store(width, address, Fpr{home.code});
        load_gpr(width_of(home.type), Masm::kScratch, local_slot(home));
        return masm_.store(op, address, Masm::kScratch);
      }
      case Kind::kSlot:
        load_gpr(width, Masm::kScratch, operand_slot(node.index));
        return masm_.store(op, address, Masm::kScratch);
      default:
        break;
    }
    unreachable_kind();
  }

  // ---- Memory operands ----

  // Whether a popped operand is a value of its own width in memory.
  bool is_memory(const ValueNode& node) const {
    switch (node.kind) {
      case Kind::kSlot:
        return true;
      case Kind::kLocal:
        return homes_[node.index].kind == Home::Kind::kFrame;
      case Kind::kLoad:
        return is_float(node.type) ||
               node.aux == static_cast<uint8_t>(width_of(node.type) == Width::k32 ? LoadOp::k32U
                                                                                  : LoadOp::k64);
      default:
        return false;
    }
  }
  // Its address, to be used by the very next instruction, which may trap.
  Address memory_of(const ValueNode& node) {
    switch (node.kind) {
      case Kind::kSlot:
        return operand_slot(node.index);
      case Kind::kLocal:
        return local_slot(homes_[node.index]);
      default:
        note_load_site(node);
        return load_address_of(node);
    }
  }
  static Address load_address_of(const ValueNode& node) {
    return {Gpr{static_cast<uint8_t>(node.index)}, node.gpr(), node.imm};
  }
  void note_load_site(const ValueNode& node) {
    if (node.index == Masm::kMemoryBase.code)
      note_site(TrapCode::kMemoryOutOfBounds, deferred_load_position_);
  }

  // ---- Results ----

  // `hint`: a released register that would save a move.
  GprTarget result_gpr(Gpr hint = kNoGpr) {
    uint32_t local = next_set_local();
    if (local != kNoLocal) {
      Home& home = homes_[local];
      if (home.kind == Home::Kind::kGpr && home.pending == 0 &&
          is_register_settled(gpr_pin_local_[home.code], local)) {
        note_written(local, home);
        return {Gpr{home.code}, local};
      }
    }
    if (hint.is_valid() && gprs_.is_temporary(hint.code) && gprs_.is_free(hint.code)) {
      gprs_.take(hint.code);
      return {hint, kNoLocal};
    }
    return {take_gpr(), kNoLocal};
  }
  FprTarget result_fpr(Fpr hint = kNoFpr) {
    uint32_t local = next_set_local();
    if (local != kNoLocal) {
      Home& home = homes_[local];
      if (home.kind == Home::Kind::kFpr && home.pending == 0 &&
          is_register_settled(fpr_pin_local_[home.code], local)) {
        note_written(local, home);
        return {Fpr{home.code}, local};
      }
    }
    if (hint.is_valid() && fprs_.is_temporary(hint.code) && fprs_.is_free(hint.code)) {
      fprs_.take(hint.code);
      return {hint, kNoLocal};
    }
    return {take_fpr(), kNoLocal};
  }
  // Whether no operand stands for another local that had this register before.
  bool is_register_settled(uint32_t previous, uint32_t local) const {
    return previous == local || previous == kNoLocal || homes_[previous].pending == 0;
  }
  uint32_t next_set_local() const {
    Opcode next = decoder_->peek_opcode();
    if (next != Opcode::kLocalSet && next != Opcode::kLocalTee) return kNoLocal;
    if (!context_.options.folding) [[unlikely]] return kNoLocal;
    return decoder_->peek_index();
  }

  // Whether the next opcode takes a condition from the flags.
  bool next_takes_flags() const {
    if (!context_.options.fusion) return false;
    switch (decoder_->peek_opcode()) {
      case Opcode::kBrIf:
      case Opcode::kIf:
      case Opcode::kI32Eqz:
      case Opcode::kSelect:
      case Opcode::kSelectTyped:
        return true;
      default:
        return false;
    }
  }
  // The flags hold `cond`: leave it there, or make it a value.
  void push_condition(Cond cond) {
    if (next_takes_flags()) return push_cmp(cond);
    GprTarget target = result_gpr();
    masm_.set_if(cond, target.reg);
    push_result(ValueType::kI32, target);
  }

  // ---- Canonical places ----

  // All operands below `limit` to their slots, constants excepted. Keeps the flags.
  void canonicalize(uint32_t limit) {
    for (uint32_t operand = canonical_; operand < limit; ++operand) {
      if (!nodes_[operand].is_const()) to_slot(operand);
    }
    if (limit > canonical_) canonical_ = limit;
  }
  void to_slot(uint32_t operand) {
    ValueNode node = nodes_[operand];
    switch (node.kind) {
      case Kind::kSlot:
        return;
      case Kind::kReg:
      case Kind::kFReg:
        return spill_operand(operand);
      default:
        break;
    }
    move_to_memory(node, operand_slot(operand));
    if (node.kind == Kind::kLocal) --homes_[node.index].pending;
    nodes_[operand] = {Kind::kSlot, node.type, 0xff, 0, operand, 0};
  }

  // Operands that stand for the present value of `local` become values of their own, before it is
  // written.
  void materialize_pending(uint32_t local) {
    uint32_t left = homes_[local].pending;
    uint32_t operand = height_;
    for (uint32_t steps = 0; left != 0 && steps < kPendingSearch && operand > canonical_; ++steps) {
      ValueNode& node = nodes_[--operand];
      if (node.kind != Kind::kLocal || node.index != local) continue;
      --left;
      detach(operand);
    }
    // Further down than is worth a search for one local: all of them at once, so that each is
    // looked at once.
    if (left != 0) canonicalize(height_);
  }
  void detach(uint32_t operand) {
    ValueNode node = nodes_[operand];
    if (is_float(node.type) ? fprs_.free_set().is_empty() : gprs_.free_set().is_empty())
      return to_slot(operand);
    if (is_float(node.type)) {
      Fpr reg = take_fpr();
      move_to_fpr(node, reg);
      fprs_.give(reg.code, operand);
      nodes_[operand] = {Kind::kFReg, node.type, reg.code, 0, 0, 0};
    } else {
      Gpr reg = take_gpr();
      move_to_gpr(node, reg);
      gprs_.give(reg.code, operand);
      nodes_[operand] = {Kind::kReg, node.type, reg.code, 0, 0, 0};
    }
    --homes_[node.index].pending;
  }

  [[noreturn]] static void unreachable_kind() { check_failed("operand kind", __FILE__, __LINE__); }

 private:
  // Nodes to look at for one local before all are settled.
  static constexpr uint32_t kPendingSearch = 32;

  [[gnu::noinline]] Gpr spill_for_gpr(RegisterSet avoid) {
    uint8_t code = gprs_.victim(avoid);
    WISP_CHECK(code != RegisterFile::kNothing);
    spill_operand(gprs_.owner(code));
    gprs_.take(code);
    return Gpr{code};
  }
  [[gnu::noinline]] Fpr spill_for_fpr(RegisterSet avoid) {
    uint8_t code = fprs_.victim(avoid);
    WISP_CHECK(code != RegisterFile::kNothing);
    spill_operand(fprs_.owner(code));
    fprs_.take(code);
    return Fpr{code};
  }

 protected:
  ValueNode* nodes_;  // the operand stack, its top at height_ - 1
  RegisterFile gprs_;
  RegisterFile fprs_;
  uint32_t height_ = 0;
  uint32_t canonical_ = 0;
  bool flags_live_ = false;
  uint32_t deferred_load_position_ = 0;
};

}  // namespace wisp::jit
