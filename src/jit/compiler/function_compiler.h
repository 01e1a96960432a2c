// FunctionCompiler<Masm>: the sink of walk 2. Turns one validated body into machine code.
//
// External interface: `compile`, once per object. The opcodes are in ops_*.h, a chain of base
// classes from FrameState to BranchTableOps; here are the frame, the prologue, and what is
// written behind the code: traps, edges of branch tables, tables. Frame slots in order
// (frame_layout.h): own context, locals, operands; then the outgoing area.
#pragma once

#include "jit/compiler/ops_branch_table.h"

namespace wisp::jit {

template <class Masm>
class FunctionCompiler : public BranchTableOps<Masm> {
  using Base = BranchTableOps<Masm>;

 public:
  using typename Base::Decoder;

  // `memory` holds the summary of this function and its homes.
  FunctionCompiler(Masm& masm, const ModuleContext& context, CompilerMemory& memory,
                   std::vector<TrapSite>& sites, std::vector<CallSite>& calls)
      : Base(masm, context, memory, sites) {
    this->calls_ = &calls;
  }

  void compile(uint32_t function, const FunctionBody& body, const HomeResult& homes) {
    uint32_t type = module_.functions[function];
    layout_ = &context_.call_layouts[type];
    this->result_layout_ = layout_;
    this->wasm_base_ = static_cast<uint32_t>(body.file_offset - module_.file_offset);
    Decoder decoder(module_, body, *this);
    decoder_ = &decoder;
    masm_.align(kFunctionAlignment);
    begin_registers(homes);
    begin_frame(homes);
    this->control_.push_back({BlockFrame::Kind::kFunction, summary_.blocks[0].is_target, 0,
                              this->new_label(), kNone32, BlockType(module_.types[type]),
                              summary_.blocks[0].end});
    prologue(homes.needs_zeros);
    decoder.run();
    emit_traps();
    this->emit_edge_stubs();
    if (!this->has_walked_like_first())
      return masm_.buffer().fail("the walks over the function disagree");
    this->emit_tables();
  }

  static HomeRegisters home_registers() {
    return {Masm::kCalleeSavedPins, Masm::kCallerSavedPins, Masm::kCalleeSavedFloatPins,
            Masm::kCallerSavedFloatPins};
  }
  // The first byte of a function that began at `position` of the buffer.
  static uint32_t aligned(uint32_t position) {
    return (position + kFunctionAlignment - 1) & ~(kFunctionAlignment - 1);
  }

  void on_opcode(Opcode) {}

 private:
  using Base::context_;
  using Base::decoder_;
  using Base::homes_;
  using Base::local_slot;
  using Base::masm_;
  using Base::module_;
  using Base::summary_;

  static constexpr uint32_t kFunctionAlignment = 16;
  // More frame locals than this are zeroed by a loop.
  static constexpr uint32_t kMaxUnrolledZeros = 16;

  template <class Pins>
  static RegisterSet set_of(const Pins& pins) {
    RegisterSet set;
    for (auto pin : pins) set.add(pin.code);
    return set;
  }

  void begin_registers(const HomeResult& homes) {
    RegisterSet caller_saved = set_of(Masm::kCallerSavedPins);
    RegisterSet caller_saved_floats = set_of(Masm::kCallerSavedFloatPins);
    this->gprs_.begin(Masm::kIntTemporaries | (caller_saved - homes.used_gprs));
    this->fprs_.begin(Masm::kFloatTemporaries | (caller_saved_floats - homes.used_fprs));
    this->caller_saved_homes_ = caller_saved & homes.used_gprs;
    this->caller_saved_float_homes_ = caller_saved_floats & homes.used_fprs;
    this->gpr_pin_local_.fill(Base::kNoLocal);
    this->fpr_pin_local_.fill(Base::kNoLocal);
    this->frame_shape_.saved = set_of(Masm::kCalleeSavedPins) & homes.used_gprs;
  }

  void begin_frame(const HomeResult& homes) {
    this->saved_count_ = static_cast<uint32_t>(this->frame_shape_.saved.count());
    this->first_local_slot_ = summary_.leaves_instance ? 1 : 0;
    this->first_operand_slot_ = this->first_local_slot_ + homes.slots;
    uint32_t slots =
        this->first_operand_slot_ + summary_.max_operand_height + summary_.outgoing_slots;
    this->frame_shape_.size_bytes = slots * 8;
    // A function that calls nothing may leave the stack pointer where it is.
    if (!summary_.has_calls && slots * 8 <= Masm::kRedZoneBytes) this->frame_shape_.size_bytes = 0;
  }

  // ---- Prologue ----

  void prologue(bool needs_zeros) {
    masm_.prologue(this->frame_shape_);
    if (summary_.leaves_instance) masm_.store(StoreOp::k64, this->frame_slot(0), Masm::kVmContext);
    if (needs_zeros) zero_frame();
    move_params();
    if (needs_zeros) zero_registers();
  }

