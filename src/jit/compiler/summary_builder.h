// SummaryBuilder: the sink of walk 1. Fills a FuncSummary while the validator runs.
//
// External interface: construct per function, pass to the validating FunctionDecoder; then
// `summary` is complete. All hooks are O(1) amortised. How long a local lives is decided from
// positions alone:
//   * A local whose first access is a write directly in block B, and which is accessed only inside
//   B, is dead before that
//     write; it is live to its last access, or to the end of the outermost loop inside B around
//     that.
//   * Any other local is live from the start (its initial value may be read) to its last access, or
//   to the end of the
//     outermost loop around that.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/module_context.h"
#include "jit/wasm/validation_sink.h"
#include "platform/inline.h"

namespace wisp::jit {

class SummaryBuilder : public ValidationSink {
 public:
  // Memory that outlives a function; one per thread.
  struct Scratch {
    std::vector<uint32_t> open_blocks;
    std::vector<uint32_t> open_loops;
    std::vector<uint8_t> open_is_loop;
    std::vector<uint32_t> loop_blocks;  // loop -> its block
  };

  SummaryBuilder(const ModuleContext& context, const FuncType& type, FuncSummary& summary,
                 Scratch& scratch)
      : context_(context), summary_(summary), scratch_(scratch) {
    summary_.begin();
    scratch_.open_blocks.assign(1, 0);
    scratch_.open_is_loop.assign(1, 0);
    scratch_.open_loops.clear();
    scratch_.loop_blocks.clear();
    summary_.param_count = static_cast<uint32_t>(type.params.size());
    summary_.local_types.insert(summary_.local_types.end(), type.params.begin(), type.params.end());
    summary_.locals.require(summary_.local_types.size());
  }

  void on_locals(ValueType type, uint32_t count) {
    summary_.local_types.insert(summary_.local_types.end(), count, type);
    summary_.locals.require(summary_.local_types.size());
  }

  void on_opcode(Opcode opcode, uint32_t) {
    switch (opcode) {
      case Opcode::kMemoryGrow:
      case Opcode::kMemoryCopy:
      case Opcode::kMemoryFill:
      case Opcode::kMemoryInit:
      case Opcode::kTableGet:
      case Opcode::kTableSet:
      case Opcode::kTableGrow:
      case Opcode::kTableFill:
      case Opcode::kTableCopy:
      case Opcode::kTableInit:
        note_call();
        return;
      default:
        return;
    }
  }

  void on_local_get(uint32_t local, uint32_t position) { access(local, position); }
  void on_local_set(uint32_t local, uint32_t position) { write(local, position); }
  void on_local_tee(uint32_t local, uint32_t position) { write(local, position); }

  void on_block(BlockType, uint32_t) { open_block(false); }
  void on_if(BlockType, uint32_t) { open_block(false); }
  void on_loop(BlockType, uint32_t) {
    open_block(true);
    if (!scratch_.open_loops.empty()) {
      summary_.blocks[scratch_.loop_blocks[scratch_.open_loops.back()]].is_innermost_loop = false;
    }
    scratch_.open_loops.push_back(static_cast<uint32_t>(summary_.loops.size()));
    summary_.loops.push_back({});
    scratch_.loop_blocks.push_back(scratch_.open_blocks.back());
    summary_.blocks.back().is_innermost_loop = true;
    update_weight();
  }
  void on_else(uint32_t position) {
    summary_.blocks[scratch_.open_blocks.back()].end = position;
    bool is_target = summary_.blocks[scratch_.open_blocks.back()].is_target;
    scratch_.open_blocks.back() = static_cast<uint32_t>(summary_.blocks.size());
    summary_.blocks.push_back({0, is_target, false});
  }
  void on_end(uint32_t position) {
    summary_.blocks[scratch_.open_blocks.back()].end = position;
    if (scratch_.open_is_loop.back() != 0) {
      LoopInfo& loop = summary_.loops[scratch_.open_loops.back()];
      loop.end = position;
      loop.calls_before_end = calls_;
      scratch_.open_loops.pop_back();
      update_weight();
    }
    scratch_.open_blocks.pop_back();
    scratch_.open_is_loop.pop_back();
  }

