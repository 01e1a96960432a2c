// TypeStack: the operand types and the control frames of a body that is being validated.
// Core specification, appendix A.3 (validation algorithm): `ctrls` and `opds`.
//
// Interface for function_validator only. Both stacks are flat and are kept from body to body.
// Invariant of the operand stack: there is room for one operand per byte of the body that is not
// read yet, so that pushing one operand needs no check; pushing more goes through `reserve`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "jit/wasm/immediates.h"
#include "jit/wasm/types.h"
#include "platform/inline.h"

namespace wisp::jit {

// The type of an operand that unreachable code is assumed to have; matches every type.
constexpr ValueType kBottom{0};

enum class FrameKind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse };

struct TypeFrame {
  BlockType type;
  uint32_t checked_by = 0;  // the last br_table that checked this label, so that it does so once
  uint32_t height : 28;     // of the operand stack below the block's own operands
  uint32_t kind_bits : 3;
  uint32_t unreachable : 1;

  TypeFrame(BlockType block, uint32_t operands, FrameKind kind)
      : type(block), height(operands), kind_bits(static_cast<uint32_t>(kind)), unreachable(0) {}
  FrameKind kind() const { return FrameKind(kind_bits); }

  // What a branch to this label takes.
  std::span<const ValueType> label_types() const {
    return kind() == FrameKind::kLoop ? type.params() : type.results();
  }
};

static_assert(sizeof(TypeFrame) == 16);

class TypeStack {
 public:
  // Empties both stacks for a body of that size.
  void start(size_t body_size) {
    frames_.clear();
    top_ = base_ = highest_ = begin_;
    reserve(0, body_size + 1);
  }

  uint32_t height() const { return static_cast<uint32_t>(top_ - begin_); }
  uint32_t max_height() const { return static_cast<uint32_t>(highest_ - begin_); }
  // Operands of the innermost block.
  size_t available() const { return static_cast<size_t>(top_ - base_); }
  // The i-th operand from the top; i < available().
  ValueType peek(size_t i) const { return top_[-1 - static_cast<ptrdiff_t>(i)]; }
  ValueType& top() { return top_[-1]; }
  void drop(size_t count) { top_ -= count; }
  void drop_to_base() { top_ = base_; }

  WISP_INLINE void push(ValueType type) {
    ValueType* const top = top_ + 1;
    top[-1] = type;
    top_ = top;
    if (top > highest_) highest_ = top;
  }
  // What an opcode with a signature does, unless its operands are others or belong to an enclosing
  // block. Its operands are popped first, so no new height is reached.
  WISP_INLINE bool apply(const OpcodeEffect& effect) {
    // Byte by byte: a wider load would have to wait for the stores of the last opcodes.
    const auto differs = [&](int i) {
      return (uint8_t(top_[i - 2]) ^ uint8_t(effect.operands[i])) & effect.mask[i];
    };
    if ((differs(0) | differs(1)) != 0 || available() < effect.pops) return false;
    replace(effect.pops, effect);
    return true;
  }
  WISP_INLINE void replace(size_t count, const OpcodeEffect& effect) {
    ValueType* const top = top_ - count;
    *top = effect.result;
    top_ = top + effect.pushes;
  }
  // After `reserve`.
  void push_all(std::span<const ValueType> types) {
    for (ValueType type : types) *top_++ = type;
    highest_ = std::max(highest_, top_);
  }
  // Whether the topmost operands are exactly these types, all of the innermost block.
  WISP_INLINE bool ends_with(std::span<const ValueType> types) const {
    if (types.empty()) return true;
    if (types.size() == 1) return available() != 0 && top_[-1] == types[0];
    return available() >= types.size() &&
           std::equal(types.begin(), types.end(), top_ - types.size());
  }
  // Makes room for `count` operands beside one per byte left.
  void reserve(size_t count, size_t bytes_left) {
    if (static_cast<size_t>(limit_ - top_) < count + bytes_left) grow(count + bytes_left);
  }

  std::vector<TypeFrame>& frames() { return frames_; }
  TypeFrame& frame() { return frames_.back(); }
  // The label that is `depth` frames out; depth < frames().size().
  TypeFrame& label(uint32_t depth) { return frames_[frames_.size() - 1 - depth]; }
  void push_frame(FrameKind kind, BlockType type) {
    frames_.emplace_back(type, height(), kind);
    base_ = top_;
  }
  // Leaves the operands to the enclosing block.
  void pop_frame() {
    frames_.pop_back();
    base_ = begin_ + (frames_.empty() ? 0 : frames_.back().height);
  }

 private:
  void grow(size_t room) {
    const size_t used = height();
    const size_t base = static_cast<size_t>(base_ - begin_);
    const size_t highest = static_cast<size_t>(highest_ - begin_);
    const size_t capacity = std::max<size_t>({2 * used, used + room, 4096});
    // `apply` looks at two operands and may write one, even where there are none.
    auto larger = std::make_unique<ValueType[]>(2 + capacity + 1);
    std::copy(begin_, top_, larger.get() + 2);
    storage_ = std::move(larger);
    begin_ = storage_.get() + 2;
    top_ = begin_ + used;
    base_ = begin_ + base;
    highest_ = begin_ + highest;
    limit_ = begin_ + capacity;
  }

  std::unique_ptr<ValueType[]> storage_;
  ValueType* begin_ = nullptr;
  ValueType* base_ = nullptr;  // of the innermost block
  ValueType* top_ = nullptr;   // one past the topmost operand
  ValueType* limit_ = nullptr;
  ValueType* highest_ = nullptr;  // where top_ was at most
  std::vector<TypeFrame> frames_;
};

}  // namespace wisp::jit
