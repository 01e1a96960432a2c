#include "platform/stack_pool.h"

namespace wisp {
namespace {
constexpr size_t kMaxFreeStacks = 64;
}  // namespace

StackPool& StackPool::of_this_thread() {
  thread_local StackPool pool;
  return pool;
}

Result<Stack> StackPool::acquire(size_t size_bytes) {
  size_bytes = round_up_to_granule(size_bytes);
  for (size_t i = free_.size(); i-- > 0;) {
    if (free_[i].size_bytes() != size_bytes) continue;
    std::swap(free_[i], free_.back());
    Stack stack = std::move(free_.back());
    free_.pop_back();
    return stack;
  }
  Reservation reservation = WISP_TRY(Reservation::reserve(kStackGuardBytes + size_bytes));
  WISP_TRY(reservation.protect(kStackGuardBytes, size_bytes, PageAccess::kReadWrite));
  return Stack(std::move(reservation));
}

void StackPool::release(Stack stack) {
  if (free_.size() < kMaxFreeStacks) free_.push_back(std::move(stack));
}

}  // namespace wisp
