// PublishedCode: machine code of the engine's own, trampolines and adapters, with the parts of it
// in which a guest may be unwound. The code of modules is a CompiledModule.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/runtime/code_arena.h"

namespace wisp::jit {

class PublishedCode {
 public:
  explicit PublishedCode(CodeArena arena) : arena_(std::move(arena)) {}
  ~PublishedCode();
  PublishedCode(const PublishedCode&) = delete;
  PublishedCode& operator=(const PublishedCode&) = delete;

  const uint8_t* at(uint32_t offset) const { return arena_.base() + offset; }
  size_t size_bytes() const { return arena_.size_bytes(); }
  // In [begin, end), offsets: nothing is half done there, and the entry frame is in place.
  void allow_unwinding(uint32_t begin, uint32_t end);

 private:
  CodeArena arena_;
  std::vector<uintptr_t> ranges_;  // by where they begin
};

}  // namespace wisp::jit
