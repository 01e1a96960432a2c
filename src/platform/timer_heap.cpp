#include "platform/timer_heap.h"

#include <utility>

namespace wisp {

void Timer::cancel() {
  if (heap_ != nullptr) heap_->remove(*this);
}

// Two heaps become one: the later root becomes the first child of the earlier.
Timer* TimerHeap::merge(Timer* one, Timer* other) {
  if (one == nullptr) return other;
  if (other == nullptr) return one;
  if (other->before(*one)) std::swap(one, other);
  other->next_ = one->child_;
  if (other->next_ != nullptr) other->next_->previous_ = other;
  other->previous_ = one;
  one->child_ = other;
  return one;
}

// Pairs from left to right, then the pairs from right to left: this is what the bounds rest on. The
// pairs hang together by next_ meanwhile, so that nothing recurses.
Timer* TimerHeap::merge_siblings(Timer* first) {
  Timer* pairs = nullptr;
  while (first != nullptr) {
    Timer* second = first->next_;
    Timer* rest = second == nullptr ? nullptr : second->next_;
    first->next_ = first->previous_ = nullptr;
    if (second != nullptr) second->next_ = second->previous_ = nullptr;
    Timer* pair = merge(first, second);
    pair->next_ = pairs;
    pairs = pair;
    first = rest;
  }
  Timer* result = nullptr;
  while (pairs != nullptr) {
    Timer* next = std::exchange(pairs->next_, nullptr);
    result = merge(result, pairs);
    pairs = next;
  }
  return result;
}

void TimerHeap::arm(Timer& timer, uint64_t deadline) {
  WISP_CHECK(!timer.armed());
  timer.deadline_ = deadline;
  timer.sequence_ = next_sequence_++;
  timer.heap_ = this;
  root_ = merge(root_, &timer);
}

void TimerHeap::remove(Timer& timer) {
  Timer* below = merge_siblings(std::exchange(timer.child_, nullptr));
  if (&timer == root_) {
    root_ = below;
  } else {
    Timer* previous = timer.previous_;
    (previous->child_ == &timer ? previous->child_ : previous->next_) = timer.next_;
    if (timer.next_ != nullptr) timer.next_->previous_ = previous;
    root_ = merge(root_, below);
  }
  timer.next_ = timer.previous_ = nullptr;
  timer.heap_ = nullptr;
}

bool TimerHeap::expire(uint64_t now_ns) {
  const uint64_t later = next_sequence_;
  bool any = false;
  while (root_ != nullptr && root_->deadline_ <= now_ns && root_->sequence_ < later) {
    Timer& timer = *root_;
    remove(timer);
    any = true;
    timer.callback_(timer.environment_);  // may destroy it
  }
  return any;
}

}  // namespace wisp
