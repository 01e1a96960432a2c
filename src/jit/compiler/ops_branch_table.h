// BranchTableOps<Masm>: br_table.
//
// External interface: on_br_table; emit_edge_stubs and emit_tables for what comes behind the code.
// Short tables are compared entry by entry, others jump through a table of offsets behind the
// function. Edges that must move several values get one stub for each distinct depth, so the work
// is linear in the entries.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "jit/compiler/control_flow.h"

namespace wisp::jit {

template <class Masm>
class BranchTableOps {
 public:
  void on_br_table(BrTable table) {
    ValueNode index = operands().pop();
    Gpr reg = operands().writable_gpr(index, RegisterSet::of(Masm::kIntResults[0]));
    BlockFrame& any = control().frame_at(*table.begin());
    std::span<const ValueType> types = control().branch_types(any);
    homes().reload_stale();
    if (types.size() == 1) {
      // All labels take it in the same place.
      ValueNode value = operands().pop();
      flow().move_to_result_register(value);
      operands().release(value);
    }
    std::vector<uint32_t>& targets = memory().table_targets;
    uint32_t first = static_cast<uint32_t>(targets.size());
    if (types.size() > 1) {
      operands().top_to_slots(types.size());
      collect_stub_targets(table, types);
    } else {
      for (uint32_t depth : table) targets.push_back(control().frame_at(depth).label);
    }
    uint32_t default_target = targets.back();
    targets.pop_back();
    emit_table(reg, first, default_target);
    operands().release(index);
    flow().end_reachable();
  }

  // Out of line, behind the function's code.
  void emit_edge_stubs() {
    for (size_t i = 0; i < memory().edge_stubs.size(); ++i) {
      const EdgeStub& stub = memory().edge_stubs[i];
      masm().bind(control().label(stub.label));
      flow().copy_slots(stub.types, stub.from_height, stub.to_height, stub.target == 0);
      if (stub.target == 0)
        masm().epilogue(frame().shape());
      else
        masm().jump(control().label(stub.target));
    }
  }
  void emit_tables() {
    for (PendingTable& table : memory().tables) {
      masm().align(4);
      masm().bind(table.label);
      for (uint32_t i = 0; i < table.count; ++i) {
        masm().jump_table_entry(table.label.position(),
                                control().label(memory().table_targets[table.first + i]));
      }
    }
  }

 private:
  // Tables of up to so many entries are compared one by one.
  static constexpr uint32_t kMaxComparedTargets = 3;

  void emit_table(Gpr index, uint32_t first, uint32_t default_target) {
    uint32_t count = static_cast<uint32_t>(memory().table_targets.size()) - first;
    if (count <= kMaxComparedTargets) {
      for (uint32_t i = 0; i < count; ++i) {
        if (i == 0)
          masm().test(Width::k32, index, index);
        else
          masm().compare_imm(Width::k32, index, i);
        masm().jump_if(Cond::kEqual, control().label(memory().table_targets[first + i]));
      }
      memory().table_targets.resize(first);
      return masm().jump(control().label(default_target));
    }
    if (Masm::is_compare_imm(Width::k32, count)) {
      masm().compare_imm(Width::k32, index, count);
    } else {
      masm().move_imm(Width::k32, Masm::kScratch, count);
      masm().compare(Width::k32, index, Masm::kScratch);
    }
    masm().jump_if(Cond::kGreaterEqualU, control().label(default_target));
    memory().tables.push_back({Label(), first, count});
    masm().jump_table(index, memory().tables.back().label);
  }

  // One stub for each distinct depth.
  void collect_stub_targets(BrTable table, std::span<const ValueType> types) {
    uint32_t from = operands().height() - static_cast<uint32_t>(types.size());
    memory().stub_of_depth.resize(std::max(memory().stub_of_depth.size(), control().depth()),
                                  kNone32);
    for (uint32_t depth : table) {
      if (memory().stub_of_depth[depth] == kNone32) {
        const BlockFrame& frame = control().frame_at(depth);
        memory().stub_of_depth[depth] = control().new_label();
        memory().edge_stubs.push_back(
            {memory().stub_of_depth[depth], frame.label, from, frame.height, types});
      }
      memory().table_targets.push_back(memory().stub_of_depth[depth]);
    }
    for (uint32_t depth : table) memory().stub_of_depth[depth] = kNone32;
  }

  FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
  CompilerMemory& memory() { return state().memory; }
  Masm& masm() { return state().masm; }
  Operands<Masm>& operands() { return state().operands; }
  HomeState<Masm>& homes() { return state().homes; }
  const FunctionFrame<Masm>& frame() { return state().frame; }
  ControlState& control() { return state().control; }
  ControlFlow<Masm>& flow() { return static_cast<FunctionCompiler<Masm>&>(*this); }
};

}  // namespace wisp::jit
