// ReservationPool: linear memories of the thread, kept for reuse.
//
// Making and unmapping a reservation takes the process's mapping lock twice; an instance per
// request would spend its time there. A released slot is emptied at once (its pages go back to the
// system, so that nothing of one guest reaches the next), but stays mapped, and what was open stays
// open for the next one that needs as much.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "platform/virtual_memory.h"

namespace wisp {

// A reservation of which [0, open_bytes) may be accessed, and reads as zero when it is acquired.
struct MemorySlot {
  Reservation reservation;
  size_t open_bytes = 0;
};

// How much address space the slots of all pools take together, free ones and those in use. What is
// beyond the limit is refused: the code, the stacks and the host itself need address space, too.
class SlotSpace {
 public:
  explicit SlotSpace(uint64_t limit) : limit_(limit) {}
  static SlotSpace& of_process();

  bool take(uint64_t size_bytes);
  void give_back(uint64_t size_bytes);
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_; }

 private:
  const uint64_t limit_;
  std::atomic<uint64_t> used_{0};
};

class ReservationPool {
 public:
  explicit ReservationPool(SlotSpace& space = SlotSpace::of_process()) : space_(space) {}
  ~ReservationPool();
  ReservationPool(const ReservationPool&) = delete;
  ReservationPool& operator=(const ReservationPool&) = delete;
  static ReservationPool& of_this_thread();

  // A slot of exactly `reserved_bytes`, open up to `open_bytes` (a multiple of the page size).
  // Error kLimit.
  Result<MemorySlot> acquire(size_t reserved_bytes, size_t open_bytes);
  // One that a pool of the same space gave.
  void release(MemorySlot slot);
  size_t free_slots() const { return free_.size(); }

 private:
  void drop(MemorySlot slot);

  SlotSpace& space_;
  std::vector<MemorySlot> free_;
};

}  // namespace wisp
