// Stacks of fibers: guard-paged, reused by the thread that released them.
//
//      low address                                                        high address
//      | guard, no access (kStackGuardBytes) | usable: size_bytes ............ top |
//                                            ^ limit                    grows <--
//
// Compiled code has no stack check: running over hits the guard. A frame larger than the guard must
// be probed.
//
// A stack that is used again is as its last user left it. Nothing can tell: guests have no address
// of a native frame, and neither compiled code nor C++ reads a part of a frame that it has not
// written. To hand the pages back to the system costs a fault for each that is touched again, which
// for a few of them is more than all else that a new instance costs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "platform/virtual_memory.h"

namespace wisp {

constexpr size_t kStackGuardBytes = kPageGranule;

class Stack {
 public:
  Stack() = default;
  explicit Stack(Reservation reservation) : reservation_(std::move(reservation)) {}

  uint8_t* limit() const { return reservation_.base() + kStackGuardBytes; }
  uint8_t* top() const { return reservation_.base() + reservation_.size_bytes(); }
  size_t size_bytes() const { return reservation_.size_bytes() - kStackGuardBytes; }
  bool guard_contains(uintptr_t address) const {
    return address - reinterpret_cast<uintptr_t>(reservation_.base()) < kStackGuardBytes;
  }
  bool contains(uintptr_t address) const { return reservation_.contains(address); }

 private:
  Reservation reservation_;
};

class StackPool {
 public:
  static StackPool& of_this_thread();

  // A stack of at least `size_bytes`. Error kLimit.
  Result<Stack> acquire(size_t size_bytes);
  void release(Stack stack);

 private:
  std::vector<Stack> free_;
};

}  // namespace wisp
