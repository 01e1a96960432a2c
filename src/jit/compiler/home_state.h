// HomeState<Masm>: the homes of the locals, and what is known of their registers at this place in
// the code.
//
// External interface: HomeState.
//   [local]                    its Home
//   use_gpr, use_fpr           a home register, to be read
//   note_written               a home register, about to be written
//   choose_to_save, save, mark_stale    around a call, in this order
//   reload_stale, forget       before and behind a label
//
// Invariants:
//   1. A caller-saved home that lives across a call is in the frame and stale behind it, until it
//      is used or a label or branch comes.
//   2. A home that is not dirty is the same in the frame, if it has a slot. Write-through homes are
//      never stored around a call.
#pragma once

#include <array>
#include <cstdint>

#include "jit/compiler/function_frame.h"
#include "jit/compiler/home_alloc.h"
#include "jit/compiler/masm_concept.h"
#include "jit/compiler/value_class.h"
#include "jit/wasm/function_decoder.h"

namespace wisp::jit {

template <class Masm>
class HomeState {
 public:
  HomeState(Masm& masm, const FunctionFrame<Masm>& frame, const BodyCursor& cursor, Home* homes,
            const HomeResult& result)
      : masm_(masm),
        frame_(frame),
        cursor_(cursor),
        homes_(homes),
        gprs_(set_of_pins(Masm::kCallerSavedPins) & result.used_gprs),
        fprs_(set_of_pins(Masm::kCallerSavedFloatPins) & result.used_fprs) {}

  Home& operator[](uint32_t local) const { return homes_[local]; }

  // ---- One home ----

  // The register, valid.
  Gpr use_gpr(uint32_t local) {
    const Home& home = homes_[local];
    if (gprs_.stale.contains(home.code)) [[unlikely]]
      reload(home);
    return Gpr{home.code};
  }
  Fpr use_fpr(uint32_t local) {
    const Home& home = homes_[local];
    if (fprs_.stale.contains(home.code)) [[unlikely]]
      reload(home);
    return Fpr{home.code};
  }
  bool is_stale(const Home& home) const {
    return home.kind == Home::Kind::kGpr
               ? gprs_.stale.contains(home.code)
               : home.kind == Home::Kind::kFpr && fprs_.stale.contains(home.code);
  }
  // Whether the value is in the home register.
  bool is_in_register(const Home& home) const {
    return home.kind != Home::Kind::kFrame && !is_stale(home);
  }

  // The home register of `local` is about to be written.
  void note_written(uint32_t local, const Home& home) {
    Pins& pins = pins_of(home);
    pins.stale.remove(home.code);
    pins.dirty.add(home.code);
    pins.local[home.code] = local;
  }
  // The local that had the register of this home last, or kNone32.
  uint32_t previous_local(const Home& home) const { return pins_of(home).local[home.code]; }

  // A register's value to the slot of its home.
  void store(const Home& home) {
    if (home.kind == Home::Kind::kGpr)
      masm_.store(store_op(width_of(home.type)), frame_.local(home), Gpr{home.code});
    else if (home.kind == Home::Kind::kFpr)
      masm_.float_store(width_of(home.type), frame_.local(home), Fpr{home.code});
  }

  // ---- Calls ----

  // Before a call: homes that it clobbers and that live on are in the frame afterwards, and stale.
  // Says whether an operand stands for a local that is not accessed any more, and so would not be
  // saved.
  bool choose_to_save() {
    const bool gpr_is_pending = choose(gprs_);
    return choose(fprs_) || gpr_is_pending;
  }
  void save() {
    save(gprs_);
    save(fprs_);
  }
  // Behind it.
  void mark_stale() {
    gprs_.mark_stale();
    fprs_.mark_stale();
  }

  // ---- Labels ----

  // Before a label or a branch: every home that lives is valid.
  void reload_stale() {
    if ((gprs_.stale | fprs_.stale).is_empty()) [[likely]]
      return;
    reload_all();
  }
  // At a label: nothing is known but that homes are valid.
  void forget() {
    gprs_.forget();
    fprs_.forget();
  }

 private:
  // The home registers of one class.
  struct Pins {
    explicit Pins(RegisterSet the_caller_saved) : caller_saved(the_caller_saved) {
      local.fill(kNone32);
    }
    void mark_stale() {
      stale = stale | new_stale;
      dirty = dirty - new_stale;
      new_stale = RegisterSet();
    }
    void forget() {
      stale = RegisterSet();
      dirty = caller_saved;
    }

    RegisterSet caller_saved, stale, new_stale, dirty;
    // Which local a register is the home of, at this place in the code.
    std::array<uint32_t, 32> local;
  };

  Pins& pins_of(const Home& home) { return home.kind == Home::Kind::kGpr ? gprs_ : fprs_; }
  const Pins& pins_of(const Home& home) const {
    return home.kind == Home::Kind::kGpr ? gprs_ : fprs_;
  }

  bool choose(Pins& pins) {
    const uint32_t position = cursor_.position();
    bool has_pending = false;
    RegisterSet living;
    for (uint32_t bits = pins.caller_saved.bits; bits != 0; bits &= bits - 1) {
      uint8_t code = RegisterSet(bits).first();
      if (pins.local[code] == kNone32) continue;
      const Home& home = homes_[pins.local[code]];
      if (home.last > position)
        living.add(code);
      else
        has_pending |= home.pending != 0;
    }
    pins.new_stale = living - pins.stale;
    return has_pending;
  }
  void save(const Pins& pins) {
    for (uint32_t bits = (pins.new_stale & pins.dirty).bits; bits != 0; bits &= bits - 1) {
      const Home& home = homes_[pins.local[RegisterSet(bits).first()]];
      if (!home.is_write_through) store(home);
    }
  }

  [[gnu::noinline]] void reload(const Home& home) {
    if (home.kind == Home::Kind::kGpr)
      masm_.load(load_op(width_of(home.type)), Gpr{home.code}, frame_.local(home));
    else
      masm_.float_load(width_of(home.type), Fpr{home.code}, frame_.local(home));
    pins_of(home).stale.remove(home.code);
  }
  [[gnu::noinline]] void reload_all() {
    for (Pins* pins : {&gprs_, &fprs_}) {
      for (uint32_t bits = pins->stale.bits; bits != 0; bits &= bits - 1) {
        const Home& home = homes_[pins->local[RegisterSet(bits).first()]];
        if (home.last > cursor_.position() || home.pending != 0) reload(home);
      }
      pins->stale = RegisterSet();
    }
  }

  Masm& masm_;
  const FunctionFrame<Masm>& frame_;
  const BodyCursor& cursor_;
  Home* const homes_;  // by local; those of touched locals are valid
  Pins gprs_, fprs_;
};

}  // namespace wisp::jit
