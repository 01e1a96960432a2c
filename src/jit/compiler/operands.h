// Operands<Masm>: the operand stack of the function being compiled, and the temporaries that its
// values are in. The page to read before writing an opcode.
//
// External interface (to the ops_*.h):
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
//
// What is longer than a few lines is defined by subject: operand_moves.h, operand_places.h.
#pragma once

#include <algorithm>
#include <cstdint>

#include "jit/compiler/home_state.h"
#include "jit/compiler/lookahead.h"
#include "jit/compiler/register_file.h"
#include "jit/compiler/trap_sites.h"
#include "jit/compiler/value_node.h"

namespace wisp::jit {

// Where a result goes: a temporary, or the home of the local that the next opcode sets. That opcode
// is left out then.
struct GprTarget {
  Gpr reg;
  uint32_t local;
};
struct FprTarget {
  Fpr reg;
  uint32_t local;
};

template <class Masm>
class Operands {
 public:
  using Kind = ValueNode::Kind;

  // `nodes`: with room for all; values are pushed without a check.
  Operands(Masm& masm, const CompilerOptions& options, BodyCursor& cursor,
           const FunctionFrame<Masm>& frame, TrapSites<Masm>& traps, HomeState<Masm>& homes,
           ValueNode* nodes, const HomeResult& result)
      : masm_(masm),
        options_(options),
        cursor_(cursor),
        lookahead_(cursor, options),
        frame_(frame),
        traps_(traps),
        home_state_(homes),
        homes_(&homes[0]),
        nodes_(nodes) {
    gprs.begin(Masm::kIntTemporaries | (set_of_pins(Masm::kCallerSavedPins) - result.used_gprs));
    fprs.begin(Masm::kFloatTemporaries |
               (set_of_pins(Masm::kCallerSavedFloatPins) - result.used_fprs));
  }

  // ---- Stack ----

  ValueNode& top() { return nodes_[height_ - 1]; }
  const ValueNode& operator[](uint32_t operand) const { return nodes_[operand]; }
  uint32_t height() const { return height_; }

  [[gnu::always_inline]] ValueNode pop() {
    ValueNode node = nodes_[--height_];
    if (height_ < canonical_) canonical_ = height_;
    if (node.kind == Kind::kLocal) {
      --homes_[node.index].pending;
    } else if (node.kind == Kind::kReg) {
      gprs.hold(node.reg);
    } else if (node.kind > Kind::kReg) {
      hold_register(node);
    }
    return node;
  }
  void drop_to(uint32_t height) {
    while (height_ > height) release(pop());
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
    if (node.kind == Kind::kReg) return gprs.free(node.reg);
    if (node.kind > Kind::kReg) free_register(node);
  }

  void push_const(ValueType type, int64_t bits) {
    if (width_of(type) == Width::k32) bits = static_cast<uint32_t>(bits);
    push(Kind::kConst, type, 0xff, 0, 0, bits);
  }
  void push_gpr(ValueType type, Gpr reg) {
    gprs.give(reg.code, height_);
    push(Kind::kReg, type, reg.code);
  }
  void push_fpr(ValueType type, Fpr reg) {
    fprs.give(reg.code, height_);
    push(Kind::kFReg, type, reg.code);
  }
  void push_local(ValueType type, uint32_t local) {
    ++homes_[local].pending;
    push(Kind::kLocal, type, 0xff, 0, local);
  }
  void push_slot(ValueType type) { push(Kind::kSlot, type, 0xff, 0, height_); }
  // The next three: for the next opcode, which consumes them.
  void push_cmp(Cond cond) {
    flags_live_ = true;
    push(Kind::kCmp, ValueType::kI32, 0xff, static_cast<uint8_t>(cond));
  }
  void push_scaled(ValueType type, Gpr reg, uint32_t shift) {
    if (gprs.is_temporary(reg.code)) gprs.give(reg.code, height_);
    push(Kind::kScaled, type, reg.code, static_cast<uint8_t>(shift));
  }
  void push_load(LoadOp op, ValueType type, Address address) {
    deferred_load_position_ = cursor_.position();
    if (address.index.is_valid() && gprs.is_temporary(address.index.code))
      gprs.give(address.index.code, height_);
    push(Kind::kLoad, type, address.index.code, static_cast<uint8_t>(op), address.base.code,
         address.disp);
  }
  // Whether the next opcode takes a value of this type from memory, which need not be loaded then.
  bool next_takes_load(ValueType type) const {
    if constexpr (!Masm::kHasMemoryOperands) return false;
    return is_float(type) ? lookahead_.takes_float_memory() : lookahead_.takes_memory();
  }
  // A popped operand again, at the place where it was or any other.
  void push_again(const ValueNode& popped);

