// BranchTableOps<Masm>: br_table.
//
// External interface: on_br_table; emit_edge_stubs and emit_tables for what comes behind the code.
// Short tables are compared entry by entry, others jump through a table of offsets behind the
// function. Edges that must move several values get one stub for each distinct depth, so the work
// is linear in the entries.
#pragma once

#include "jit/compiler/ops_control.h"

namespace wisp::jit {

template <class Masm>
class BranchTableOps : public ControlOps<Masm> {
  using Base = ControlOps<Masm>;

 public:
  void on_br_table(BrTable table) {
    ValueNode index = pop();
    Gpr reg = this->writable_gpr(index, RegisterSet::of(Masm::kIntResults[0]));
    BlockFrame& any = frame_at(*table.begin());
    std::span<const ValueType> types = branch_types(any);
    this->reload_stale();
    if (types.size() == 1) {
      // All labels take it in the same place.
      ValueNode value = pop();
      if (is_float(value.type))
        this->move_to_fpr(value, Masm::kFloatResults[0]);
      else
        this->move_to_gpr(value, Masm::kIntResults[0]);
      release(value);
    }
    std::vector<uint32_t>& targets = table_targets_;
    uint32_t first = static_cast<uint32_t>(targets.size());
    if (types.size() > 1) {
      for (uint32_t i = 0; i < types.size(); ++i) this->to_slot(height_ - 1 - i);
      collect_stub_targets(table, types);
    } else {
      for (uint32_t depth : table) targets.push_back(frame_at(depth).label);
    }
    uint32_t default_target = targets.back();
    targets.pop_back();
    emit_table(reg, first, default_target);
    release(index);
    end_reachable();
  }

 protected:
  using Base::branch_types;
  using Base::control_;
  using Base::copy_slots;
  using Base::end_reachable;
  using Base::frame_at;
  using Base::frame_shape_;
  using Base::height_;
  using Base::labels_;
  using Base::masm_;
  using Base::new_label;
  using Base::pop;
  using Base::release;

  // Tables of up to so many entries are compared one by one.
  static constexpr uint32_t kMaxComparedTargets = 3;

  BranchTableOps(Masm& masm, const ModuleContext& context, CompilerMemory& memory,
                 std::vector<TrapSite>& sites)
      : Base(masm, context, memory, sites),
        table_targets_(memory.table_targets),
        tables_(memory.tables),
        edge_stubs_(memory.edge_stubs),
        stub_of_depth_(memory.stub_of_depth) {
    table_targets_.clear();
    tables_.clear();
    edge_stubs_.clear();
  }

  void emit_table(Gpr index, uint32_t first, uint32_t default_target) {
    uint32_t count = static_cast<uint32_t>(table_targets_.size()) - first;
    if (count <= kMaxComparedTargets) {
      for (uint32_t i = 0; i < count; ++i) {
        if (i == 0)
          masm_.test(Width::k32, index, index);
        else
          masm_.compare_imm(Width::k32, index, i);
        masm_.jump_if(Cond::kEqual, labels_[table_targets_[first + i]]);
      }
      table_targets_.resize(first);
      return masm_.jump(labels_[default_target]);
    }
    if (Masm::is_compare_imm(Width::k32, count)) {
      masm_.compare_imm(Width::k32, index, count);
    } else {
      masm_.move_imm(Width::k32, Masm::kScratch, count);
      masm_.compare(Width::k32, index, Masm::kScratch);
    }
    masm_.jump_if(Cond::kGreaterEqualU, labels_[default_target]);
    tables_.push_back({Label(), first, count});
    masm_.jump_table(index, tables_.back().label);
  }

  // One stub for each distinct depth.
  void collect_stub_targets(BrTable table, std::span<const ValueType> types) {
    uint32_t from = height_ - static_cast<uint32_t>(types.size());
    stub_of_depth_.resize(std::max(stub_of_depth_.size(), control_.size()), kNone32);
    for (uint32_t depth : table) {
      if (stub_of_depth_[depth] == kNone32) {
        const BlockFrame& frame = frame_at(depth);
        stub_of_depth_[depth] = new_label();
        edge_stubs_.push_back({stub_of_depth_[depth], frame.label, from, frame.height, types});
      }
      table_targets_.push_back(stub_of_depth_[depth]);
    }
    for (uint32_t depth : table) stub_of_depth_[depth] = kNone32;
  }

  // Out of line, behind the function's code.
  void emit_edge_stubs() {
    for (size_t i = 0; i < edge_stubs_.size(); ++i) {
      const EdgeStub& stub = edge_stubs_[i];
      masm_.bind(labels_[stub.label]);
      copy_slots(stub.types, stub.from_height, stub.to_height, stub.target == 0);
      if (stub.target == 0)
        masm_.epilogue(frame_shape_);
      else
        masm_.jump(labels_[stub.target]);
    }
  }
  void emit_tables() {
    for (PendingTable& table : tables_) {
      masm_.align(4);
      masm_.bind(table.label);
      for (uint32_t i = 0; i < table.count; ++i) {
        masm_.jump_table_entry(table.label.position(), labels_[table_targets_[table.first + i]]);
      }
    }
  }

  std::vector<uint32_t>& table_targets_;
  std::vector<PendingTable>& tables_;
  std::vector<EdgeStub>& edge_stubs_;
  std::vector<uint32_t>& stub_of_depth_;
};

}  // namespace wisp::jit
