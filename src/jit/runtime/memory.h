// Linear memory: reserved once with guards, grown in place, so that its base never changes.
//
// Every 32-bit index plus 32-bit offset plus access lies inside the reservation (8 GiB and 64 KiB):
// compiled code checks no bounds, what lies behind the size faults.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "jit/runtime/vm_context.h"
#include "jit/wasm/types.h"
#include "platform/memory_budget.h"
#include "platform/reservation_pool.h"
#include "platform/result.h"

namespace wisp::jit {

class Memory {
 public:
  static constexpr size_t kReservedBytes = (size_t{8} << 30) + kPageGranule;

  // `max_bytes` is the embedder's limit of one memory. Its pages are taken from `budget`, which
  // outlives it. Error kLimit.
  static Result<std::unique_ptr<Memory>> create(const MemoryType& type, uint64_t max_bytes,
                                                MemoryBudget& budget);
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  // As declared, but `limits.min` is the current size: what an import is matched against.
  MemoryType type() const;
  uint8_t* base() const { return view_.base; }
  uint64_t size_bytes() const { return view_.size_bytes; }
  std::span<uint8_t> bytes() const { return {base(), size_bytes()}; }
  // Pages before growing, or nothing where it may not grow that far.
  std::optional<uint64_t> grow(uint64_t pages);
  MemoryView* view() { return &view_; }
  // Whether a fault at this address is an access beyond the bounds of this memory.
  bool reserves(uintptr_t address) const { return slot_.reservation.contains(address); }

 private:
  Memory(const MemoryType& type, uint64_t max_bytes, MemoryBudget& budget, MemorySlot slot);

  MemoryType type_;
  uint64_t max_bytes_;
  MemoryBudget& budget_;
  MemorySlot slot_;
  MemoryView view_;
};

}  // namespace wisp::jit
