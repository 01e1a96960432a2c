// ParallelMove: register moves that happen at once, put into an order in which none overwrites what
// another still reads.
//
// External interface: ParallelMove, for one register class. Add moves, then `resolve`: it calls
// emit(dst, src) in order. A cycle costs one extra move through the scratch register. Linear in the
// number of moves.
#pragma once

#include <array>
#include <cstdint>

#include "jit/compiler/machine_types.h"
#include "platform/check.h"

namespace wisp::jit {

class ParallelMove {
 public:
  // Each destination once; a source any number of times. A move to itself is dropped.
  void add(uint8_t dst, uint8_t src) {
    WISP_DCHECK(!pending_.contains(dst));
    if (dst == src) return;
    source_[dst] = src;
    ++readers_[src];
    pending_.add(dst);
  }
  bool is_empty() const { return pending_.is_empty(); }
  // Whether `code` is still read by a move that was added.
  bool is_source(uint8_t code) const { return readers_[code] != 0; }

  template <class Emit>
  void resolve(uint8_t scratch, Emit&& emit) {
    RegisterSet ready;
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      uint8_t dst = RegisterSet(bits).first();
      if (readers_[dst] == 0) ready.add(dst);
    }
    while (!pending_.is_empty()) {
      if (ready.is_empty()) {
        // Only cycles are left. Save one destination; its single reader reads the copy from now on.
        uint8_t saved = pending_.first();
        emit(scratch, saved);
        redirect(saved, scratch);
        ready.add(saved);
      }
      uint8_t dst = ready.first();
      ready.remove(dst);
      pending_.remove(dst);
      uint8_t src = source_[dst];
      emit(dst, src);
      if (--readers_[src] == 0 && pending_.contains(src)) ready.add(src);
    }
  }

 private:
  void redirect(uint8_t from, uint8_t to) {
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      uint8_t dst = RegisterSet(bits).first();
      if (source_[dst] == from) source_[dst] = to;
    }
    readers_[to] = readers_[from];
    readers_[from] = 0;
  }

  std::array<uint8_t, 32> source_{};
  std::array<uint8_t, 32> readers_{};
  RegisterSet pending_;
};

}  // namespace wisp::jit
