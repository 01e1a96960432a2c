// CallOps<Masm>: calls of functions, through tables, and of builtins.
//
// External interface: on_call, on_call_indirect; call_builtin for ops_reference.h.
// Steps of every call:
//   1. temporaries of operands below the arguments go to their slots;
//   2. homes that the call clobbers and that live on are stored if the frame does not have them
//   (save_pins_for_call);
//   3. stack arguments are stored, register arguments moved in parallel, the others loaded behind
//   that;
//   4. the call; a site at its return address;
//   5. the saved homes are stale; results are operands in their registers.
// A call that may leave the instance takes the callee's context and memory base into the pinned
// registers, and restores its own from the frame.
#pragma once

#include <cstddef>
#include <initializer_list>

#include "jit/compiler/ops_memory.h"
#include "jit/compiler/parallel_move.h"
#include "jit/runtime/builtins.h"

namespace wisp::jit {

template <class Masm>
class CallOps : public MemoryOps<Masm> {
  using Base = MemoryOps<Masm>;

 public:
  using typename Base::GprTarget;
  using typename Base::Kind;

  void on_call(uint32_t function) {
    const CallLayout& layout = context_.call_layouts[module_.functions[function]];
    begin_call(static_cast<uint32_t>(layout.params.size()));
    ParallelMove moves;
    pass_arguments(layout, moves);
    if (function < module_.imported_functions) {
      call_import(function);
    } else {
      calls_->push_back({masm_.call(), function});
      note_site(TrapCode::kNone);
    }
    finish_call(layout);
  }

  // Core specification, section 4.4.8. The entry is found before the arguments move; it waits in a
  // register that no argument uses.
  void on_call_indirect(uint32_t type, uint32_t table) {
    const CallLayout& layout = context_.call_layouts[type];
    Gpr entry = table_entry(type, table);
    begin_call(static_cast<uint32_t>(layout.params.size()));
    ParallelMove moves;
    moves.add(kCallee.code, entry.code);
    pass_arguments(layout, moves);
    gprs_.free(entry.code);
    if (context_.table_is_private[table]) {
      masm_.call_mem({kCallee, kNoGpr, offsetof(FuncRef, code)});
      note_site(TrapCode::kNone);
    } else {
      masm_.load(LoadOp::k64, Masm::kMemoryBase, {kCallee, kNoGpr, offsetof(FuncRef, memory_base)});
      masm_.load(LoadOp::k64, Masm::kVmContext, {kCallee, kNoGpr, offsetof(FuncRef, context)});
      masm_.call_mem({kCallee, kNoGpr, offsetof(FuncRef, code)});
      note_site(TrapCode::kNone);
      restore_context();
    }
    finish_call(layout);
  }

 protected:
  using Base::Base;
  using Base::canonicalize;
  using Base::context_;
  using Base::decoder_;
  using Base::fprs_;
  using Base::frame_slot;
  using Base::gpr_of;
  using Base::gprs_;
  using Base::height_;
  using Base::homes_;
  using Base::is_stale;
  using Base::masm_;
  using Base::module_;
  using Base::move_to_fpr;
  using Base::move_to_gpr;
  using Base::nodes_;
  using Base::note_site;
  using Base::operand_slot;
  using Base::pop;
  using Base::push_fpr;
  using Base::push_gpr;
  using Base::push_slot;
  using Base::release;
  using Base::take_gpr;
  using Base::trap_if;
  using Base::trap_label;
  using Base::writable_gpr;

  // Holds the entry of an indirect call: a register that calls clobber and that passes no argument.
  static constexpr Gpr callee_register() {
    RegisterSet clobbered = Masm::kIntTemporaries;
    for (Gpr pin : Masm::kCallerSavedPins) clobbered.add(pin.code);
    for (Gpr argument : Masm::kIntArguments) clobbered.remove(argument.code);
    return Gpr{clobbered.first()};
  }
  static constexpr Gpr kCallee = callee_register();

  void begin_call(uint32_t argument_count) {
    uint32_t first_argument = height_ - argument_count;
    if (this->choose_pins_to_save(decoder_->position())) canonicalize(first_argument);
    spill_below(gprs_, first_argument);
    spill_below(fprs_, first_argument);
    this->save_pins();
  }

