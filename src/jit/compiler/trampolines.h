// Trampolines: the code between the C convention of the platform and the convention of compiled
// code.
//
// External interface: TrampolineRequest, TrampolineBatch, compile_trampolines<Masm>(). One batch is
// one text, published by the engine. Kinds:
//   entry     host -> wasm, one per signature: EntryTrampoline of runtime/code_services.h
//   exit      wasm -> host, one per signature: its context is that of a HostFunction
//   builtin   wasm -> C++ function of runtime/builtins.h
//   trap exit where a trap lands: leaves the innermost entry trampoline with EntryOutcome::kTrapped
//
// The frame of an entry trampoline is the same for all signatures, so that one trap exit serves
// them all:
//
//     return address
//     caller's frame pointer            <- kFramePointer
//     kHostCalleeSaved
//     kHostCalleeSavedFloats, 8 bytes each
//     EntryRecord                       <- kStackPointer, StoreContext::entry
//     outgoing area of the call         only around the call
//
// A trampoline gives up by a trap instruction, with the TrapCode in StoreContext::trap_code; 0
// there means that host code would not have its headroom. So the fault handler alone, on its own
// stack, unwinds guests.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "jit/compiler/masm_concept.h"
#include "jit/compiler/value_slots.h"
#include "jit/runtime/builtins.h"
#include "jit/runtime/code_services.h"
#include "jit/runtime/host_function.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

struct TrampolineRequest {
  std::vector<const FuncType*> entries;
  std::vector<const FuncType*> exits;
  // The stubs of all builtins and the trap exit.
  bool with_common_code = false;
};

struct TrampolineBatch {
  // In [unwind_begin, unwind_end) the guest may be unwound: the entry frame is in place and nothing
  // is half done.
  struct Entry {
    uint32_t offset = 0;
    uint32_t unwind_begin = 0;
    uint32_t unwind_end = 0;
  };

  std::vector<uint8_t> text;
  std::vector<Entry> entries;
  std::vector<uint32_t> exits;
  std::vector<uint32_t> builtins;
  uint32_t trap_exit = 0;
  // Exits and builtins: all of it may be unwound.
  uint32_t unwind_begin = 0;
  uint32_t unwind_end = 0;
  const char* error = nullptr;  // what the assembler refused, if anything
};

template <MacroAssembler Masm>
class TrampolineCompiler {
 public:
  template <class Features>
  explicit TrampolineCompiler(const Features& features) : masm_(features) {}

  TrampolineBatch compile(const TrampolineRequest& request) {
    TrampolineBatch batch;
    for (const FuncType* type : request.entries) batch.entries.push_back(entry(*type));
    if (request.with_common_code) batch.trap_exit = trap_exit();
    batch.unwind_begin = masm_.offset();
    for (const FuncType* type : request.exits) batch.exits.push_back(exit(*type));
    if (request.with_common_code) {
      for (const void* function : kBuiltinFunctions) batch.builtins.push_back(builtin(function));
    }
    batch.unwind_end = masm_.offset();
    std::span<const uint8_t> bytes = masm_.buffer().bytes();
    batch.text.assign(bytes.begin(), bytes.end());
    batch.error = masm_.buffer().error();
    return batch;
  }

 private:
  static constexpr Gpr kFirstArgument = Masm::kHostIntArguments[0];
  static constexpr Gpr kSecondArgument = Masm::kHostIntArguments[1];
  static constexpr Gpr kThirdArgument = Masm::kHostIntArguments[2];
  static constexpr Gpr kResult = Masm::kHostIntResult;
  // Callee-saved in both conventions: free in an entry trampoline, once it has saved them.
  static constexpr Gpr kFunction = Masm::kCalleeSavedPins[0];
  static constexpr Gpr kValues = Masm::kCalleeSavedPins[1];
  static constexpr Gpr kTemporary = Masm::kCalleeSavedPins[2];

  static constexpr int64_t kSavedFloats = sizeof(EntryRecord);
  static constexpr FrameShape kEntryFrame{
      Masm::kHostCalleeSaved,
      static_cast<uint32_t>(kSavedFloats) +
          8 * static_cast<uint32_t>(std::popcount(Masm::kHostCalleeSavedFloats.bits))};

  static constexpr Address at_stack(int64_t offset) {
    return {Masm::kStackPointer, kNoGpr, offset};
  }
  static constexpr Address at(Gpr base, size_t offset) {
    return {base, kNoGpr, static_cast<int64_t>(offset)};
  }
  static uint32_t aligned_stack_bytes(uint32_t slots) { return (slots * 8 + 15) & ~15u; }

  uint32_t begin() {
    masm_.align(16);
    return masm_.offset();
  }

