// FrameState<Masm>: the frame of the function being compiled, the homes of its locals, its traps.
//
// External interface (to Operands and what derives from it):
//   frame_slot, local_slot, operand_slot   addresses; frame_layout.h draws the frame
//   use_home_*, note_written               a read, a write of a home register
//   choose_pins_to_save, save_pins, mark_pins_stale    around a call
//   reload_stale, forget_pins              before and behind a label
//   note_site, trap_label, trap_if         the pc table and stubs out of line
//
// Invariants:
//   1. A caller-saved home that lives across a call is in the frame and stale behind it, until it
//      is used or a label or branch comes.
//   2. A home that is not dirty is the same in the frame, if it has a slot. Write-through homes are
//      never dirty.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "jit/compiler/compiler_memory.h"
#include "jit/compiler/masm_concept.h"
#include "jit/compiler/module_context.h"
#include "jit/runtime/trap_table.h"
#include "jit/wasm/function_decoder.h"

namespace wisp::jit {

template <class Masm>
class FunctionCompiler;

template <class Masm>
class FrameState {
 public:
  using Decoder = FunctionDecoder<FunctionCompiler<Masm>, Checks::kTrusted>;
  static constexpr uint32_t kNoLocal = ~uint32_t{0};

 protected:
  FrameState(Masm& masm, const ModuleContext& context, CompilerMemory& memory,
             std::vector<TrapSite>& sites)
      : masm_(masm),
        context_(context),
        module_(context.module),
        summary_(*memory.summary),
        homes_(memory.homes.data()),
        sites_(sites),
        stubs_(memory.stubs) {
    stubs_.clear();
  }

  // ---- Frame ----

  Address frame_slot(uint32_t slot) const {
    return {Masm::kFramePointer, kNoGpr, -int64_t{8} * (saved_count_ + 1 + slot)};
  }
  Address local_slot(const Home& home) const {
    return frame_slot(first_local_slot_ + static_cast<uint32_t>(home.slot));
  }
  Address operand_slot(uint32_t operand) const { return frame_slot(first_operand_slot_ + operand); }

  // ---- Locals ----

  // The home register, valid.
  Gpr use_home_gpr(uint32_t local) {
    const Home& home = homes_[local];
    if (stale_gprs_.contains(home.code)) [[unlikely]]
      reload(home);
    return Gpr{home.code};
  }
  Fpr use_home_fpr(uint32_t local) {
    const Home& home = homes_[local];
    if (stale_fprs_.contains(home.code)) [[unlikely]]
      reload(home);
    return Fpr{home.code};
  }
  bool is_stale(const Home& home) const {
    return home.kind == Home::Kind::kGpr
               ? stale_gprs_.contains(home.code)
               : home.kind == Home::Kind::kFpr && stale_fprs_.contains(home.code);
  }

  [[gnu::noinline]] void reload(const Home& home) {
    if (home.kind == Home::Kind::kGpr) {
      load_gpr(width_of(home.type), Gpr{home.code}, local_slot(home));
      stale_gprs_.remove(home.code);
    } else {
      masm_.float_load(width_of(home.type), Fpr{home.code}, local_slot(home));
      stale_fprs_.remove(home.code);
    }
  }

  // The home register of `local` is about to be written.
  void note_written(uint32_t local, const Home& home) {
    if (home.kind == Home::Kind::kGpr) {
      stale_gprs_.remove(home.code);
      dirty_gprs_.add(home.code);
      gpr_pin_local_[home.code] = local;
    } else {
      stale_fprs_.remove(home.code);
      dirty_fprs_.add(home.code);
      fpr_pin_local_[home.code] = local;
    }
  }

  // A register's value to the slot of its home.
  void store_home(const Home& home) {
    if (home.kind == Home::Kind::kGpr)
      store_gpr(width_of(home.type), local_slot(home), Gpr{home.code});
    else if (home.kind == Home::Kind::kFpr)
      masm_.float_store(width_of(home.type), local_slot(home), Fpr{home.code});
  }