  void spill_below(const RegisterFile& registers, uint32_t limit) {
    for (uint32_t bits = registers.used().bits; bits != 0; bits &= bits - 1) {
      uint32_t owner = registers.owner(RegisterSet(bits).first());
      if (owner < limit) this->spill_operand(owner);
    }
  }

  // The operands on top, as many as the layout has parameters, to their places; they are popped.
  // `moves` may hold a move already.
  void pass_arguments(const CallLayout& layout, ParallelMove& moves) {
    uint32_t count = static_cast<uint32_t>(layout.params.size());
    uint32_t first = height_ - count;
    if (count == 0) return resolve(moves);
    ParallelMove float_moves;
    // Those that go to a register and are in none: after the moves, which read registers.
    std::array<uint32_t, Masm::kIntArguments.size() + Masm::kFloatArguments.size()> later;
    size_t later_count = 0;
    for (uint32_t i = 0; i < count; ++i) {
      const ValuePlace& place = layout.params[i];
      const ValueNode& node = nodes_[first + i];
      if (place.kind == ValuePlace::Kind::kStack) {
        this->move_to_memory(node, Masm::outgoing_stack_slot(place.index));
      } else if (uint8_t source = register_of(node); source != RegisterFile::kNothing) {
        (place.kind == ValuePlace::Kind::kGpr ? moves : float_moves)
            .add(static_cast<uint8_t>(place.index), source);
      } else {
        later[later_count++] = i;
      }
      // Nothing takes a register before all are where they go.
      this->forget(node);
    }
    this->drop_nodes(count);
    resolve(moves);
    if (!float_moves.is_empty()) {
      float_moves.resolve(Masm::kFloatScratch.code, [this](uint8_t to, uint8_t from) {
        masm_.float_move(Width::k64, Fpr{to}, Fpr{from});
      });
    }
    for (size_t i = 0; i < later_count; ++i) {
      const ValuePlace& place = layout.params[later[i]];
      const ValueNode& node = nodes_[first + later[i]];
      if (place.kind == ValuePlace::Kind::kGpr)
        move_to_gpr(node, Gpr{static_cast<uint8_t>(place.index)});
      else
        move_to_fpr(node, Fpr{static_cast<uint8_t>(place.index)});
    }
  }
  void resolve(ParallelMove& moves) {
    if (moves.is_empty()) return;
    moves.resolve(Masm::kScratch.code,
                  [this](uint8_t to, uint8_t from) { masm_.move(Width::k64, Gpr{to}, Gpr{from}); });
  }
  // The register that an operand is in, of its class, or kNothing.
  uint8_t register_of(const ValueNode& node) const {
    if (node.kind == Kind::kReg || node.kind == Kind::kFReg) return node.reg;
    if (node.kind != Kind::kLocal) return RegisterFile::kNothing;
    const Home& home = homes_[node.index];
    return home.kind == Home::Kind::kFrame || is_stale(home) ? RegisterFile::kNothing : home.code;
  }

  void call_import(uint32_t function) {
    int64_t entry = context_.layout.function_import(function);
    auto field = [entry](size_t offset) {
      return Address{Masm::kVmContext, kNoGpr, entry + static_cast<int64_t>(offset)};
    };
    masm_.load(LoadOp::k64, kCallee, field(offsetof(FuncRef, code)));
    masm_.load(LoadOp::k64, Masm::kMemoryBase, field(offsetof(FuncRef, memory_base)));
    masm_.load(LoadOp::k64, Masm::kVmContext, field(offsetof(FuncRef, context)));
    masm_.call_register(kCallee);
    note_site(TrapCode::kNone);
    restore_context();
  }
  void restore_context() {
    masm_.load(LoadOp::k64, Masm::kVmContext, frame_slot(0));
    masm_.load(LoadOp::k64, Masm::kMemoryBase,
               {Masm::kVmContext, kNoGpr, offsetof(VmContext, memory_base)});
  }

  void finish_call(const CallLayout& layout) {
    this->mark_pins_stale();
    for (const ValuePlace& place : layout.results) {
      switch (place.kind) {
        case ValuePlace::Kind::kGpr:
          gprs_.take(static_cast<uint8_t>(place.index));
          push_gpr(place.type, Gpr{static_cast<uint8_t>(place.index)});
          break;
        case ValuePlace::Kind::kFpr:
          fprs_.take(static_cast<uint8_t>(place.index));
          push_fpr(place.type, Fpr{static_cast<uint8_t>(place.index)});
          break;
        case ValuePlace::Kind::kStack:
          masm_.load(LoadOp::k64, Masm::kScratch, Masm::outgoing_stack_slot(place.index));
          masm_.store(StoreOp::k64, operand_slot(height_), Masm::kScratch);
          push_slot(place.type);
          break;
      }
    }
  }

