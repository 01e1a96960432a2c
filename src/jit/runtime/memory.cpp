#include "jit/runtime/memory.h"

#include <algorithm>

namespace wisp::jit {

Result<std::unique_ptr<Memory>> Memory::create(const MemoryType& type, uint64_t max_bytes) {
  uint64_t size_bytes = type.limits.min * kPageSizeBytes;
  if (type.limits.min > kMaxMemoryPages || size_bytes > max_bytes) {
    return Error(ErrorCode::kLimit, "a memory of " + std::to_string(type.limits.min) +
                                        " pages exceeds the limit of " + std::to_string(max_bytes) +
                                        " bytes");
  }
  MemorySlot slot = WISP_TRY(ReservationPool::of_this_thread().acquire(kReservedBytes, size_bytes));
  return std::unique_ptr<Memory>(new Memory(type, max_bytes, std::move(slot)));
}

Memory::Memory(const MemoryType& type, uint64_t max_bytes, MemorySlot slot)
    : type_(type), max_bytes_(max_bytes), slot_(std::move(slot)) {
  view_ = {slot_.reservation.base(), slot_.open_bytes};
}

Memory::~Memory() { ReservationPool::of_this_thread().release(std::move(slot_)); }

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
  if (!slot_.reservation.protect(slot_.open_bytes, added, PageAccess::kReadWrite).has_value()) {
    return std::nullopt;
  }
  slot_.open_bytes += added;
  view_.size_bytes += added;
  return before;
}

}  // namespace wisp::jit