  // A constant, to be folded.
  bool folds(const ValueNode& node) const { return node.is_const() && options_.folding; }

  // ---- Temporaries ----

  RegisterFile gprs, fprs;

  Gpr take_gpr(RegisterSet avoid = {}) {
    RegisterSet candidates = gprs.free_set() - avoid;
    if (candidates.is_empty()) [[unlikely]]
      return spill_for_gpr(avoid);
    uint8_t code = candidates.first();
    gprs.take(code);
    return Gpr{code};
  }
  Fpr take_fpr() {
    RegisterSet candidates = fprs.free_set();
    if (candidates.is_empty()) [[unlikely]]
      return spill_for_fpr();
    uint8_t code = candidates.first();
    fprs.take(code);
    return Fpr{code};
  }
  // Makes this very register held; what owned it moves away.
  void claim(Gpr reg) {
    if (!gprs.is_free(reg.code)) evict(reg);
    gprs.take(reg.code);
  }

  // ---- Operands to registers ----

  // A popped operand, readable in the returned register. `node` says afterwards what is to be
  // released.
  [[gnu::always_inline]] Gpr gpr_of(ValueNode& node, RegisterSet avoid = {}) {
    if (node.kind == Kind::kReg) return node.gpr();
    if (is_home_gpr(node)) return home_state_.use_gpr(node.index);
    return materialize_gpr(node, avoid);
  }
  Fpr fpr_of(ValueNode& node) {
    if (node.kind == Kind::kFReg) return node.fpr();
    if (node.kind == Kind::kLocal && homes_[node.index].kind == Home::Kind::kFpr)
      return home_state_.use_fpr(node.index);
    return materialize_fpr(node);
  }
  // Whether it is read from a home register.
  bool is_home_gpr(const ValueNode& node) const {
    return node.kind == Kind::kLocal && homes_[node.index].kind == Home::Kind::kGpr;
  }
  // The register that an operand is in, of its class, or kNothing.
  uint8_t register_of(const ValueNode& node) const {
    if (node.kind == Kind::kReg || node.kind == Kind::kFReg) return node.reg;
    if (node.kind != Kind::kLocal) return RegisterFile::kNothing;
    const Home& home = homes_[node.index];
    return home_state_.is_in_register(home) ? home.code : RegisterFile::kNothing;
  }

