// AdapterMasm: what the parts of the adapter compiler emit alike: access to the AdapterContext,
// calls of guests and of hooks, context slots, giving up. Private to adapters.h and
// adapter_blocks.h.
//
// Two registers are free everywhere: kTemporary, which passes neither arguments nor results, and
// kSecondTemporary, until the memory base of a callee is loaded.
#pragma once

#include <bit>
#include <cstddef>

#include "jit/compiler/masm_concept.h"
#include "jit/runtime/adapter_context.h"

namespace wisp::jit {

template <MacroAssembler Masm>
struct AdapterMasm {
  template <class Features>
  explicit AdapterMasm(const Features& features) : masm(features) {}

  // Registers that calls clobber and that pass neither arguments nor results.
  static constexpr RegisterSet free_registers() {
    RegisterSet free = Masm::kIntTemporaries;
    for (Gpr pin : Masm::kCallerSavedPins) free.add(pin.code);
    for (Gpr argument : Masm::kIntArguments) free.remove(argument.code);
    for (Gpr result : Masm::kIntResults) free.remove(result.code);
    return free;
  }
  static constexpr Gpr kTemporary{free_registers().first()};
  static constexpr Gpr kSecondTemporary = Masm::kMemoryBase;

  static constexpr Address context_field(size_t offset) {
    return {Masm::kVmContext, kNoGpr, static_cast<int64_t>(offset)};
  }
  static constexpr Address at(Gpr base, size_t offset = 0) {
    return {base, kNoGpr, static_cast<int64_t>(offset)};
  }
  static constexpr Address at_stack(uint32_t offset) {
    return {Masm::kStackPointer, kNoGpr, int64_t{offset}};
  }

  // Clobbers kScratch where the constant does not fit.
  void compare_imm(Gpr value, uint32_t constant) {
    if (Masm::is_compare_imm(Width::k32, constant)) {
      return masm.compare_imm(Width::k32, value, constant);
    }
    masm.move_imm(Width::k32, Masm::kScratch, constant);
    masm.compare(Width::k32, value, Masm::kScratch);
  }

  // --- guests. `reference` is the offset of a FuncRef in the AdapterContext.
  void load_callee(size_t reference) {
    masm.load(LoadOp::k64, Masm::kMemoryBase,
              context_field(reference + offsetof(FuncRef, memory_base)));
    masm.load(LoadOp::k64, kTemporary, context_field(reference + offsetof(FuncRef, code)));
    masm.load(LoadOp::k64, Masm::kVmContext, context_field(reference + offsetof(FuncRef, context)));
  }
  // `saved_context` is where in the frame the AdapterContext is.
  void call(size_t reference, uint32_t saved_context) {
    load_callee(reference);
    masm.call_register(kTemporary);
    masm.load(LoadOp::k64, Masm::kVmContext, at_stack(saved_context));
  }

  // `slots` and `flag` are offsets of pointers in the AdapterContext.
  void save_slots(size_t slots, uint32_t to) {
    masm.load(LoadOp::k64, kSecondTemporary, context_field(slots));
    masm.load(LoadOp::k64, kTemporary, at(kSecondTemporary));
    masm.store(StoreOp::k64, at_stack(to), kTemporary);
    masm.store_imm(StoreOp::k64, at(kSecondTemporary), 0);
  }
  void restore_slots(size_t slots, uint32_t from) {
    masm.load(LoadOp::k64, kSecondTemporary, context_field(slots));
    masm.load(LoadOp::k64, kTemporary, at_stack(from));
    masm.store(StoreOp::k64, at(kSecondTemporary), kTemporary);
  }
  void set_flag(size_t flag, int64_t value) {
    masm.load(LoadOp::k64, kTemporary, context_field(flag));
    if (Masm::is_store_imm(StoreOp::k8, value)) {
      return masm.store_imm(StoreOp::k8, at(kTemporary), value);
    }
    masm.move_imm(Width::k32, Masm::kScratch, value);
    masm.store(StoreOp::k8, at(kTemporary), Masm::kScratch);
  }

  // --- C++

  // Notes where the guest left, and sees to it that C++ has its headroom.
  void leave_guest() {
    Label enough;
    masm.load(LoadOp::k64, kTemporary, context_field(offsetof(VmContext, store)));
    masm.load(LoadOp::k64, Masm::kScratch, at(kTemporary, offsetof(StoreContext, stack_limit)));
    masm.load(LoadOp::k64, kTemporary, at(kTemporary, offsetof(StoreContext, entry)));
    masm.store(StoreOp::k64, at(kTemporary, offsetof(EntryRecord, exit_frame)),
               Masm::kFramePointer);
    masm.compare(Width::k64, Masm::kStackPointer, Masm::kScratch);
    masm.jump_if(Cond::kGreaterEqualU, enough);
    masm.trap();
    masm.bind(enough);
  }
  // Calls the hook at this offset, whose arguments behind the context are in place. The TrapCode
  // that it returns goes to kTemporary.
  void call_hook(size_t hook) {
    masm.move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm.call_mem(context_field(hook));
    // It is a byte.
    masm.binary_imm(BinaryOp::kAnd, Width::k32, kTemporary, Masm::kHostIntResult, 0xff);
  }
  // Behind call_hook: gives up where it says so, or where the guest was interrupted meanwhile.
  void check_hook() {
    masm.test(Width::k32, kTemporary, kTemporary);
    masm.jump_if(Cond::kNotEqual, trapped);
    masm.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm.load(LoadOp::k32U, kTemporary, at(kSecondTemporary, offsetof(StoreContext, interrupt)));
    masm.test(Width::k32, kTemporary, kTemporary);
    masm.jump_if(Cond::kNotEqual, interrupted);
  }
  // Behind the code of each adapter, since conditional jumps do not reach far.
  void emit_exits() {
    auto pass_on = [this](Label& label, Label& target) {
      if (label.is_pending()) {
        masm.bind(label);
        masm.jump(target);
      }
      label = Label();
    };
    pass_on(trapped, give_up);
    pass_on(interrupted, interruption);
  }

  // Ahead of all adapters, which share it. fail: the AdapterFailure is in the second argument, the
  // frame is set up. interruption, give_up: the TrapCode is in kTemporary.
  void emit_failure() {
    masm.bind(interruption);
    masm.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm.store_imm(StoreOp::k32, at(kSecondTemporary, offsetof(StoreContext, interrupt)), 0);
    masm.jump(give_up);
    masm.bind(fail);
    leave_guest();
    masm.move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm.call_mem(context_field(offsetof(AdapterContext, fail)));
    masm.move_imm(Width::k32, kTemporary, static_cast<int64_t>(TrapCode::kHost));
    masm.bind(give_up);
    masm.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm.store(StoreOp::k32, at(kSecondTemporary, offsetof(StoreContext, trap_code)), kTemporary);
    masm.trap();
  }

  Masm masm;
  Label trapped, interrupted;  // of the adapter that is compiled
  Label fail, interruption, give_up;
};

}  // namespace wisp::jit
