// DescriptorBudget: how many descriptors a guest may keep open. The host needs some itself, for its
// loop, the files it reads and whatever else runs in the process; a guest that wants more than its
// share is told EMFILE.
//
// Counted are those that the guest holds by a handle, until they are closed: a socket with an
// operation in the kernel outlives its handle and even the run. Those that live as long as one call
// of the host come out of what the budget leaves free.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

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
  uint64_t used() const { return *used_; }

 private:
  friend class CountedDescriptor;

  static void give_back(uint64_t& used);

  static inline std::atomic<uint64_t> used_by_all_guests_{0};

  const uint64_t limit_of_all_guests_;
  const uint64_t limit_;
  const std::shared_ptr<uint64_t> used_ = std::make_shared<uint64_t>(0);
};

// One descriptor of a budget, while it lives; it may outlive the budget.
class CountedDescriptor {
 public:
  CountedDescriptor() = default;
  // Nothing is counted where the budget is used up; see is_counted().
  explicit CountedDescriptor(DescriptorBudget& budget)
      : used_(budget.take() ? budget.used_ : nullptr) {}
  CountedDescriptor(CountedDescriptor&&) noexcept = default;
  CountedDescriptor& operator=(CountedDescriptor&&) = delete;
  ~CountedDescriptor() {
    if (used_ != nullptr) DescriptorBudget::give_back(*used_);
  }
  bool is_counted() const { return used_ != nullptr; }

 private:
  std::shared_ptr<uint64_t> used_;  // of the budget
};

}  // namespace wisp::wasi
