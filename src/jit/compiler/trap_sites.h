// TrapSites<Masm>: the entries of the pc table that the function being compiled needs
// (trap_table.h), and its traps, which are stubs behind the code.
//
// External interface: TrapSites. `note` goes before the instruction that it is about, or behind a
// call; a label of `label` or `labels` is good until the next is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "jit/compiler/compiler_memory.h"
#include "jit/compiler/masm_concept.h"
#include "jit/runtime/trap_table.h"
#include "jit/runtime/vm_context.h"
#include "jit/wasm/function_decoder.h"

namespace wisp::jit {

template <class Masm>
class TrapSites {
 public:
  // `wasm_base`: of the body, from the start of the module.
  TrapSites(Masm& masm, const BodyCursor& cursor, uint32_t wasm_base, std::vector<TrapSite>& sites,
            std::vector<TrapStub>& stubs)
      : masm_(masm), cursor_(cursor), wasm_base_(wasm_base), sites_(sites), stubs_(stubs) {}

  void note(TrapCode code) { note(code, cursor_.position()); }
  void note(TrapCode code, uint32_t position) { note(code, position, TrapSite::kNoDivisor); }
  // A division that faults by itself.
  void note_division(Gpr divisor) {
    note(TrapCode::kIntegerDivideByZero, cursor_.position(), divisor.code);
  }

  // `entry`: of an indirect call, see TrapStub.
  Label& label(TrapCode code, Gpr entry = kNoGpr) {
    stubs_.push_back({Label(), code, cursor_.position(), entry});
    return stubs_.back().label;
  }
  struct Pair {
    Label& first;
    Label& second;
  };
  Pair labels(TrapCode first, TrapCode second) {
    label(first);
    label(second);
    return {stubs_[stubs_.size() - 2].label, stubs_.back().label};
  }
  void trap_if(Cond cond, TrapCode code) { masm_.jump_if(cond, label(code)); }

  // Behind the code.
  void emit_stubs() {
    for (size_t i = 0; i < stubs_.size(); ++i) {
      TrapStub& stub = stubs_[i];
      if (!stub.label.is_pending()) continue;
      masm_.bind(stub.label);
      if (stub.entry.is_valid()) trap_on_null_entry(stub);
      note(stub.code, stub.position);
      masm_.trap();
    }
  }

 private:
  void note(TrapCode code, uint32_t position, uint8_t divisor) {
    sites_.push_back({masm_.offset(), wasm_base_ + position, code, divisor});
  }

  // A null entry has signature 0.
  void trap_on_null_entry(const TrapStub& stub) {
    masm_.load(LoadOp::k32U, Masm::kScratch, {stub.entry, kNoGpr, offsetof(FuncRef, signature)});
    Label not_null;
    masm_.test(Width::k32, Masm::kScratch, Masm::kScratch);
    masm_.jump_if(Cond::kNotEqual, not_null);
    note(TrapCode::kUninitializedElement, stub.position);
    masm_.trap();
    masm_.bind(not_null);
  }

  Masm& masm_;
  const BodyCursor& cursor_;
  const uint32_t wasm_base_;
  std::vector<TrapSite>& sites_;
  std::vector<TrapStub>& stubs_;
};

}  // namespace wisp::jit
