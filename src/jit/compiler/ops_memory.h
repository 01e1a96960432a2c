// MemoryOps<Masm>: loads and stores of linear memory, memory.size, and globals.
//
// External interface: on_*_load*, on_*_store*, on_memory_size, on_global_*. No bounds are checked:
// the reservation behind memory 0 is as large as a 32-bit index and a 32-bit offset can reach. An
// i32 sum that was computed by the guest must wrap, so only the offset of the memarg becomes the
// displacement.
#pragma once

#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "jit/compiler/ops_convert.h"

namespace wisp::jit {

template <class Masm>
class MemoryOps : public ConvertOps<Masm> {
  using Base = ConvertOps<Masm>;

 public:
  using typename Base::FprTarget;
  using typename Base::GprTarget;
  using typename Base::Kind;

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
    GprTarget target = result_gpr();
    masm_.load(LoadOp::k64, target.reg,
               {Masm::kVmContext, kNoGpr, context_.layout.memory_pointer(memory)});
    masm_.load(LoadOp::k64, target.reg, {target.reg, kNoGpr, offsetof(MemoryView, size_bytes)});
    masm_.shift_imm(ShiftOp::kShrU, Width::k64, target.reg, target.reg, 16);
    push_result(ValueType::kI32, target);
  }

  void on_global_get(uint32_t global) {
    ValueType type = module_.globals[global].value;
    if (global >= module_.imported_globals) {
      return load_from({Masm::kVmContext, kNoGpr, context_.layout.global(global)}, type);
    }
    Gpr pointer = this->take_gpr();
    masm_.load(LoadOp::k64, pointer, {Masm::kVmContext, kNoGpr, context_.layout.global(global)});
    gprs_.free(pointer.code);
    load_now({pointer, kNoGpr, 0}, type);
  }

  void on_global_set(uint32_t global) {
    ValueNode value = pop();
    Address address{Masm::kVmContext, kNoGpr, context_.layout.global(global)};
    if (global >= module_.imported_globals) {
      store_value(address, value);
      return release(value);
    }
    Gpr pointer = this->take_gpr();
    masm_.load(LoadOp::k64, pointer, address);
    store_value({pointer, kNoGpr, 0}, value);
    gprs_.free(pointer.code);
    release(value);
  }

 protected:
  using Base::Base;
  using Base::context_;
  using Base::decoder_;
  using Base::fpr_of;
  using Base::gpr_of;
  using Base::gprs_;
  using Base::height_;
  using Base::masm_;
  using Base::module_;
  using Base::nodes_;
  using Base::note_site;
  using Base::pop;
  using Base::push_result;
  using Base::release;
  using Base::result_fpr;
  using Base::result_gpr;

  // The address of an access; `index` is popped and keeps its register until it is released.
  Address address_of(ValueNode& index, MemArg arg) {
    if (index.is_const()) return {Masm::kMemoryBase, kNoGpr, index.imm + int64_t{arg.offset}};
    return {Masm::kMemoryBase, gpr_of(index), arg.offset};
  }

  void load(LoadOp op, ValueType type, MemArg arg) {
    ValueNode index = pop();
    Address address = address_of(index, arg);
    bool is_full = op == (type == ValueType::kI32 ? LoadOp::k32U : LoadOp::k64);
    if (is_full && next_takes_memory()) return push_load(op, type, address);
    note_site(TrapCode::kMemoryOutOfBounds);
    release(index);
    GprTarget target = result_gpr(address.index);
    masm_.load(op, target.reg, address);
    push_result(type, target);
  }

  void float_load(ValueType type, MemArg arg) {
    ValueNode index = pop();
    Address address = address_of(index, arg);
    if (next_takes_float_memory()) return push_load(LoadOp::k64, type, address);
    note_site(TrapCode::kMemoryOutOfBounds);
    release(index);
    FprTarget target = result_fpr();
    masm_.float_load(width_of(type), target.reg, address);
    push_result(type, target);
  }

  void load_from(Address address, ValueType type) {
    if (is_float(type) ? next_takes_float_memory() : next_takes_memory()) {
      LoadOp op = width_of(type) == Width::k32 ? LoadOp::k32U : LoadOp::k64;
      return push_load(op, type, address);
    }
    load_now(address, type);
  }
  void load_now(Address address, ValueType type) {
    if (is_float(type)) {
      FprTarget target = result_fpr();
      masm_.float_load(width_of(type), target.reg, address);
      return push_result(type, target);
    }
    GprTarget target = result_gpr();
    this->load_gpr(width_of(type), target.reg, address);
    push_result(type, target);
  }

