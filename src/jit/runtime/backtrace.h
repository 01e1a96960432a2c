// Backtraces: captured as bare pcs when a guest traps, put into words later.
//
// Capturing walks frame pointers only, allocates nothing and may happen in a signal handler.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

struct RawBacktrace {
  static constexpr uint32_t kMaxFrames = 64;

  std::array<uintptr_t, kMaxFrames> pcs;  // innermost first; the first may be of a trampoline
  uint32_t count = 0;
  bool starts_at_fault = false;  // the first pc is of an instruction; all others are returned to

  void push(uintptr_t pc) {
    if (count < kMaxFrames) pcs[count++] = pc;
  }
};

// Frames from (pc, frame_pointer) outwards, through all entries into guests of this store that are
// nested here. `pc` 0: the frame at `frame_pointer` is that of a trampoline.
void capture_backtrace(RawBacktrace& trace, const StoreContext& context, uintptr_t pc,
                       uintptr_t frame_pointer);

std::vector<Frame> describe(const RawBacktrace& trace);

}  // namespace wisp::jit
