#include "platform/reservation_pool.h"

#include <algorithm>
#include <string>

#include "platform/system_limits.h"

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

SlotSpace& SlotSpace::of_process() {
  static SlotSpace space(address_space_of_process() / 4 * 3);
  return space;
}

bool SlotSpace::take(uint64_t size_bytes) {
  const uint64_t before = used_.fetch_add(size_bytes, std::memory_order_relaxed);
  if (before <= limit_ && size_bytes <= limit_ - before) return true;
  give_back(size_bytes);
  return false;
}

void SlotSpace::give_back(uint64_t size_bytes) {
  used_.fetch_sub(size_bytes, std::memory_order_relaxed);
}

ReservationPool& ReservationPool::of_this_thread() {
  thread_local ReservationPool pool;
  return pool;
}

ReservationPool::~ReservationPool() {
  for (MemorySlot& slot : free_) drop(std::move(slot));
}

void ReservationPool::drop(MemorySlot slot) { space_.give_back(slot.reservation.size_bytes()); }

Result<MemorySlot> ReservationPool::acquire(size_t reserved_bytes, size_t open_bytes) {
  WISP_DCHECK(open_bytes <= reserved_bytes);
  MemorySlot slot;
  const auto kept = std::find_if(free_.rbegin(), free_.rend(), [&](const MemorySlot& each) {
    return each.reservation.size_bytes() == reserved_bytes;
  });
  if (kept != free_.rend()) {
    std::swap(*kept, free_.back());
    slot = std::move(free_.back());
    free_.pop_back();
  } else {
    if (!space_.take(reserved_bytes)) {
      return Error(ErrorCode::kLimit, "cannot reserve " + std::to_string(reserved_bytes) +
                                          " bytes of address space: the memories of this process "
                                          "have " +
                                          std::to_string(space_.used()) + " of " +
                                          std::to_string(space_.limit()));
    }
    Result<Reservation> reservation = Reservation::reserve(reserved_bytes);
    if (!reservation.has_value()) {
      space_.give_back(reserved_bytes);
      return std::move(reservation).error();
    }
    slot.reservation = std::move(reservation).value();
  }
  Result<void> opened = set_open_bytes(slot, open_bytes);
  if (opened.has_value()) return slot;
  drop(std::move(slot));
  return std::move(opened).error();
}

void ReservationPool::release(MemorySlot slot) {
  // Slots that nobody uses must not be what keeps another thread from having one.
  const bool is_scarce = space_.used() > space_.limit() / 2;
  if (is_scarce || free_.size() >= kMaxFreeSlots) return drop(std::move(slot));
  slot.reservation.discard(0, slot.open_bytes);
  free_.push_back(std::move(slot));
}

}  // namespace wisp
