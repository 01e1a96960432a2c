// Linear memory: reserved once with guards, grown in place, so that its base never changes.
#pragma once

#include <cstdint>
#include <span>

#include "jit/runtime/vm_context.h"
#include "jit/wasm/types.h"
#include "platform/result.h"

namespace wisp::jit {

class Memory {
 public:
  const MemoryType& type() const;  // as declared; `limits.min` is the current size when it is matched against an import
  uint8_t* base() const;
  uint64_t size_bytes() const;
  std::span<uint8_t> bytes() const { return {base(), size_bytes()}; }
  // Pages before growing, or nothing where it may not grow that far.
  std::optional<uint64_t> grow(uint64_t pages);
  MemoryView* view();
};

}  // namespace wisp::jit
