// MemoryBudget: a number of bytes that several owners draw on together.
//
// Who wants to hold memory takes it from the budget first, and gives it back when the memory is
// freed. For one thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "platform/check.h"
#include "platform/result.h"

namespace wisp {

class MemoryBudget {
 public:
  static constexpr uint64_t kUnlimited = ~uint64_t{0};

  explicit MemoryBudget(uint64_t limit = kUnlimited) : limit_(limit), left_(limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // False, and nothing is taken, where there is less.
  bool take(uint64_t size_bytes) {
    if (size_bytes > left_) [[unlikely]]
      return false;
    left_ -= size_bytes;
    return true;
  }
  void give_back(uint64_t size_bytes) {
    WISP_DCHECK(size_bytes <= limit_ - left_);
    left_ += size_bytes;
  }
  // Why taking did not work; `what` was to be made.
  Error refusal(const std::string& what, uint64_t size_bytes) const {
    return Error(ErrorCode::kLimit, what + " takes " + std::to_string(size_bytes) +
                                        " bytes, but only " + std::to_string(left_) +
                                        " of the memory budget of " + std::to_string(limit_) +
                                        " bytes are left (--memory-budget)");
  }

  uint64_t left() const { return left_; }
  uint64_t used() const { return limit_ - left_; }

 private:
  const uint64_t limit_;
  uint64_t left_;
};

}  // namespace wisp
