// TimerHeap: the instants that somebody waits for, earliest first.
//
// A pairing heap whose links lie in the timers: arming takes constant time, expiring and cancelling
// take logarithmic time, amortised; nothing is allocated. Most timers of a program are time-outs
// that are cancelled, and a timer without later ones below it is cancelled in constant time. A
// wheel would round instants, or keep one slot per nanosecond of the near future.
//
// Fredman, Sedgewick, Sleator, Tarjan: "The pairing heap: a new form of self-adjusting heap", 1986.
#pragma once

#include <cstdint>

#include "platform/check.h"

namespace wisp {

class TimerHeap;

// Owned by whoever wants to be told; leaves the heap when it is destroyed.
class Timer {
 public:
  using Callback = void (*)(void* environment);

  Timer(Callback callback, void* environment) : callback_(callback), environment_(environment) {}
  ~Timer() { cancel(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool armed() const { return heap_ != nullptr; }
  void cancel();

 private:
  friend class TimerHeap;

  bool before(const Timer& other) const {
    return deadline_ != other.deadline_ ? deadline_ < other.deadline_ : sequence_ < other.sequence_;
  }

  uint64_t deadline_ = 0;
  uint64_t sequence_ = 0;  // those of one instant expire in the order in which they were armed
  TimerHeap* heap_ = nullptr;
  Timer* child_ = nullptr;     // the first of those below
  Timer* next_ = nullptr;      // the next with the same parent
  Timer* previous_ = nullptr;  // the one before; of a first child, its parent
  Callback callback_;
  void* environment_;
};

class TimerHeap {
 public:
  static constexpr uint64_t kNever = ~uint64_t{0};

  TimerHeap() = default;
  ~TimerHeap() { WISP_CHECK(root_ == nullptr); }
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;

  // Arms an idle timer for an instant of CLOCK_MONOTONIC, in nanoseconds.
  void arm(Timer& timer, uint64_t deadline);
  bool empty() const { return root_ == nullptr; }
  // kNever where nothing is armed.
  uint64_t earliest() const { return root_ == nullptr ? kNever : root_->deadline_; }
  // Tells those whose instant has come, in order; they may arm timers, which wait for the next
  // call. Whether there were any.
  bool expire(uint64_t now_ns);

 private:
  friend class Timer;

  static Timer* merge(Timer* one, Timer* other);
  static Timer* merge_siblings(Timer* first);
  void remove(Timer& timer);

  Timer* root_ = nullptr;
  uint64_t next_sequence_ = 0;
};

}  // namespace wisp