  // Before a call: homes that it clobbers and that live on are in the frame afterwards, and stale.
  // `choose_pins_to_save` finds them; it says whether an operand stands for a local that is not
  // accessed any more, and so would not be saved.
  bool choose_pins_to_save(uint32_t position) {
    bool has_pending = false;
    auto choose = [&](RegisterSet homes, const std::array<uint32_t, 32>& locals) {
      RegisterSet living;
      for (uint32_t bits = homes.bits; bits != 0; bits &= bits - 1) {
        uint8_t code = RegisterSet(bits).first();
        if (locals[code] == kNoLocal) continue;
        const Home& home = homes_[locals[code]];
        if (home.last > position)
          living.add(code);
        else
          has_pending |= home.pending != 0;
      }
      return living;
    };
    new_stale_gprs_ = choose(caller_saved_homes_, gpr_pin_local_) - stale_gprs_;
    new_stale_fprs_ = choose(caller_saved_float_homes_, fpr_pin_local_) - stale_fprs_;
    return has_pending;
  }
  void save_pins() {
    for (uint32_t bits = (new_stale_gprs_ & dirty_gprs_).bits; bits != 0; bits &= bits - 1) {
      uint8_t code = RegisterSet(bits).first();
      const Home& home = homes_[gpr_pin_local_[code]];
      if (!home.is_write_through) store_gpr(width_of(home.type), local_slot(home), Gpr{code});
    }
    for (uint32_t bits = (new_stale_fprs_ & dirty_fprs_).bits; bits != 0; bits &= bits - 1) {
      uint8_t code = RegisterSet(bits).first();
      const Home& home = homes_[fpr_pin_local_[code]];
      if (!home.is_write_through)
        masm_.float_store(width_of(home.type), local_slot(home), Fpr{code});
    }
  }
  // Behind it.
  void mark_pins_stale() {
    stale_gprs_ = stale_gprs_ | new_stale_gprs_;
    stale_fprs_ = stale_fprs_ | new_stale_fprs_;
    dirty_gprs_ = dirty_gprs_ - new_stale_gprs_;
    dirty_fprs_ = dirty_fprs_ - new_stale_fprs_;
    new_stale_gprs_ = new_stale_fprs_ = RegisterSet();
  }

  // Before a label or a branch: every home that lives is valid.
  void reload_stale() {
    if ((stale_gprs_ | stale_fprs_).is_empty()) [[likely]]
      return;
    reload_stale_slow();
  }
  [[gnu::noinline]] void reload_stale_slow() {
    uint32_t position = decoder_->position();
    for (uint32_t bits = stale_gprs_.bits; bits != 0; bits &= bits - 1) {
      const Home& home = homes_[gpr_pin_local_[RegisterSet(bits).first()]];
      if (home.last > position || home.pending != 0) reload(home);
    }
    for (uint32_t bits = stale_fprs_.bits; bits != 0; bits &= bits - 1) {
      const Home& home = homes_[fpr_pin_local_[RegisterSet(bits).first()]];
      if (home.last > position || home.pending != 0) reload(home);
    }
    stale_gprs_ = stale_fprs_ = RegisterSet();
  }
  // At a label: nothing is known but that homes are valid.
  void forget_pins() {
    stale_gprs_ = stale_fprs_ = RegisterSet();
    dirty_gprs_ = caller_saved_homes_;
    dirty_fprs_ = caller_saved_float_homes_;
  }

  void load_gpr(Width width, Gpr dst, Address address) {
    masm_.load(width == Width::k32 ? LoadOp::k32U : LoadOp::k64, dst, address);
  }
  void store_gpr(Width width, Address address, Gpr src) {
    masm_.store(width == Width::k32 ? StoreOp::k32 : StoreOp::k64, address, src);
  }

  // ---- Sites and traps ----

  void note_site(TrapCode code, uint32_t position, uint8_t divisor = TrapSite::kNoDivisor) {
    sites_.push_back({masm_.offset(), wasm_base_ + position, code, divisor});
  }
  void note_site(TrapCode code) { note_site(code, decoder_->position()); }

  Label& trap_label(TrapCode code, Gpr entry = kNoGpr) {
    stubs_.push_back({Label(), code, decoder_->position(), entry});
    return stubs_.back().label;
  }
  void trap_if(Cond cond, TrapCode code) { masm_.jump_if(cond, trap_label(code)); }

  Masm& masm_;
  const ModuleContext& context_;
  const Module& module_;
  FuncSummary& summary_;
  Home* const homes_;  // by local
  std::vector<TrapSite>& sites_;
  std::vector<TrapStub>& stubs_;
  Decoder* decoder_ = nullptr;
  uint32_t wasm_base_ = 0;  // of the body, from the start of the module

  uint32_t saved_count_ = 0;
  uint32_t first_local_slot_ = 0;
  uint32_t first_operand_slot_ = 0;

  RegisterSet caller_saved_homes_, caller_saved_float_homes_;
  RegisterSet stale_gprs_, stale_fprs_, new_stale_gprs_, new_stale_fprs_, dirty_gprs_, dirty_fprs_;
  // Which local a register is the home of, at this place in the code.
  std::array<uint32_t, 32> gpr_pin_local_;
  std::array<uint32_t, 32> fpr_pin_local_;
};

}  // namespace wisp::jit