  void on_br(uint32_t depth, uint32_t) { note_target(depth); }
  void on_br_if(uint32_t depth, uint32_t) { note_target(depth); }
  void on_br_table(const BrTable& table, uint32_t) {
    for (uint32_t depth : table) note_target(depth);
  }

  void on_call(uint32_t function, uint32_t) {
    note_call();
    note_stack_slots(context_.module.functions[function]);
    if (function < context_.module.imported_functions) summary_.leaves_instance = true;
  }
  void on_call_indirect(uint32_t type, uint32_t table, uint32_t) {
    note_call();
    note_stack_slots(type);
    if (!context_.table_is_private[table]) summary_.leaves_instance = true;
  }

  void on_finish(uint32_t max_operand_height) { summary_.max_operand_height = max_operand_height; }

 private:
  void open_block(bool is_loop) {
    scratch_.open_blocks.push_back(static_cast<uint32_t>(summary_.blocks.size()));
    scratch_.open_is_loop.push_back(is_loop ? 1 : 0);
    summary_.blocks.push_back({});
  }

  void note_target(uint32_t depth) {
    summary_.blocks[scratch_.open_blocks[scratch_.open_blocks.size() - 1 - depth]].is_target = true;
  }

  void note_call() {
    summary_.has_calls = true;
    calls_ += weight_;
    if (!scratch_.open_loops.empty()) {
      summary_.blocks[scratch_.loop_blocks[scratch_.open_loops.back()]].is_innermost_loop = false;
      summary_.loops[scratch_.open_loops.back()].has_calls = 1;
    }
  }
  void note_stack_slots(uint32_t type) {
    summary_.outgoing_slots =
        std::max(summary_.outgoing_slots, context_.call_layouts[type].stack_slots);
  }

  // After a loop was opened or closed.
  void update_weight() {
    const std::vector<uint32_t>& loops = scratch_.open_loops;
    weight_ = uint64_t{1} << (3 * std::min<size_t>(loops.size(), 6));
    outermost_loop_ = loops.empty() ? kNone32 : loops[0];
  }

  WISP_INLINE LocalInfo& access(uint32_t local, uint32_t position) {
    LocalInfo& info = summary_.locals[local];
    if (info.weight == 0) [[unlikely]]
      note_first(info, local, position);
    return update(info, position);
  }
  WISP_INLINE LocalInfo& update(LocalInfo& info, uint32_t position) {
    info.weight += weight_;
    info.last = position;
    info.calls_before_last = calls_;
    info.outermost_loop = info.inner_loop = outermost_loop_;
    if (outermost_loop_ == kNone32) return info;
    const std::vector<uint32_t>& loops = scratch_.open_loops;
    info.inner_loop = loops.size() > info.set_loop_depth ? loops[info.set_loop_depth] : kNone32;
    return info;
  }
  [[gnu::noinline]] void note_first(LocalInfo& info, uint32_t local, uint32_t position) {
    info = LocalInfo{};
    info.first = position;
    info.calls_before_first = calls_;
    info.type = summary_.local_types[local];
    summary_.touched.push_back(local);
  }

  void write(uint32_t local, uint32_t position) {
    LocalInfo& info = summary_.locals[local];
    if (info.weight == 0) [[unlikely]] {
      note_first(info, local, position);
      info.set_block = scratch_.open_blocks.back();
      info.set_loop_depth =
          static_cast<uint16_t>(std::min<size_t>(scratch_.open_loops.size(), 0xffff));
    }
    update(info, position).set_weight += weight_;
  }

  const ModuleContext& context_;
  FuncSummary& summary_;
  Scratch& scratch_;
  uint64_t calls_ = 0;
  uint64_t weight_ = 1;
  uint32_t outermost_loop_ = kNone32;
};

}  // namespace wisp::jit