  // Parameters in registers that live in the frame first, then register to register, then those
  // from the stack.
  void move_params() {
    ParallelMove moves;
    ParallelMove float_moves;
    for (uint32_t local : summary_.touched) {
      if (local >= summary_.param_count) continue;
      const Home& home = homes_[local];
      const ValuePlace& place = layout_->params[local];
      if (place.kind == ValuePlace::Kind::kStack) continue;
      uint8_t code = static_cast<uint8_t>(place.index);
      if (home.kind == Home::Kind::kFrame || home.is_write_through) store_param(home, code);
      if (home.kind != Home::Kind::kFrame)
        (is_float(home.type) ? float_moves : moves).add(home.code, code);
    }
    moves.resolve(Masm::kScratch.code,
                  [this](uint8_t to, uint8_t from) { masm_.move(Width::k64, Gpr{to}, Gpr{from}); });
    float_moves.resolve(Masm::kFloatScratch.code, [this](uint8_t to, uint8_t from) {
      masm_.float_move(Width::k64, Fpr{to}, Fpr{from});
    });
    for (uint32_t local : summary_.touched) {
      if (local >= summary_.param_count) continue;
      const Home& home = homes_[local];
      if (layout_->params[local].kind == ValuePlace::Kind::kStack)
        load_stack_param(home, layout_->params[local].index);
      if (home.kind != Home::Kind::kFrame) this->note_written(local, home);
    }
  }
  void store_param(const Home& home, uint8_t code) {
    Width width = width_of(home.type);
    if (is_float(home.type))
      masm_.float_store(width, local_slot(home), Fpr{code});
    else
      this->store_gpr(width, local_slot(home), Gpr{code});
  }
  void load_stack_param(const Home& home, uint32_t slot) {
    Address from = Masm::incoming_stack_slot(slot);
    Width width = width_of(home.type);
    if (home.kind == Home::Kind::kGpr) {
      this->load_gpr(width, Gpr{home.code}, from);
    } else if (home.kind == Home::Kind::kFpr) {
      masm_.float_load(width, Fpr{home.code}, from);
    }
    if (home.kind == Home::Kind::kFrame || home.is_write_through) {
      masm_.load(LoadOp::k64, Masm::kScratch, from);
      masm_.store(StoreOp::k64, local_slot(home), Masm::kScratch);
    }
  }

  // Core specification, section 4.4.10: locals start as zero. Only those whose first value may be
  // read. The frame comes before the parameters, so that a loop may run over all slots in between.
  void zero_frame() {
    uint32_t first = kNone32;
    uint32_t last = 0;
    uint32_t count = 0;
    for (uint32_t local : summary_.touched) {
      const Home& home = homes_[local];
      if (!is_zeroed_in_frame(home)) continue;
      ++count;
      first = std::min(first, static_cast<uint32_t>(home.slot));
      last = std::max(last, static_cast<uint32_t>(home.slot));
    }
    if (count > kMaxUnrolledZeros) return zero_slots_by_loop(first, last);
    for (uint32_t local : summary_.touched) {
      const Home& home = homes_[local];
      if (is_zeroed_in_frame(home)) masm_.store_imm(StoreOp::k64, local_slot(home), 0);
    }
  }
  static bool is_zeroed_in_frame(const Home& home) {
    return home.needs_zero && (home.kind == Home::Kind::kFrame || home.is_write_through);
  }
  // The slot with the highest number has the lowest address. Arguments are in registers: only the
  // scratch register and one that passes no argument are free.
  void zero_slots_by_loop(uint32_t first, uint32_t last) {
    constexpr Gpr kCursor = Base::kCallee;
    masm_.load_address(kCursor, this->frame_slot(this->first_local_slot_ + last));
    masm_.load_address(Masm::kScratch, this->frame_slot(this->first_local_slot_ + first));
    Label again;
    masm_.bind(again);
    masm_.store_imm(StoreOp::k64, {kCursor, kNoGpr, 0}, 0);
    masm_.load_address(kCursor, {kCursor, kNoGpr, 8});
    masm_.compare(Width::k64, kCursor, Masm::kScratch);
    masm_.jump_if(Cond::kLessEqualU, again);
  }
  void zero_registers() {
    for (uint32_t local : summary_.touched) {
      const Home& home = homes_[local];
      if (!home.needs_zero || home.kind == Home::Kind::kFrame) continue;
      if (home.kind == Home::Kind::kGpr)
        masm_.zero(Gpr{home.code});
      else
        masm_.float_move_imm(width_of(home.type), Fpr{home.code}, 0);
      this->note_written(local, home);
    }
  }

  // ---- Behind the code ----

  void emit_traps() {
    for (size_t i = 0; i < this->stubs_.size(); ++i) {
      TrapStub& stub = this->stubs_[i];
      if (!stub.label.is_pending()) continue;
      masm_.bind(stub.label);
      if (stub.entry.is_valid()) trap_on_null_entry(stub);
      this->note_site(stub.code, stub.position);
      masm_.trap();
    }
  }
  // A null entry has signature 0.
  void trap_on_null_entry(const TrapStub& stub) {
    Address signature{stub.entry, kNoGpr, offsetof(FuncRef, signature)};
    this->load_gpr(Width::k32, Masm::kScratch, signature);
    Label not_null;
    masm_.test(Width::k32, Masm::kScratch, Masm::kScratch);
    masm_.jump_if(Cond::kNotEqual, not_null);
    this->note_site(TrapCode::kUninitializedElement, stub.position);
    masm_.trap();
    masm_.bind(not_null);
  }

  const CallLayout* layout_ = nullptr;
};

}  // namespace wisp::jit
