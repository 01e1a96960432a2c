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
  // Without copying: the text is the first bytes of `memory`; the rest of it is given back.
  static Result<CodeArena> publish(Reservation memory, size_t text_bytes);

  const uint8_t* base() const { return memory_.base(); }
  size_t size_bytes() const { return size_bytes_; }

 private:
  Reservation memory_;
  size_t size_bytes_ = 0;
};

}  // namespace wisp::jit
