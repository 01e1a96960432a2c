// ReferenceOps<Masm>: references, tables and bulk memory. All but the simplest are calls of
// builtins.
//
// External interface: on_ref_*, on_table_*, on_elem_drop, on_memory_{grow,copy,fill,init},
// on_data_drop.
#pragma once

#include <cstddef>

#include "jit/compiler/call_sequence.h"
#include "jit/compiler/ops_compare.h"

namespace wisp::jit {

template <class Masm>
class ReferenceOps {
 public:
  void on_ref_null(ValueType type) { operands().push_const(type, 0); }
  void on_ref_is_null() { compare_ops().eqz(Width::k64); }
  void on_ref_func(uint32_t function) {
    GprTarget target = operands().result_gpr();
    masm().load(LoadOp::k64, target.reg,
                {Masm::kVmContext, kNoGpr, offsetof(VmContext, functions)});
    masm().load_address(target.reg,
                        {target.reg, kNoGpr, int64_t{function} * int64_t{sizeof(FuncRef)}});
    operands().push_result(ValueType::kFuncRef, target);
  }

  void on_table_get(uint32_t table) {
    sequence().call_builtin(BuiltinId::kTableGet, {table}, 1);
    sequence().push_builtin_result(context().module.tables[table].element);
  }
  void on_table_set(uint32_t table) { sequence().call_builtin(BuiltinId::kTableSet, {table}, 2); }
  void on_table_size(uint32_t table) {
    GprTarget target = operands().result_gpr();
    masm().load(LoadOp::k64, target.reg,
                {Masm::kVmContext, kNoGpr, context().layout.table_pointer(table)});
    masm().load(LoadOp::k32U, target.reg, {target.reg, kNoGpr, offsetof(TableView, length)});
    operands().push_result(ValueType::kI32, target);
  }
  void on_table_grow(uint32_t table) {
    sequence().call_builtin(BuiltinId::kTableGrow, {table}, 2);
    sequence().push_builtin_result(ValueType::kI32);
  }
  void on_table_fill(uint32_t table) { sequence().call_builtin(BuiltinId::kTableFill, {table}, 3); }
  void on_table_copy(uint32_t to, uint32_t from) {
    sequence().call_builtin(BuiltinId::kTableCopy, {to, from}, 3);
  }
  void on_table_init(uint32_t segment, uint32_t table) {
    sequence().call_builtin(BuiltinId::kTableInit, {table, segment}, 3);
  }
  void on_elem_drop(uint32_t segment) { drop_segment(context().layout.element_dropped(segment)); }

  void on_memory_grow(uint32_t memory) {
    sequence().call_builtin(BuiltinId::kMemoryGrow, {memory}, 1);
    sequence().push_builtin_result(ValueType::kI32);
  }
  void on_memory_fill(uint32_t memory) {
    sequence().call_builtin(BuiltinId::kMemoryFill, {memory}, 3);
  }
  void on_memory_copy(uint32_t to, uint32_t from) {
    sequence().call_builtin(BuiltinId::kMemoryCopy, {to, from}, 3);
  }
  void on_memory_init(uint32_t segment, uint32_t memory) {
    sequence().call_builtin(BuiltinId::kMemoryInit, {memory, segment}, 3);
  }
  void on_data_drop(uint32_t segment) { drop_segment(context().layout.data_dropped(segment)); }

 private:
  void drop_segment(uint32_t flag_offset) {
    masm().store_imm(StoreOp::k8, {Masm::kVmContext, kNoGpr, flag_offset}, 1);
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  const ModuleContext& context() { return state().context; }
  CallSequence<Masm>& sequence() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  CompareOps<Masm>& compare_ops() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
