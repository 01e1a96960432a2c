#include "wasi/filesystem/descriptor_budget.h"

#include <algorithm>

#include "platform/check.h"
#include "platform/system_limits.h"

namespace wisp::wasi {
namespace {

// More than what one call of the host may need for a path that is walked step by step.
constexpr uint64_t kEnoughHeadroom = 128;

// Where the process may have few, guests get half of them.
uint64_t share_of_guests() {
  const uint64_t all = descriptors_of_process();
  return all - std::min(std::max(all / 8, kEnoughHeadroom), all / 2);
}

}  // namespace

DescriptorBudget::DescriptorBudget()
    : limit_of_all_guests_(share_of_guests()),
      limit_(std::min(limit_of_all_guests_, kMostOfARun)) {}

bool DescriptorBudget::take() {
  if (*used_ >= limit_) return false;
  if (used_by_all_guests_.fetch_add(1, std::memory_order_relaxed) >= limit_of_all_guests_) {
    used_by_all_guests_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  ++*used_;
  return true;
}

void DescriptorBudget::give_back() { give_back(*used_); }

void DescriptorBudget::give_back(uint64_t& used) {
  WISP_DCHECK(used > 0);
  used--;
  used_by_all_guests_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace wisp::wasi