  // Pops the index; a held register with the address of a FuncRef of the right type.
  Gpr table_entry(uint32_t type, uint32_t table) {
    ValueNode index = pop();
    Gpr entry = writable_gpr(index);
    Gpr view = take_gpr();
    masm_.load(LoadOp::k64, view, {Masm::kVmContext, kNoGpr, context_.layout.table_pointer(table)});
    compare_with_memory(Width::k64, entry, {view, kNoGpr, offsetof(TableView, length)});
    trap_if(Cond::kGreaterEqualU, TrapCode::kUndefinedElement);
    masm_.shift_imm(ShiftOp::kShl, Width::k64, entry, entry, 5);
    static_assert(sizeof(FuncRef) == 1 << 5);
    if constexpr (Masm::kHasMemoryOperands) {
      masm_.binary_mem(BinaryOp::kAdd, Width::k64, entry, entry,
                       {view, kNoGpr, offsetof(TableView, entries)});
    } else {
      masm_.load(LoadOp::k64, view, {view, kNoGpr, offsetof(TableView, entries)});
      masm_.binary(BinaryOp::kAdd, Width::k64, entry, entry, view);
    }
    masm_.load(LoadOp::k64, view, {Masm::kVmContext, kNoGpr, offsetof(VmContext, signature_ids)});
    masm_.load(LoadOp::k32U, view, {view, kNoGpr, int64_t{type} * 4});
    compare_with_memory(Width::k32, view, {entry, kNoGpr, offsetof(FuncRef, signature)});
    masm_.jump_if(Cond::kNotEqual, trap_label(TrapCode::kIndirectCallTypeMismatch, entry));
    gprs_.free(view.code);
    return entry;
  }

  void compare_with_memory(Width width, Gpr reg, Address address) {
    if constexpr (Masm::kHasMemoryOperands) {
      masm_.compare_mem(width, reg, address);
    } else {
      this->load_gpr(width, Masm::kScratch, address);
      masm_.compare(width, reg, Masm::kScratch);
    }
  }

  // A call of a builtin: constants first, then the operands on top. It leaves no result.
  void call_builtin(BuiltinId id, std::initializer_list<uint32_t> constants,
                    uint32_t operand_count) {
    begin_call(operand_count);
    uint32_t first = height_ - operand_count;
    size_t first_register = 1 + constants.size();
    ParallelMove moves;
    for (uint32_t i = 0; i < operand_count; ++i) {
      uint8_t source = register_of(nodes_[first + i]);
      if (source != RegisterFile::kNothing)
        moves.add(Masm::kHostIntArguments[first_register + i].code, source);
    }
    moves.resolve(Masm::kScratch.code,
                  [this](uint8_t to, uint8_t from) { masm_.move(Width::k64, Gpr{to}, Gpr{from}); });
    for (uint32_t i = 0; i < operand_count; ++i) {
      const ValueNode& node = nodes_[first + i];
      if (register_of(node) == RegisterFile::kNothing)
        move_to_gpr(node, Masm::kHostIntArguments[first_register + i]);
    }
    for (uint32_t i = 0; i < operand_count; ++i) release(pop());
    size_t next = 1;
    for (uint32_t constant : constants)
      masm_.move_imm(Width::k32, Masm::kHostIntArguments[next++], constant);
    masm_.move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm_.load(LoadOp::k64, Masm::kScratch,
               {Masm::kVmContext, kNoGpr, offsetof(VmContext, builtins)});
    masm_.call_mem({Masm::kScratch, kNoGpr, builtin_offset(id)});
    note_site(TrapCode::kNone);
    this->mark_pins_stale();
  }
  void push_builtin_result(ValueType type) {
    gprs_.take(Masm::kHostIntResult.code);
    // C leaves the upper half of a 32-bit result open.
    if (width_of(type) == Width::k32)
      masm_.move(Width::k32, Masm::kHostIntResult, Masm::kHostIntResult);
    push_gpr(type, Masm::kHostIntResult);
  }

  std::vector<CallSite>* calls_ = nullptr;
};

}  // namespace wisp::jit
