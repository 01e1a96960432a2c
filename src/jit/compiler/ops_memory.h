// MemoryOps<Masm>: loads and stores of linear memory, memory.size.
//
// External interface: on_*_load*, on_*_store*, on_memory_size. No bounds are checked:
// the reservation behind memory 0 is as large as a 32-bit index and a 32-bit offset can reach. An
// i32 sum that was computed by the guest must wrap, so only the offset of the memarg becomes the
// displacement.
#pragma once

#include <cstddef>

#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class MemoryOps {
 public:
  void on_i32_load(MemArg arg) { load(LoadOp::k32U, ValueType::kI32, arg); }
  void on_i64_load(MemArg arg) { load(LoadOp::k64, ValueType::kI64, arg); }
  void on_i32_load8_s(MemArg arg) { load(LoadOp::k8S32, ValueType::kI32, arg); }
  void on_i32_load8_u(MemArg arg) { load(LoadOp::k8U, ValueType::kI32, arg); }
  void on_i32_load16_s(MemArg arg) { load(LoadOp::k16S32, ValueType::kI32, arg); }
  void on_i32_load16_u(MemArg arg) { load(LoadOp::k16U, ValueType::kI32, arg); }
  void on_i64_load8_s(MemArg arg) { load(LoadOp::k8S64, ValueType::kI64, arg); }
  void on_i64_load8_u(MemArg arg) { load(LoadOp::k8U, ValueType::kI64, arg); }
  void on_i64_load16_s(MemArg arg) { load(LoadOp::k16S64, ValueType::kI64, arg); }
  void on_i64_load16_u(MemArg arg) { load(LoadOp::k16U, ValueType::kI64, arg); }
  void on_i64_load32_s(MemArg arg) { load(LoadOp::k32S64, ValueType::kI64, arg); }
  void on_i64_load32_u(MemArg arg) { load(LoadOp::k32U, ValueType::kI64, arg); }
  void on_f32_load(MemArg arg) { float_load(ValueType::kF32, arg); }
  void on_f64_load(MemArg arg) { float_load(ValueType::kF64, arg); }

  void on_i32_store(MemArg arg) { store(StoreOp::k32, arg); }
  void on_i64_store(MemArg arg) { store(StoreOp::k64, arg); }
  void on_i32_store8(MemArg arg) { store(StoreOp::k8, arg); }
  void on_i32_store16(MemArg arg) { store(StoreOp::k16, arg); }
  void on_i64_store8(MemArg arg) { store(StoreOp::k8, arg); }
  void on_i64_store16(MemArg arg) { store(StoreOp::k16, arg); }
  void on_i64_store32(MemArg arg) { store(StoreOp::k32, arg); }
  void on_f32_store(MemArg arg) { float_store(Width::k32, arg); }
  void on_f64_store(MemArg arg) { float_store(Width::k64, arg); }

  void on_memory_size(uint32_t memory) {
    GprTarget target = operands().result_gpr();
    masm().load(LoadOp::k64, target.reg,
                {Masm::kVmContext, kNoGpr, context().layout.memory_pointer(memory)});
    masm().load(LoadOp::k64, target.reg, {target.reg, kNoGpr, offsetof(MemoryView, size_bytes)});
    masm().shift_imm(ShiftOp::kShrU, Width::k64, target.reg, target.reg, 16);
    operands().push_result(ValueType::kI32, target);
  }

 private:
  // The address of an access; `index` is popped and keeps its register until it is released.
  Address address_of(ValueNode& index, MemArg arg) {
    if (index.is_const()) return {Masm::kMemoryBase, kNoGpr, index.imm + int64_t{arg.offset}};
    return {Masm::kMemoryBase, operands().gpr_of(index), arg.offset};
  }

  void load(LoadOp op, ValueType type, MemArg arg) {
    ValueNode index = operands().pop();
    Address address = address_of(index, arg);
    bool is_full = op == (type == ValueType::kI32 ? LoadOp::k32U : LoadOp::k64);
    if (is_full && operands().next_takes_load(type)) return operands().push_load(op, type, address);
    traps().note(TrapCode::kMemoryOutOfBounds);
    operands().release(index);
    GprTarget target = operands().result_gpr(address.index);
    masm().load(op, target.reg, address);
    operands().push_result(type, target);
  }

  void float_load(ValueType type, MemArg arg) {
    ValueNode index = operands().pop();
    Address address = address_of(index, arg);
    if (operands().next_takes_load(type)) return operands().push_load(LoadOp::k64, type, address);
    traps().note(TrapCode::kMemoryOutOfBounds);
    operands().release(index);
    FprTarget target = operands().result_fpr();
    masm().float_load(width_of(type), target.reg, address);
    operands().push_result(type, target);
  }

  void store(StoreOp op, MemArg arg) {
    ValueNode value = operands().pop();
    ValueNode index = operands().pop();
    if (value.is_const() && Masm::is_store_imm(op, stored_bits(op, value.imm))) {
      Address address = address_of(index, arg);
      traps().note(TrapCode::kMemoryOutOfBounds);
      masm().store_imm(op, address, stored_bits(op, value.imm));
    } else {
      Gpr reg = operands().gpr_of(value);
      Address address = address_of(index, arg);
      traps().note(TrapCode::kMemoryOutOfBounds);
      masm().store(op, address, reg);
    }
    operands().release(value);
    operands().release(index);
  }
  // As a signed constant of the stored width.
  static int64_t stored_bits(StoreOp op, int64_t bits) {
    unsigned unused = 64 - (8u << static_cast<unsigned>(op));
    return static_cast<int64_t>(static_cast<uint64_t>(bits) << unused) >> unused;
  }

  void float_store(Width width, MemArg arg) {
    if (operands().top().is_const()) return store(store_op(width), arg, IntegerBits{});
    ValueNode value = operands().pop();
    ValueNode index = operands().pop();
    Fpr reg = operands().fpr_of(value);
    Address address = address_of(index, arg);
    traps().note(TrapCode::kMemoryOutOfBounds);
    masm().float_store(width, address, reg);
    operands().release(value);
    operands().release(index);
  }
  // A float constant is stored as the integer with its bits.
  struct IntegerBits {};
  void store(StoreOp op, MemArg arg, IntegerBits) {
    operands().top().type = op == StoreOp::k32 ? ValueType::kI32 : ValueType::kI64;
    store(op, arg);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  TrapSites<Masm>& traps() { return state().traps; }
  const ModuleContext& context() { return state().context; }
};

}  // namespace wisp::jit