  // Deferred: the next opcode consumes it.
  void push_load(LoadOp op, ValueType type, Address address) {
    this->deferred_load_position_ = decoder_->position();
    if (address.index.is_valid() && gprs_.is_temporary(address.index.code))
      gprs_.give(address.index.code, height_);
    nodes_[height_++] =
        ValueNode::make(Kind::kLoad, type, address.index.code, static_cast<uint8_t>(op),
                        address.base.code, address.disp);
  }

  // Whether the next opcode takes its right operand from memory.
  bool next_takes_memory() const { return next_is_in(kTakesMemory); }
  bool next_takes_float_memory() const { return next_is_in(kTakesFloatMemory); }

  // By opcode, of those without a prefix.
  using OpcodeSet = std::array<bool, 256>;
  static constexpr OpcodeSet set_of(
      std::initializer_list<std::pair<Opcode, Opcode>> ranges) {  // with their last ones
    OpcodeSet set{};
    for (auto [first, last] : ranges) {
      for (auto opcode = static_cast<size_t>(first); opcode <= static_cast<size_t>(last); ++opcode)
        set[opcode] = true;
    }
    return set;
  }
  static constexpr OpcodeSet kTakesMemory = set_of({{Opcode::kI32Eqz, Opcode::kI64GeU},
                                                    {Opcode::kI32Add, Opcode::kI32Mul},
                                                    {Opcode::kI32And, Opcode::kI32Xor},
                                                    {Opcode::kI64Add, Opcode::kI64Mul},
                                                    {Opcode::kI64And, Opcode::kI64Xor}});
  static constexpr OpcodeSet kTakesFloatMemory =
      set_of({{Opcode::kF32Add, Opcode::kF32Div}, {Opcode::kF64Add, Opcode::kF64Div}});

  bool next_is_in(const OpcodeSet& set) const {
    if constexpr (!Masm::kHasMemoryOperands) return false;
    return set[static_cast<size_t>(decoder_->peek_opcode())] && context_.options.folding;
  }

  void store(StoreOp op, MemArg arg) {
    ValueNode value = pop();
    ValueNode index = pop();
    if (value.is_const() && Masm::is_store_imm(op, stored_bits(op, value.imm))) {
      Address address = address_of(index, arg);
      note_site(TrapCode::kMemoryOutOfBounds);
      masm_.store_imm(op, address, stored_bits(op, value.imm));
    } else {
      Gpr reg = gpr_of(value);
      Address address = address_of(index, arg);
      note_site(TrapCode::kMemoryOutOfBounds);
      masm_.store(op, address, reg);
    }
    release(value);
    release(index);
  }
  // As a signed constant of the stored width.
  static int64_t stored_bits(StoreOp op, int64_t bits) {
    unsigned unused = 64 - (8u << static_cast<unsigned>(op));
    return static_cast<int64_t>(static_cast<uint64_t>(bits) << unused) >> unused;
  }

  void float_store(Width width, MemArg arg) {
    if (this->top().is_const())
      return store(width == Width::k32 ? StoreOp::k32 : StoreOp::k64, arg, IntegerBits{});
    ValueNode value = pop();
    ValueNode index = pop();
    Fpr reg = fpr_of(value);
    Address address = address_of(index, arg);
    note_site(TrapCode::kMemoryOutOfBounds);
    masm_.float_store(width, address, reg);
    release(value);
    release(index);
  }
  // A float constant is stored as the integer with its bits.
  struct IntegerBits {};
  void store(StoreOp op, MemArg arg, IntegerBits) {
    this->top().type = op == StoreOp::k32 ? ValueType::kI32 : ValueType::kI64;
    store(op, arg);
  }

  // A popped operand into memory that is not the frame's; no trap.
  void store_value(Address address, ValueNode& value) {
    if (value.is_const()) return this->move_to_memory(value, address);
    if (is_float(value.type))
      return masm_.float_store(width_of(value.type), address, fpr_of(value));
    this->store_gpr(width_of(value.type), address, gpr_of(value));
  }
};

}  // namespace wisp::jit