  // In a temporary.
  [[gnu::noinline]] Gpr materialize_gpr(ValueNode& node, RegisterSet avoid = {}) {
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
  // A held temporary to another one outside `avoid`.
  void materialize_away(ValueNode& node, RegisterSet avoid) {
    Gpr reg = take_gpr(avoid);
    move_to_gpr(node, reg);
    release(node);
    node = {Kind::kReg, node.type, reg.code, 0, 0, 0};
  }
  // In a temporary that may be written.
  Gpr writable_gpr(ValueNode& node, RegisterSet avoid = {}) {
    if (node.kind == Kind::kReg && !avoid.contains(node.reg)) return node.gpr();
    return materialize_gpr(node, avoid);
  }

  // Emits what brings the value of a popped operand into `dst`. Keeps the flags if they are live.
  void move_to_gpr(const ValueNode& node, Gpr dst);
  void move_to_fpr(const ValueNode& node, Fpr dst);
  // Into memory of the frame; through the scratch register if it must.
  void move_to_memory(const ValueNode& node, Address address);

  // ---- Memory operands ----

  // Whether a popped operand is a value of its own width in memory.
  bool is_memory(const ValueNode& node) const;
  bool folds_memory(const ValueNode& node) const { return options_.folding && is_memory(node); }
  // Its address, to be used by the very next instruction, which may trap.
  Address memory_of(const ValueNode& node);

  // ---- Conditions ----

  // The flags hold `cond`: leave it there, or make it a value.
  void push_condition(Cond cond) {
    if (lookahead_.takes_flags()) return push_cmp(cond);
    GprTarget target = result_gpr();
    masm_.set_if(cond, target.reg);
    push_result(ValueType::kI32, target);
  }
  // Pops a condition into the flags.
  Cond pop_condition() {
    ValueNode node = pop();
    if (node.kind == Kind::kCmp) return node.cond();
    Gpr reg = gpr_of(node);
    release(node);
    masm_.test(Width::k32, reg, reg);
    flags_live_ = true;
    return Cond::kNotEqual;
  }
  // They were used.
  void end_flags() { flags_live_ = false; }
  // Whether they hold a condition that waits for the next opcode.
  bool has_flags() const { return flags_live_; }

  // ---- Results ----

  // `hint`: a released register that would save a move.
  GprTarget result_gpr(Gpr hint = kNoGpr) {
    if (uint32_t local = settable_local(Home::Kind::kGpr); local != kNone32)
      return {Gpr{homes_[local].code}, local};
    if (hint.is_valid() && gprs.is_temporary(hint.code) && gprs.is_free(hint.code)) {
      gprs.take(hint.code);
      return {hint, kNone32};
    }
    return {take_gpr(), kNone32};
  }
  FprTarget result_fpr(Fpr hint = kNoFpr) {
    if (uint32_t local = settable_local(Home::Kind::kFpr); local != kNone32)
      return {Fpr{homes_[local].code}, local};
    if (hint.is_valid() && fprs.is_temporary(hint.code) && fprs.is_free(hint.code)) {
      fprs.take(hint.code);
      return {hint, kNone32};
    }
    return {take_fpr(), kNone32};
  }
  // Of an opcode with one operand, which is popped: brought to a register and released.
  struct Unary {
    Gpr operand;
    GprTarget target;
  };
  [[gnu::always_inline]] Unary unary(ValueNode& node) {
    Gpr operand = gpr_of(node);
    release(node);
    return {operand, result_gpr(node.owned_gpr())};
  }

  // The last step of an opcode.
  void push_result(ValueType type, GprTarget target) {
    if (target.local != kNone32) return finish_set(target.local);
    push_gpr(type, target.reg);
  }
  void push_result(ValueType type, FprTarget target) {
    if (target.local != kNone32) return finish_set(target.local);
    push_fpr(type, target.reg);
  }

  // ---- Places ----

  // All operands below `limit` to their slots, constants excepted. Keeps the flags.
  void canonicalize(uint32_t limit) {
    for (uint32_t operand = canonical_; operand < limit; ++operand) {
      if (!nodes_[operand].is_const()) to_slot(operand);
    }
    if (limit > canonical_) canonical_ = limit;
  }
  void to_slot(uint32_t operand);
  // So many on top.
  void top_to_slots(size_t count) {
    for (uint32_t i = 0; i < count; ++i) to_slot(height_ - 1 - i);
  }
  // Operands below `limit` that own a temporary.
  void spill_below(uint32_t limit) {
    spill_below(gprs, limit);
    spill_below(fprs, limit);
  }

  // Operands that stand for the present value of `local` become values of their own, before it is
  // written.
  void materialize_pending(uint32_t local);
  // Those that stand for a local that had this home register before.
  void detach_other(uint32_t local, const Home& home) {
    const uint32_t previous = home_state_.previous_local(home);
    if (previous != local && previous != kNone32 && homes_[previous].pending != 0) {
      materialize_pending(previous);
    }
  }

 private:
  // Nodes to look at for one local before all are settled.
  static constexpr uint32_t kPendingSearch = 32;

  void push(Kind kind, ValueType type, uint8_t reg, uint8_t aux = 0, uint32_t index = 0,
            int64_t imm = 0) {
    nodes_[height_++] = ValueNode::make(kind, type, reg, aux, index, imm);
  }
  // Of other kinds than Reg.
  [[gnu::noinline]] void hold_register(const ValueNode& node) {
    if (node.kind == Kind::kFReg) return fprs.hold(node.reg);
    if (is_temporary(node)) gprs.hold(node.reg);
  }
  [[gnu::noinline]] void free_register(const ValueNode& node) {
    if (node.kind == Kind::kFReg) return fprs.free(node.reg);
    if (is_temporary(node)) gprs.free(node.reg);
  }
  // Of a Scaled or Load: its register is a temporary, not a home.
  bool is_temporary(const ValueNode& node) const {
    return node.reg != 0xff && gprs.is_temporary(node.reg);
  }

  // The local that the next opcode sets, if a result may go straight to its home of this kind,
  // which is then about to be written; or kNone32.
  uint32_t settable_local(Home::Kind kind) {
    const uint32_t local = lookahead_.set_local();
    if (local == kNone32) return kNone32;
    const Home& home = homes_[local];
    if (home.kind != kind || home.pending != 0) return kNone32;
    // No operand may stand for another local that had this register before.
    const uint32_t previous = home_state_.previous_local(home);
    if (previous != local && previous != kNone32 && homes_[previous].pending != 0) return kNone32;
    home_state_.note_written(local, home);
    return local;
  }
  // The home of `local` has got the value that the next opcode sets it to: that opcode is done.
  void finish_set(uint32_t local) {
    const bool is_tee = cursor_.peek_opcode() == Opcode::kLocalTee;
    cursor_.skip_next_index();
    const Home& home = homes_[local];
    if (home.is_write_through) home_state_.store(home);
    if (is_tee) push_local(home.type, local);
  }

  void move_local_to_gpr(const ValueNode& node, Gpr dst);
  static Address load_address_of(const ValueNode& node) {
    return {Gpr{static_cast<uint8_t>(node.index)}, node.gpr(), node.imm};
  }
  void note_load_site(const ValueNode& node) {
    if (node.index == Masm::kMemoryBase.code)
      traps_.note(TrapCode::kMemoryOutOfBounds, deferred_load_position_);
  }

  void spill_below(const RegisterFile& registers, uint32_t limit) {
    for (uint32_t bits = registers.used().bits; bits != 0; bits &= bits - 1) {
      uint32_t owner = registers.owner(RegisterSet(bits).first());
      if (owner < limit) spill(owner);
    }
  }
  void evict(Gpr reg);
  void spill(uint32_t operand);
  void detach(uint32_t operand);
  Gpr spill_for_gpr(RegisterSet avoid);
  Fpr spill_for_fpr();

  [[noreturn]] static void unreachable_kind() { check_failed("operand kind", __FILE__, __LINE__); }

  Masm& masm_;
  const CompilerOptions& options_;
  BodyCursor& cursor_;
  const Lookahead lookahead_;
  const FunctionFrame<Masm>& frame_;
  TrapSites<Masm>& traps_;
  HomeState<Masm>& home_state_;
  Home* const homes_;       // the same by local; whose `pending` is counted here
  ValueNode* const nodes_;  // its top at height_ - 1
  uint32_t height_ = 0;
  uint32_t canonical_ = 0;
  bool flags_live_ = false;
  uint32_t deferred_load_position_ = 0;
};

}  // namespace wisp::jit
