// CodeArena: one contiguous range of published machine code, of a module or of a batch of
// trampolines.
//
// Written once, then executable and never writable again: at no time are its pages both. Positions
// in it keep their distance, so direct calls inside it are relative.
#pragma once

#include <cstdint>
#include <span>

#include "platform/virtual_memory.h"

namespace wisp::jit {

class CodeArena {
 public:
  CodeArena() = default;
  // Copies the text, makes it executable and flushes the instruction cache. Error kLimit.
  static Result<CodeArena> publish(std::span<const uint8_t> text);

  const uint8_t* base() const { return memory_.base(); }
  size_t size_bytes() const { return size_bytes_; }

 private:
  Reservation memory_;
  size_t size_bytes_ = 0;
};

}  // namespace wisp::jit