  // Ends the guest with the code in `code`.
  void give_up(Gpr store, Gpr code) {
    masm_.store(StoreOp::k32, at(store, offsetof(StoreContext, trap_code)), code);
    masm_.trap();
  }
  void give_up_if_interrupted(Gpr store, Gpr temporary) {
    Label goes_on;
    masm_.load(LoadOp::k32U, temporary, at(store, offsetof(StoreContext, interrupt)));
    masm_.test(Width::k32, temporary, temporary);
    masm_.jump_if(Cond::kEqual, goes_on);
    masm_.store_imm(StoreOp::k32, at(store, offsetof(StoreContext, interrupt)), 0);
    give_up(store, temporary);
    masm_.bind(goes_on);
  }
  void check_headroom(Gpr limit) {
    Label enough;
    masm_.compare(Width::k64, Masm::kStackPointer, limit);
    masm_.jump_if(Cond::kGreaterEqualU, enough);
    masm_.trap();
    masm_.bind(enough);
  }

  // --- host -> wasm ---
  TrampolineBatch::Entry entry(const FuncType& type) {
    CallLayout layout = layout_call(type, convention_of<Masm>());
    TrampolineBatch::Entry code;
    code.offset = begin();
    masm_.prologue(kEntryFrame);
    save_entry_state();
    code.unwind_begin = masm_.offset();
    give_up_if_interrupted(kThirdArgument, kTemporary);
    masm_.move(Width::k64, kFunction, kFirstArgument);
    masm_.move(Width::k64, kValues, kSecondArgument);
    auto outgoing = static_cast<int32_t>(aligned_stack_bytes(layout.stack_slots));
    if (outgoing != 0) masm_.adjust_stack(-outgoing);
    load_arguments(layout);
    masm_.load(LoadOp::k64, Masm::kVmContext, at(kFunction, offsetof(FuncRef, context)));
    masm_.load(LoadOp::k64, Masm::kMemoryBase, at(kFunction, offsetof(FuncRef, memory_base)));
    masm_.call_mem(at(kFunction, offsetof(FuncRef, code)));
    store_results(layout);
    if (outgoing != 0) masm_.adjust_stack(outgoing);
    code.unwind_end = masm_.offset();
    leave_entry(EntryOutcome::kReturned);
    return code;
  }

  // Before anything of the arguments is touched.
  void save_entry_state() {
    int64_t slot = kSavedFloats;
    for (RegisterSet rest = Masm::kHostCalleeSavedFloats; !rest.is_empty(); slot += 8) {
      masm_.float_store(Width::k64, at_stack(slot), Fpr{rest.first()});
      rest.remove(rest.first());
    }
    constexpr Gpr store = kThirdArgument;
    masm_.load(LoadOp::k64, kTemporary, at(store, offsetof(StoreContext, entry)));
    masm_.store(StoreOp::k64, at_stack(offsetof(EntryRecord, outer)), kTemporary);
    masm_.store(StoreOp::k64, at_stack(offsetof(EntryRecord, frame)), Masm::kFramePointer);
    masm_.store(StoreOp::k64, at_stack(offsetof(EntryRecord, store)), store);
    // Last: with it the entry counts.
    masm_.load_address(kTemporary, at_stack(0));
    masm_.store(StoreOp::k64, at(store, offsetof(StoreContext, entry)), kTemporary);
  }

  void load_arguments(const CallLayout& layout) {
    for (size_t i = 0; i < layout.params.size(); i++) {
      const ValuePlace& place = layout.params[i];
      if (place.kind != ValuePlace::Kind::kStack) continue;
      slots_.copy(place.type, Masm::outgoing_stack_slot(place.index), at(kValues, i * 8),
                  kTemporary);
    }
    for (size_t i = 0; i < layout.params.size(); i++) {
      const ValuePlace& place = layout.params[i];
      if (place.kind != ValuePlace::Kind::kStack) slots_.load(place, at(kValues, i * 8));
    }
  }

  void store_results(const CallLayout& layout) {
    for (size_t i = 0; i < layout.results.size(); i++) {
      const ValuePlace& place = layout.results[i];
      if (place.kind != ValuePlace::Kind::kStack) {
        slots_.store(place, at(kValues, i * 8));
      } else {
        slots_.copy(place.type, at(kValues, i * 8), Masm::outgoing_stack_slot(place.index),
                    kTemporary);
      }
    }
  }

  void leave_entry(EntryOutcome outcome) {
    constexpr Gpr store = kValues;
    masm_.load(LoadOp::k64, store, at_stack(offsetof(EntryRecord, store)));
    masm_.load(LoadOp::k64, kTemporary, at_stack(offsetof(EntryRecord, outer)));
    masm_.store(StoreOp::k64, at(store, offsetof(StoreContext, entry)), kTemporary);
    int64_t slot = kSavedFloats;
    for (RegisterSet rest = Masm::kHostCalleeSavedFloats; !rest.is_empty(); slot += 8) {
      masm_.float_load(Width::k64, Fpr{rest.first()}, at_stack(slot));
      rest.remove(rest.first());
    }
    masm_.move_imm(Width::k64, kResult, static_cast<int64_t>(outcome));
    masm_.epilogue(kEntryFrame);
  }

