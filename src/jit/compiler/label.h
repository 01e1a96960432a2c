// Label: a place in the code of one EmitBuffer, bound or not yet.
//
// External interface: Label, four bytes, trivially copyable; copying an unbound one is an error of
// the user, because the copy would not see later uses. An unbound label is the head of a list of
// fixups, threaded through the code or through a list of the Masm's: no memory is allocated for a
// jump. What a fixup is, and what is written there in the end, is the business of the Masm.
//
// Protocol:
//   1. A use of an unbound label makes a fixup with `fixup()` as its link, the new head.
//   2. `bind` walks from `fixup()` along the links and patches each, then calls `bind_to`.
//   3. A use of a bound label computes its displacement from `position()`.
// asmjit's labels cost 56-80 ns to make and 52-78 for a forward jump; these cost a store.
#pragma once

#include <cstdint>

#include "platform/check.h"

namespace wisp::jit {

class Label {
 public:
  static constexpr uint32_t kNoFixup = 0x7fffffff;

  constexpr bool is_bound() const { return (state_ & kBound) != 0; }
  // Used by some instruction that waits for it to be bound.
  constexpr bool is_pending() const { return state_ < kNoFixup; }

  // In release builds too: code that jumps to what is no position runs bytes of the guest's choice.
  uint32_t position() const {
    WISP_CHECK(is_bound());
    return state_ & ~kBound;
  }
  uint32_t fixup() const {
    WISP_DCHECK(!is_bound());
    return state_;
  }

  void set_fixup(uint32_t position) {
    WISP_DCHECK(!is_bound() && position < kNoFixup);
    state_ = position;
  }
  void bind_to(uint32_t position) {
    WISP_DCHECK(!is_bound() && position < kNoFixup);
    state_ = position | kBound;
  }

 private:
  static constexpr uint32_t kBound = 0x80000000;
  uint32_t state_ = kNoFixup;
};
static_assert(sizeof(Label) == 4);

}  // namespace wisp::jit
