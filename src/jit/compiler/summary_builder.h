// SummaryBuilder: the sink of walk 1. Fills a FuncSummary while the validator runs.
//
// External interface: construct per function, pass to the validating FunctionDecoder; then
// `summary` is complete. All hooks are O(1) amortised. How long a local lives is decided from
// positions alone:
//   * A local whose first access is a write directly in block B, and which is accessed only inside
//     B, is dead before that write; it is live to its last access, or to the end of the outermost
//     loop inside B around that.
//   * Any other local is live from the start (its initial value may be read) to its last access, or
//     to the end of the outermost loop around that.
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
  struct OpenBlock {
    uint32_t block;
    bool is_loop;
  };
  // Memory that outlives a function; one per thread.
  struct Scratch {
    std::vector<OpenBlock> open_blocks;
    std::vector<uint32_t> open_loops;   // behind the innermost, kNone32
    std::vector<uint32_t> loop_blocks;  // loop -> its block
  };

  SummaryBuilder(const ModuleContext& context, const FuncType& type, FuncSummary& summary,
                 Scratch& scratch)
      : context_(context), summary_(summary), scratch_(scratch) {
    summary_.begin();
    scratch_.open_blocks.assign(1, {0, false});
    scratch_.open_loops.assign(1, kNone32);
    scratch_.loop_blocks.clear();
    summary_.param_count = static_cast<uint32_t>(type.params.size());
    summary_.local_types.insert(summary_.local_types.end(), type.params.begin(), type.params.end());
    summary_.locals.require(summary_.local_types.size());
  }

  void on_locals(ValueType type, uint32_t count) {
    summary_.local_types.insert(summary_.local_types.end(), count, type);
    summary_.locals.require(summary_.local_types.size());
  }

  void on_builtin(uint32_t) { note_call(); }

  void on_local_get(uint32_t local, uint32_t position) { access(local, position); }
  void on_local_set(uint32_t local, uint32_t position) { write(local, position); }
  void on_local_tee(uint32_t local, uint32_t position) { write(local, position); }

  void on_block(BlockType, uint32_t) { open_block(false); }
  void on_if(BlockType, uint32_t) { open_block(false); }
  void on_loop(BlockType, uint32_t) {
    open_block(true);
    if (loop_depth_ != 0) summary_.blocks[innermost_loop_block()].is_innermost_loop = false;
    scratch_.open_loops.back() = static_cast<uint32_t>(summary_.loops.size());
    scratch_.open_loops.push_back(kNone32);
    ++loop_depth_;
    summary_.loops.push_back({});
    scratch_.loop_blocks.push_back(scratch_.open_blocks.back().block);
    summary_.blocks.back().is_innermost_loop = true;
    update_weight();
  }
  void on_else(uint32_t position) {
    uint32_t& open = scratch_.open_blocks.back().block;
    summary_.blocks[open].end = position;
    bool is_target = summary_.blocks[open].is_target;
    open = static_cast<uint32_t>(summary_.blocks.size());
    summary_.blocks.push_back({0, is_target, false});
  }
  void on_end(uint32_t position) {
    const OpenBlock open = scratch_.open_blocks.back();
    scratch_.open_blocks.pop_back();
    summary_.blocks[open.block].end = position;
    if (!open.is_loop) return;
    LoopInfo& loop = summary_.loops[innermost_loop()];
    loop.end = position;
    loop.calls_before_end = calls_;
    scratch_.open_loops.pop_back();
    scratch_.open_loops.back() = kNone32;
    --loop_depth_;
    update_weight();
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
    scratch_.open_blocks.push_back({static_cast<uint32_t>(summary_.blocks.size()), is_loop});
    summary_.blocks.push_back({});
  }

  void note_target(uint32_t depth) {
    const size_t label = scratch_.open_blocks.size() - 1 - depth;
    summary_.blocks[scratch_.open_blocks[label].block].is_target = true;
  }

  void note_call() {
    summary_.has_calls = true;
    calls_ += weight_;
    if (loop_depth_ == 0) return;
    summary_.blocks[innermost_loop_block()].is_innermost_loop = false;
    summary_.loops[innermost_loop()].has_calls = 1;
  }
  // Inside a loop.
  uint32_t innermost_loop() const { return scratch_.open_loops[loop_depth_ - 1]; }
  uint32_t innermost_loop_block() const { return scratch_.loop_blocks[innermost_loop()]; }
  void note_stack_slots(uint32_t type) {
    summary_.outgoing_slots =
        std::max(summary_.outgoing_slots, context_.call_layouts[type].stack_slots);
  }

  // After a loop was opened or closed.
  void update_weight() { weight_ = uint64_t{1} << (3 * std::min(loop_depth_, 6u)); }

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
    info.outermost_loop = scratch_.open_loops[0];
    info.inner_loop = scratch_.open_loops[std::min<uint32_t>(loop_depth_, info.set_loop_depth)];
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
      info.set_block = scratch_.open_blocks.back().block;
      info.set_loop_depth = static_cast<uint16_t>(std::min(loop_depth_, 0xffffu));
    }
    update(info, position).set_weight += weight_;
  }

  const ModuleContext& context_;
  FuncSummary& summary_;
  Scratch& scratch_;
  uint64_t calls_ = 0;
  uint64_t weight_ = 1;
  uint32_t loop_depth_ = 0;  // loops that are open
};

}  // namespace wisp::jit
