// MemoryBudget: a number of bytes that several owners draw on together.
//
// Who wants to hold memory takes it from the budget first, and gives it back when the memory is
// freed. A limit that is dear to find is not looked for before a small one is used up: asking the
// control groups costs more than starting a small program may. For one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "platform/check.h"
#include "platform/result.h"

namespace wisp {

class MemoryBudget {
 public:
  static constexpr uint64_t kUnlimited = ~uint64_t{0};

  using FindLimit = uint64_t (*)();

  // `find_limit`, if there is one, is asked for the limit when `limit` is used up.
  explicit MemoryBudget(uint64_t limit = kUnlimited, FindLimit find_limit = nullptr)
      : limit_(limit), left_(limit), find_limit_(find_limit) {}
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  // False, and nothing is taken, where there is less.
  bool take(uint64_t size_bytes) {
    if (size_bytes > left_) [[unlikely]]
      return raise_limit() && take(size_bytes);
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

  // As much as anybody may want, as long as the limit was not looked for.
  uint64_t left() const { return find_limit_ == nullptr ? left_ : kUnlimited; }
  uint64_t used() const { return limit_ - left_; }

 private:
  // False: it is known already.
  bool raise_limit() {
    if (find_limit_ == nullptr) return false;
    const uint64_t limit = std::max(limit_, std::exchange(find_limit_, nullptr)());
    left_ += limit - limit_;
    limit_ = limit;
    return true;
  }

  uint64_t limit_;
  uint64_t left_;
  FindLimit find_limit_;
};

}  // namespace wisp
