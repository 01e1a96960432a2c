// ReservationPool: linear memories of the thread, kept for reuse.
//
// Making and unmapping a reservation takes the process's mapping lock twice; an instance per
// request would spend its time there. A released slot is emptied at once (its pages go back to the
// system, so that nothing of one guest reaches the next), but stays mapped, and what was open stays
// open for the next one that needs as much.
#pragma once

#include <cstddef>
#include <vector>

#include "platform/virtual_memory.h"

namespace wisp {

// A reservation of which [0, open_bytes) may be accessed, and reads as zero when it is acquired.
struct MemorySlot {
  Reservation reservation;
  size_t open_bytes = 0;
};

class ReservationPool {
 public:
  static ReservationPool& of_this_thread();

  // A slot of exactly `reserved_bytes`, open up to `open_bytes` (a multiple of the page size).
  Result<MemorySlot> acquire(size_t reserved_bytes, size_t open_bytes);
  void release(MemorySlot slot);
  size_t free_slots() const { return free_.size(); }

 private:
  std::vector<MemorySlot> free_;
};

}  // namespace wisp
