#include "jit/runtime/memory.h"

#include <algorithm>

namespace wisp::jit {

Result<std::unique_ptr<Memory>> Memory::create(const MemoryType& type, uint64_t max_bytes,
                                               MemoryBudget& budget) {
  const uint64_t size_bytes = type.limits.min * kPageSizeBytes;
  const auto what = [&] { return "a memory of " + std::to_string(type.limits.min) + " pages"; };
  if (type.limits.min > kMaxMemoryPages || size_bytes > max_bytes) {
    return Error(ErrorCode::kLimit,
                 what() + " exceeds the limit of " + std::to_string(max_bytes) + " bytes");
  }
  if (!budget.take(size_bytes)) return budget.refusal(what(), size_bytes);
  Result<MemorySlot> slot = ReservationPool::of_this_thread().acquire(kReservedBytes, size_bytes);
  if (!slot.has_value()) {
    budget.give_back(size_bytes);
    return std::move(slot).error();
  }
  return std::unique_ptr<Memory>(new Memory(type, max_bytes, budget, std::move(slot).value()));
}

Memory::Memory(const MemoryType& type, uint64_t max_bytes, MemoryBudget& budget, MemorySlot slot)
    : type_(type), max_bytes_(max_bytes), budget_(budget), slot_(std::move(slot)) {
  view_ = {slot_.reservation.base(), slot_.open_bytes};
}

Memory::~Memory() {
  budget_.give_back(size_bytes());
  ReservationPool::of_this_thread().release(std::move(slot_));
}

MemoryType Memory::type() const {
  MemoryType type = type_;
  type.limits.min = size_bytes() / kPageSizeBytes;
  return type;
}

std::optional<uint64_t> Memory::grow(uint64_t pages) {
  uint64_t before = size_bytes() / kPageSizeBytes;
  uint64_t most = std::min(type_.limits.max.value_or(kMaxMemoryPages), kMaxMemoryPages);
  most = std::min(most, max_bytes_ / kPageSizeBytes);
  if (before > most || pages > most - before) return std::nullopt;
  size_t added = pages * kPageSizeBytes;
  if (!budget_.take(added)) return std::nullopt;
  if (!slot_.reservation.protect(slot_.open_bytes, added, PageAccess::kReadWrite).has_value()) {
    budget_.give_back(added);
    return std::nullopt;
  }
  slot_.open_bytes += added;
  view_.size_bytes += added;
  return before;
}

}  // namespace wisp::jit
