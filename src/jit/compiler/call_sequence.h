// CallSequence<Masm>: what is emitted around every call of a function or a builtin.
//
// External interface: CallSequence; resolve_gprs, resolve_fprs for parameters.
// Steps of every call:
//   1. temporaries of operands below the arguments go to their slots;
//   2. homes that the call clobbers and that live on are stored if the frame does not have them
//      (`begin`);
//   3. stack arguments are stored, register arguments moved in parallel, the others loaded behind
//      that (`pass_arguments`);
//   4. the call; a site at its return address;
//   5. the saved homes are stale; results are operands in their registers (`finish`).
// A call that may leave the instance takes the callee's context and memory base into the pinned
// registers, and restores its own from the frame.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>

#include "jit/compiler/function_state.h"
#include "jit/compiler/parallel_move.h"
#include "jit/runtime/builtins.h"

namespace wisp::jit {

template <class Masm>
void resolve_gprs(Masm& masm, ParallelMove& moves) {
  if (moves.is_empty()) return;
  moves.resolve(Masm::kScratch.code,
                [&masm](uint8_t to, uint8_t from) { masm.move(Width::k64, Gpr{to}, Gpr{from}); });
}
template <class Masm>
void resolve_fprs(Masm& masm, ParallelMove& moves) {
  if (moves.is_empty()) return;
  moves.resolve(Masm::kFloatScratch.code, [&masm](uint8_t to, uint8_t from) {
    masm.float_move(Width::k64, Fpr{to}, Fpr{from});
  });
}

template <class Masm>
class CallSequence {
 public:
  // With so many operands on top as arguments.
  void begin(uint32_t argument_count) {
    uint32_t first_argument = operands().height() - argument_count;
    if (homes().choose_to_save()) operands().canonicalize(first_argument);
    operands().spill_below(first_argument);
    homes().save();
  }

  // The operands on top, as many as the layout has parameters, to their places; they are popped.
  // `moves` may hold a move already.
  void pass_arguments(const CallLayout& layout, ParallelMove& moves) {
    uint32_t count = static_cast<uint32_t>(layout.params.size());
    uint32_t first = operands().height() - count;
    if (count == 0) return resolve_gprs(masm(), moves);
    ParallelMove float_moves;
    // Those that go to a register and are in none: after the moves, which read registers.
    std::array<uint32_t, Masm::kIntArguments.size() + Masm::kFloatArguments.size()> later;
    size_t later_count = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const ValuePlace& place = layout.params[i];
      const ValueNode& node = operands()[first + i];
      if (place.kind == ValuePlace::Kind::kStack) {
        operands().move_to_memory(node, Masm::outgoing_stack_slot(place.index));
      } else if (uint8_t source = operands().register_of(node); source != RegisterFile::kNothing) {
        (place.kind == ValuePlace::Kind::kGpr ? moves : float_moves)
            .add(static_cast<uint8_t>(place.index), source);
      } else {
        later[later_count++] = i;
      }
      // Nothing takes a register before all are where they go.
      operands().forget(node);
    }
    operands().drop_nodes(count);
    resolve_gprs(masm(), moves);
    resolve_fprs(masm(), float_moves);
    for (size_t i = 0; i < later_count; ++i) {
      const ValuePlace& place = layout.params[later[i]];
      const ValueNode& node = operands()[first + later[i]];
      if (place.kind == ValuePlace::Kind::kGpr)
        operands().move_to_gpr(node, Gpr{static_cast<uint8_t>(place.index)});
      else
        operands().move_to_fpr(node, Fpr{static_cast<uint8_t>(place.index)});
    }
  }
  void restore_context() {
    masm().load(LoadOp::k64, Masm::kVmContext, frame().own_context());
    masm().load(LoadOp::k64, Masm::kMemoryBase,
                {Masm::kVmContext, kNoGpr, offsetof(VmContext, memory_base)});
  }

  void finish(const CallLayout& layout) {
    homes().mark_stale();
    for (const ValuePlace& place : layout.results) {
      switch (place.kind) {
        case ValuePlace::Kind::kGpr:
          operands().gprs.take(static_cast<uint8_t>(place.index));
          operands().push_gpr(place.type, Gpr{static_cast<uint8_t>(place.index)});
          break;
        case ValuePlace::Kind::kFpr:
          operands().fprs.take(static_cast<uint8_t>(place.index));
          operands().push_fpr(place.type, Fpr{static_cast<uint8_t>(place.index)});
          break;
        case ValuePlace::Kind::kStack:
          masm().load(LoadOp::k64, Masm::kScratch, Masm::outgoing_stack_slot(place.index));
          masm().store(StoreOp::k64, frame().operand(operands().height()), Masm::kScratch);
          operands().push_slot(place.type);
          break;
      }
    }
  }

  // A call of a builtin: constants first, then the operands on top. It leaves no result.
  void call_builtin(BuiltinId id, std::initializer_list<uint32_t> constants,
                    uint32_t operand_count) {
    begin(operand_count);
    uint32_t first = operands().height() - operand_count;
    size_t first_register = 1 + constants.size();
    ParallelMove moves;
    for (uint32_t i = 0; i < operand_count; ++i) {
      uint8_t source = operands().register_of(operands()[first + i]);
      if (source != RegisterFile::kNothing)
        moves.add(Masm::kHostIntArguments[first_register + i].code, source);
    }
    resolve_gprs(masm(), moves);
    for (uint32_t i = 0; i < operand_count; ++i) {
      const ValueNode& node = operands()[first + i];
      if (operands().register_of(node) == RegisterFile::kNothing)
        operands().move_to_gpr(node, Masm::kHostIntArguments[first_register + i]);
    }
    for (uint32_t i = 0; i < operand_count; ++i) operands().release(operands().pop());
    size_t next = 1;
    for (uint32_t constant : constants)
      masm().move_imm(Width::k32, Masm::kHostIntArguments[next++], constant);
    masm().move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm().load(LoadOp::k64, Masm::kScratch,
                {Masm::kVmContext, kNoGpr, offsetof(VmContext, builtins)});
    masm().call_mem({Masm::kScratch, kNoGpr, builtin_offset(id)});
    traps().note(TrapCode::kNone);
    homes().mark_stale();
  }
  void push_builtin_result(ValueType type) {
    operands().gprs.take(Masm::kHostIntResult.code);
    // C leaves the upper half of a 32-bit result open.
    if (width_of(type) == Width::k32)
      masm().move(Width::k32, Masm::kHostIntResult, Masm::kHostIntResult);
    operands().push_gpr(type, Masm::kHostIntResult);
  }

 private:
  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  HomeState<Masm>& homes() { return state().homes; }
  TrapSites<Masm>& traps() { return state().traps; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
};

}  // namespace wisp::jit
