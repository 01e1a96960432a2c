// DescriptorBudget: how many descriptors a guest may keep open. The host needs some itself, for its
// loop, the files it reads and whatever else runs in the process; a guest that wants more than its
// share is told EMFILE.
//
// Counted are those that the guest holds by a handle. Those that live as long as one call of the
// host come out of what the budget leaves free.
#pragma once

#include <atomic>
#include <cstdint>

namespace wisp::wasi {

class DescriptorBudget {
 public:
  // Of one run, whatever the process may have.
  static constexpr uint64_t kMostOfARun = 100'000;

  // What the limit of the process (RLIMIT_NOFILE) leaves for guests: of 1,024, 896; of 40, 20.
  DescriptorBudget();
  DescriptorBudget(const DescriptorBudget&) = delete;
  DescriptorBudget& operator=(const DescriptorBudget&) = delete;

  // False where this guest, or all of the process together, have as many as they may.
  bool take();
  void give_back();
  uint64_t limit() const { return limit_; }
  uint64_t used() const { return used_; }

 private:
  static inline std::atomic<uint64_t> used_by_all_guests_{0};

  const uint64_t limit_of_all_guests_;
  const uint64_t limit_;
  uint64_t used_ = 0;
};

// One descriptor of a budget, while it lives.
class CountedDescriptor {
 public:
  CountedDescriptor() = default;
  // Nothing is counted where the budget is used up; see is_counted().
  explicit CountedDescriptor(DescriptorBudget& budget)
      : budget_(budget.take() ? &budget : nullptr) {}
  CountedDescriptor(CountedDescriptor&& other) noexcept : budget_(other.budget_) {
    other.budget_ = nullptr;
  }
  CountedDescriptor& operator=(CountedDescriptor&&) = delete;
  ~CountedDescriptor() {
    if (budget_ != nullptr) budget_->give_back();
  }
  bool is_counted() const { return budget_ != nullptr; }

 private:
  DescriptorBudget* budget_ = nullptr;
};

}  // namespace wisp::wasi
