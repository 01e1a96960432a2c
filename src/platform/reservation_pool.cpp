#include "platform/reservation_pool.h"

namespace wisp {
namespace {

// More free slots than this go back to the system: each holds a mapping and 8 GiB of 128 TiB.
constexpr size_t kMaxFreeSlots = 64;

Result<void> set_open_bytes(MemorySlot& slot, size_t open_bytes) {
  if (open_bytes < slot.open_bytes) {
    WISP_TRY(slot.reservation.protect(open_bytes, slot.open_bytes - open_bytes, PageAccess::kNone));
  } else if (open_bytes > slot.open_bytes) {
    WISP_TRY(slot.reservation.protect(slot.open_bytes, open_bytes - slot.open_bytes,
                                      PageAccess::kReadWrite));
  }
  slot.open_bytes = open_bytes;
  return {};
}

}  // namespace

ReservationPool& ReservationPool::of_this_thread() {
  thread_local ReservationPool pool;
  return pool;
}

Result<MemorySlot> ReservationPool::acquire(size_t reserved_bytes, size_t open_bytes) {
  WISP_DCHECK(open_bytes <= reserved_bytes);
  for (size_t i = free_.size(); i-- > 0;) {
    if (free_[i].reservation.size_bytes() != reserved_bytes) continue;
    std::swap(free_[i], free_.back());
    MemorySlot slot = std::move(free_.back());
    free_.pop_back();
    WISP_TRY(set_open_bytes(slot, open_bytes));
    return slot;
  }
  MemorySlot slot{WISP_TRY(Reservation::reserve(reserved_bytes)), 0};
  WISP_TRY(set_open_bytes(slot, open_bytes));
  return slot;
}

void ReservationPool::release(MemorySlot slot) {
  if (free_.size() >= kMaxFreeSlots) return;
  slot.reservation.discard(0, slot.open_bytes);
  free_.push_back(std::move(slot));
}

}  // namespace wisp