  uint32_t trap_exit() {
    uint32_t offset = begin();
    masm_.load(LoadOp::k64, kTemporary, at(kFirstArgument, offsetof(StoreContext, entry)));
    masm_.load(LoadOp::k64, Masm::kFramePointer, at(kTemporary, offsetof(EntryRecord, frame)));
    masm_.load_address(Masm::kStackPointer, at(kTemporary, 0));
    leave_entry(EntryOutcome::kTrapped);
    return offset;
  }

  // --- wasm -> host ---
  uint32_t exit(const FuncType& type) {
    constexpr Gpr store = kSecondArgument;
    constexpr Gpr temporary = kThirdArgument;
    CallLayout layout = layout_call(type, convention_of<Masm>());
    FrameShape frame{{},
                     static_cast<uint32_t>(std::max(type.params.size(), type.results.size())) * 8};
    uint32_t offset = begin();
    masm_.prologue(frame);
    for (size_t i = 0; i < layout.params.size(); i++) {
      const ValuePlace& place = layout.params[i];
      Address slot = at_stack(static_cast<int64_t>(i) * 8);
      if (place.kind != ValuePlace::Kind::kStack) {
        slots_.store(place, slot);
      } else {
        slots_.copy(place.type, slot, Masm::incoming_stack_slot(place.index), Masm::kScratch);
      }
    }
    leave_guest(store, temporary);
    masm_.load(LoadOp::k64, kFirstArgument,
               at(Masm::kVmContext, offsetof(HostFunction, environment)));
    masm_.load_address(kSecondArgument, at_stack(0));
    masm_.call_mem(at(Masm::kVmContext, offsetof(HostFunction, code)));
    Label traps;
    masm_.load(LoadOp::k64, store, at(Masm::kVmContext, offsetof(VmContext, store)));
    masm_.binary_imm(BinaryOp::kAnd, Width::k32, temporary, kResult, 0xff);  // a TrapCode is a byte
    masm_.test(Width::k32, temporary, temporary);
    masm_.jump_if(Cond::kNotEqual, traps);
    give_up_if_interrupted(store, temporary);
    load_results(layout);
    masm_.epilogue(frame);
    masm_.bind(traps);
    give_up(store, temporary);
    return offset;
  }

  void load_results(const CallLayout& layout) {
    for (size_t i = 0; i < layout.results.size(); i++) {
      const ValuePlace& place = layout.results[i];
      if (place.kind != ValuePlace::Kind::kStack) continue;
      slots_.copy(place.type, Masm::incoming_stack_slot(place.index),
                  at_stack(static_cast<int64_t>(i) * 8), Masm::kScratch);
    }
    for (size_t i = 0; i < layout.results.size(); i++) {
      const ValuePlace& place = layout.results[i];
      if (place.kind == ValuePlace::Kind::kStack) continue;
      slots_.load(place, at_stack(static_cast<int64_t>(i) * 8));
    }
  }

  // Notes where the guest left, and sees to it that host code has its headroom.
  void leave_guest(Gpr entry, Gpr limit) {
    masm_.load(LoadOp::k64, entry, at(Masm::kVmContext, offsetof(VmContext, store)));
    masm_.load(LoadOp::k64, limit, at(entry, offsetof(StoreContext, stack_limit)));
    masm_.load(LoadOp::k64, entry, at(entry, offsetof(StoreContext, entry)));
    masm_.store(StoreOp::k64, at(entry, offsetof(EntryRecord, exit_frame)), Masm::kFramePointer);
    check_headroom(limit);
  }

  uint32_t builtin(const void* function) {
    // Neither an argument of the C convention nor the scratch register.
    constexpr RegisterSet kArguments = [] {
      RegisterSet set;
      for (Gpr argument : Masm::kHostIntArguments) set.add(argument.code);
      return set;
    }();
    constexpr Gpr temporary{(Masm::kIntTemporaries - kArguments).first()};
    constexpr FrameShape frame{{}, 0};
    uint32_t offset = begin();
    masm_.prologue(frame);
    leave_guest(Masm::kScratch, temporary);
    masm_.move_imm(Width::k64, temporary, reinterpret_cast<int64_t>(function));
    masm_.call_register(temporary);
    masm_.load(LoadOp::k64, kSecondArgument, at(Masm::kVmContext, offsetof(VmContext, store)));
    give_up_if_interrupted(kSecondArgument, kThirdArgument);
    masm_.epilogue(frame);
    return offset;
  }

  Masm masm_;
  ValueSlots<Masm> slots_{masm_};
};

}  // namespace wisp::jit
