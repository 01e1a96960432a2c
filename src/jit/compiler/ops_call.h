// CallOps<Masm>: calls of functions, directly and through tables.
//
// External interface: on_call, on_call_indirect.
#pragma once

#include <cstddef>

#include "jit/compiler/call_sequence.h"

namespace wisp::jit {

template <class Masm>
class CallOps {
 public:
  void on_call(uint32_t function) {
    const CallLayout& layout = context().call_layouts[context().module.functions[function]];
    sequence().begin(static_cast<uint32_t>(layout.params.size()));
    ParallelMove moves;
    sequence().pass_arguments(layout, moves);
    if (function < context().module.imported_functions) {
      call_import(function);
    } else {
      state().calls.push_back({masm().call(), function});
      traps().note(TrapCode::kNone);
    }
    sequence().finish(layout);
  }

  // Core specification, section 4.4.8. The entry is found before the arguments move; it waits in a
  // register that no argument uses.
  void on_call_indirect(uint32_t type, uint32_t table) {
    const CallLayout& layout = context().call_layouts[type];
    Gpr entry = table_entry(type, table);
    sequence().begin(static_cast<uint32_t>(layout.params.size()));
    ParallelMove moves;
    moves.add(kEntry.code, entry.code);
    sequence().pass_arguments(layout, moves);
    operands().gprs.free(entry.code);
    if (context().table_is_private[table]) {
      masm().call_mem({kEntry, kNoGpr, offsetof(FuncRef, code)});
      traps().note(TrapCode::kNone);
    } else {
      masm().load(LoadOp::k64, Masm::kMemoryBase, {kEntry, kNoGpr, offsetof(FuncRef, memory_base)});
      masm().load(LoadOp::k64, Masm::kVmContext, {kEntry, kNoGpr, offsetof(FuncRef, context)});
      masm().call_mem({kEntry, kNoGpr, offsetof(FuncRef, code)});
      traps().note(TrapCode::kNone);
      sequence().restore_context();
    }
    sequence().finish(layout);
  }

 private:
  // Holds the entry of an indirect call.
  static constexpr Gpr kEntry = call_scratch<Masm>();

  void call_import(uint32_t function) {
    int64_t entry = context().layout.function_import(function);
    auto field = [entry](size_t offset) {
      return Address{Masm::kVmContext, kNoGpr, entry + static_cast<int64_t>(offset)};
    };
    masm().load(LoadOp::k64, kEntry, field(offsetof(FuncRef, code)));
    masm().load(LoadOp::k64, Masm::kMemoryBase, field(offsetof(FuncRef, memory_base)));
    masm().load(LoadOp::k64, Masm::kVmContext, field(offsetof(FuncRef, context)));
    masm().call_register(kEntry);
    traps().note(TrapCode::kNone);
    sequence().restore_context();
  }

  // Pops the index; a held register with the address of a FuncRef of the right type.
  Gpr table_entry(uint32_t type, uint32_t table) {
    ValueNode index = operands().pop();
    Gpr entry = operands().writable_gpr(index);
    Gpr view = operands().take_gpr();
    masm().load(LoadOp::k64, view,
                {Masm::kVmContext, kNoGpr, context().layout.table_pointer(table)});
    compare_with_memory(Width::k64, entry, {view, kNoGpr, offsetof(TableView, length)});
    traps().trap_if(Cond::kGreaterEqualU, TrapCode::kUndefinedElement);
    masm().shift_imm(ShiftOp::kShl, Width::k64, entry, entry, 5);
    static_assert(sizeof(FuncRef) == 1 << 5);
    if constexpr (Masm::kHasMemoryOperands) {
      masm().binary_mem(BinaryOp::kAdd, Width::k64, entry, entry,
                        {view, kNoGpr, offsetof(TableView, entries)});
    } else {
      masm().load(LoadOp::k64, view, {view, kNoGpr, offsetof(TableView, entries)});
      masm().binary(BinaryOp::kAdd, Width::k64, entry, entry, view);
    }
    masm().load(LoadOp::k64, view, {Masm::kVmContext, kNoGpr, offsetof(VmContext, signature_ids)});
    masm().load(LoadOp::k32U, view, {view, kNoGpr, int64_t{type} * 4});
    compare_with_memory(Width::k32, view, {entry, kNoGpr, offsetof(FuncRef, signature)});
    masm().jump_if(Cond::kNotEqual, traps().label(TrapCode::kIndirectCallTypeMismatch, entry));
    operands().gprs.free(view.code);
    return entry;
  }

  void compare_with_memory(Width width, Gpr reg, Address address) {
    if constexpr (Masm::kHasMemoryOperands) {
      masm().compare_mem(width, reg, address);
    } else {
      masm().load(load_op(width), Masm::kScratch, address);
      masm().compare(width, reg, Masm::kScratch);
    }
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  TrapSites<Masm>& traps() { return state().traps; }
  const ModuleContext& context() { return state().context; }
  CallSequence<Masm>& sequence() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
