// VariableOps<Masm>: locals and globals.
//
// External interface: on_local_*, on_global_*.
#pragma once

#include "jit/compiler/function_state.h"

namespace wisp::jit {

template <class Masm>
class VariableOps {
  using Kind = ValueNode::Kind;

 public:
  void on_local_get(uint32_t local) { operands().push_local(homes()[local].type, local); }
  void on_local_set(uint32_t local) {
    ValueNode node = operands().pop();
    set_local(local, node);
    operands().release(node);
  }
  void on_local_tee(uint32_t local) {
    ValueNode node = operands().pop();
    set_local(local, node);
    if (node.is_const() || homes()[local].kind == Home::Kind::kFrame)
      return operands().push_again(node);
    operands().release(node);
    operands().push_local(homes()[local].type, local);
  }

  void on_global_get(uint32_t global) {
    ValueType type = context().module.globals[global].value;
    if (global >= context().module.imported_globals) {
      return load_from({Masm::kVmContext, kNoGpr, context().layout.global(global)}, type);
    }
    Gpr pointer = operands().take_gpr();
    masm().load(LoadOp::k64, pointer, {Masm::kVmContext, kNoGpr, context().layout.global(global)});
    operands().gprs.free(pointer.code);
    load_now({pointer, kNoGpr, 0}, type);
  }

  void on_global_set(uint32_t global) {
    ValueNode value = operands().pop();
    Address address{Masm::kVmContext, kNoGpr, context().layout.global(global)};
    if (global >= context().module.imported_globals) {
      store_value(address, value);
      return operands().release(value);
    }
    Gpr pointer = operands().take_gpr();
    masm().load(LoadOp::k64, pointer, address);
    store_value({pointer, kNoGpr, 0}, value);
    operands().gprs.free(pointer.code);
    operands().release(value);
  }

 private:
  void set_local(uint32_t local, const ValueNode& node) {
    Home& home = homes()[local];
    if (node.kind == Kind::kLocal && node.index == local) {
      // To itself.
      if (home.is_write_through && !homes().is_stale(home)) homes().store(home);
      return;
    }
    if (home.pending != 0) operands().materialize_pending(local);
    if (home.kind == Home::Kind::kFrame)
      return operands().move_to_memory(node, frame().local(home));
    operands().detach_other(local, home);
    if (home.kind == Home::Kind::kGpr)
      operands().move_to_gpr(node, Gpr{home.code});
    else
      operands().move_to_fpr(node, Fpr{home.code});
    homes().note_written(local, home);
    if (home.is_write_through) homes().store(home);
  }
  void load_from(Address address, ValueType type) {
    if (operands().next_takes_load(type))
      return operands().push_load(load_op(width_of(type)), type, address);
    load_now(address, type);
  }
  void load_now(Address address, ValueType type) {
    if (is_float(type)) {
      FprTarget target = operands().result_fpr();
      masm().float_load(width_of(type), target.reg, address);
      return operands().push_result(type, target);
    }
    GprTarget target = operands().result_gpr();
    masm().load(load_op(width_of(type)), target.reg, address);
    operands().push_result(type, target);
  }

  // A popped operand into memory that is not the frame's; no trap.
  void store_value(Address address, ValueNode& value) {
    if (value.is_const()) return operands().move_to_memory(value, address);
    if (is_float(value.type))
      return masm().float_store(width_of(value.type), address, operands().fpr_of(value));
    masm().store(store_op(width_of(value.type)), address, operands().gpr_of(value));
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  HomeState<Masm>& homes() { return state().homes; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
  const ModuleContext& context() { return state().context; }
};

}  // namespace wisp::jit
