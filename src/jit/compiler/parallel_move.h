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
    pending_.add(dst);
    sources_.add(src);
  }
  bool is_empty() const { return pending_.is_empty(); }

  template <class Emit>
  void resolve(uint8_t scratch, Emit&& emit) {
    if (!(pending_ & sources_).is_empty()) return resolve_in_order(scratch, emit);
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      uint8_t dst = RegisterSet(bits).first();
      emit(dst, source_[dst]);
    }
    pending_ = RegisterSet();
  }

 private:
  // Some destination is a source as well.
  template <class Emit>
  [[gnu::noinline]] void resolve_in_order(uint8_t scratch, Emit&& emit) {
    std::array<uint8_t, 32> readers{};
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      ++readers[source_[RegisterSet(bits).first()]];
    }
    RegisterSet ready;
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      uint8_t dst = RegisterSet(bits).first();
      if (readers[dst] == 0) ready.add(dst);
    }
    while (!pending_.is_empty()) {
      if (ready.is_empty()) {
        // Only cycles are left. Save one destination; its reader reads the copy from now on.
        uint8_t saved = pending_.first();
        emit(scratch, saved);
        redirect(saved, scratch);
        readers[scratch] = readers[saved];
        readers[saved] = 0;
        ready.add(saved);
      }
      uint8_t dst = ready.first();
      ready.remove(dst);
      pending_.remove(dst);
      uint8_t src = source_[dst];
      emit(dst, src);
      if (--readers[src] == 0 && pending_.contains(src)) ready.add(src);
    }
  }

  void redirect(uint8_t from, uint8_t to) {
    for (uint32_t bits = pending_.bits; bits != 0; bits &= bits - 1) {
      uint8_t dst = RegisterSet(bits).first();
      if (source_[dst] == from) source_[dst] = to;
    }
  }

  std::array<uint8_t, 32> source_;  // of the destinations in pending_
  RegisterSet pending_;
  RegisterSet sources_;
};

}  // namespace wisp::jit
