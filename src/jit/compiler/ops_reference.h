// ReferenceOps<Masm>: references, tables and bulk memory. All but the simplest are calls of
// builtins.
//
// External interface: on_ref_*, on_table_*, on_elem_drop, on_memory_{grow,copy,fill,init},
// on_data_drop.
#pragma once

#include "jit/compiler/ops_call.h"

namespace wisp::jit {

template <class Masm>
class ReferenceOps : public CallOps<Masm> {
  using Base = CallOps<Masm>;

 public:
  using typename Base::GprTarget;

  void on_ref_null(ValueType type) { this->push_const(type, 0); }
  void on_ref_is_null() { this->eqz(Width::k64); }
  void on_ref_func(uint32_t function) {
    GprTarget target = this->result_gpr();
    masm_.load(LoadOp::k64, target.reg, {Masm::kVmContext, kNoGpr, offsetof(VmContext, functions)});
    masm_.load_address(target.reg,
                       {target.reg, kNoGpr, int64_t{function} * int64_t{sizeof(FuncRef)}});
    this->push_result(ValueType::kFuncRef, target);
  }

  void on_table_get(uint32_t table) {
    call_builtin(BuiltinId::kTableGet, {table}, 1);
    push_builtin_result(module_.tables[table].element);
  }
  void on_table_set(uint32_t table) { call_builtin(BuiltinId::kTableSet, {table}, 2); }
  void on_table_size(uint32_t table) {
    GprTarget target = this->result_gpr();
    masm_.load(LoadOp::k64, target.reg,
               {Masm::kVmContext, kNoGpr, context_.layout.table_pointer(table)});
    masm_.load(LoadOp::k32U, target.reg, {target.reg, kNoGpr, offsetof(TableView, length)});
    this->push_result(ValueType::kI32, target);
  }
  void on_table_grow(uint32_t table) {
    call_builtin(BuiltinId::kTableGrow, {table}, 2);
    push_builtin_result(ValueType::kI32);
  }
  void on_table_fill(uint32_t table) { call_builtin(BuiltinId::kTableFill, {table}, 3); }
  void on_table_copy(uint32_t to, uint32_t from) {
    call_builtin(BuiltinId::kTableCopy, {to, from}, 3);
  }
  void on_table_init(uint32_t segment, uint32_t table) {
    call_builtin(BuiltinId::kTableInit, {table, segment}, 3);
  }
  void on_elem_drop(uint32_t segment) { drop_segment(context_.layout.element_dropped(segment)); }

  void on_memory_grow(uint32_t memory) {
    call_builtin(BuiltinId::kMemoryGrow, {memory}, 1);
    push_builtin_result(ValueType::kI32);
  }
  void on_memory_fill(uint32_t memory) { call_builtin(BuiltinId::kMemoryFill, {memory}, 3); }
  void on_memory_copy(uint32_t to, uint32_t from) {
    call_builtin(BuiltinId::kMemoryCopy, {to, from}, 3);
  }
  void on_memory_init(uint32_t segment, uint32_t memory) {
    call_builtin(BuiltinId::kMemoryInit, {memory, segment}, 3);
  }
  void on_data_drop(uint32_t segment) { drop_segment(context_.layout.data_dropped(segment)); }

 protected:
  using Base::Base;
  using Base::call_builtin;
  using Base::context_;
  using Base::masm_;
  using Base::module_;
  using Base::push_builtin_result;

  void drop_segment(uint32_t flag_offset) {
    masm_.store_imm(StoreOp::k8, {Masm::kVmContext, kNoGpr, flag_offset}, 1);
  }
};

}  // namespace wisp::jit
