// ControlState: the blocks that are open at this place in the code, their labels, and what the
// first walk knows of the next ones.
//
// External interface: ControlState. All that is known of a block is found by counting, so blocks
// must be counted as the first walk counted them (`has_walked_like_first`).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "jit/compiler/compiler_memory.h"
#include "jit/compiler/machine_types.h"
#include "jit/wasm/function_decoder.h"

namespace wisp::jit {

class ControlState {
 public:
  ControlState(BodyCursor& cursor, CompilerMemory& memory, const FuncType& type)
      : frames_(memory.control),
        labels_(memory.labels),
        blocks_(memory.summary->blocks),
        cursor_(cursor) {
    frames_.push_back({BlockFrame::Kind::kFunction, blocks_[0].is_target, 0, new_label(), kNone32,
                       BlockType(type), blocks_[0].end});
  }

  // ---- Open blocks ----

  size_t depth() const { return frames_.size(); }
  BlockFrame& innermost() { return frames_.back(); }
  BlockFrame& frame_at(uint32_t depth) { return frames_[frames_.size() - 1 - depth]; }
  void push(const BlockFrame& frame) { frames_.push_back(frame); }
  BlockFrame pop() {
    BlockFrame frame = frames_.back();
    frames_.pop_back();
    return frame;
  }
  // Whether the code at this place can be reached.
  bool is_reachable = true;

  // What a branch to a block takes with it.
  static std::span<const ValueType> branch_types(const BlockFrame& frame) {
    return frame.kind == BlockFrame::Kind::kLoop ? frame.type.params() : frame.type.results();
  }

  // ---- Labels ----

  uint32_t new_label() {
    labels_.push_back(Label());
    return static_cast<uint32_t>(labels_.size() - 1);
  }
  Label& label(uint32_t number) { return labels_[number]; }
  Label& label_of(const BlockFrame& frame) { return labels_[frame.label]; }

  // Guesses from the length of the wasm code whether a jump to the end of a block is short.
  Reach reach_to(uint32_t end) const {
    return end - cursor_.position() <= kNearWasmBytes ? Reach::kNear : Reach::kAny;
  }
  // The label of an if lies behind its else arm, of which nothing is known yet.
  Reach reach_of(const BlockFrame& frame) const {
    return frame.kind == BlockFrame::Kind::kIf ? Reach::kAny : reach_to(frame.end);
  }

  // ---- What the first walk knows ----

  const BlockInfo& next_block() {
    ++block_;
    return this_block();
  }
  uint32_t block_end() const { return this_block().end; }

  // Behind the function's code: whether what this walk took for reachable is what the first walk
  // did. Code from walks that disagree must never run.
  bool has_walked_like_first() const {
    return block_ + 1 == blocks_.size() &&
           std::none_of(labels_.begin(), labels_.end(),
                        [](const Label& label) { return label.is_pending(); });
  }

  // To the end of the innermost block, through code that the first walk has seen, so that its
  // blocks count: behind the end of a block that neither falls through nor is branched to, behind a
  // condition that is always true.
  void skip_counting_blocks() {
    for (uint32_t depth = 0;;) {
      switch (cursor_.peek_opcode()) {
        case Opcode::kBlock:
        case Opcode::kLoop:
        case Opcode::kIf:
          ++depth;
          ++block_;
          break;
        case Opcode::kElse:
          if (depth == 0) return;
          ++block_;
          break;
        case Opcode::kEnd:
          if (depth-- == 0) return;
          break;
        case Opcode::kBr:
        case Opcode::kBrTable:
        case Opcode::kReturn:
        case Opcode::kUnreachable:
          cursor_.skip_next();
          cursor_.skip_unreachable();
          continue;
        default:
          break;
      }
      cursor_.skip_next();
    }
  }

 private:
  // Code is about 1.4 times as long as its wasm; a wrong guess costs compiling the function again.
  static constexpr uint32_t kNearWasmBytes = 32;

  const BlockInfo& this_block() const {
    // More of them than the first walk has counted: refused at the end.
    return blocks_[block_ < blocks_.size() ? block_ : 0];
  }

  std::vector<BlockFrame>& frames_;
  std::vector<Label>& labels_;
  const std::vector<BlockInfo>& blocks_;
  BodyCursor& cursor_;
  uint32_t block_ = 0;
};

}  // namespace wisp::jit
