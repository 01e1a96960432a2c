// Completion: the life of one operation of the kernel, and a FIFO of them that allocates nothing.
//
//   1. idle       its owner may change or destroy it
//   2. queued     EventLoop::submit() took it; the kernel does not know it yet
//   3. in_kernel  a backend has it; buffer and descriptor must stay as they are
//   4. done       reaped: result() is known, but nobody was told
//   5. idle       again, just before the callback runs, which may submit it anew or destroy it
//
// It is a member of the object that owns the buffer (intrusive, not movable), and its destructor
// checks that it is idle. The idea is libxev's caller-owned completion and TigerBeetle's "reap into
// a list, run afterwards".
#pragma once

#include <cstdint>

#include "platform/check.h"

namespace wisp {

enum class CompletionState : uint8_t { kIdle, kQueued, kInKernel, kDone };

class Completion {
 public:
  // Told once per submission, by EventLoop::tick(), with the completion idle again.
  using Callback = void (*)(void* environment);

  Completion() = default;
  ~Completion() { WISP_CHECK(state_ == CompletionState::kIdle); }
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  CompletionState state() const { return state_; }
  bool idle() const { return state_ == CompletionState::kIdle; }
  // What the system call gave: >= 0, or a negated errno. Of the last submission that completed.
  int32_t result() const { return result_; }

  void set_callback(Callback callback, void* environment) {
    WISP_DCHECK(idle());
    callback_ = callback;
    environment_ = environment;
  }

  // For the loop and its backends: one step of the protocol each.
  void mark_queued() { step(CompletionState::kIdle, CompletionState::kQueued); }
  void mark_in_kernel() { step(CompletionState::kQueued, CompletionState::kInKernel); }
  void mark_done(int32_t result) {
    WISP_DCHECK(state_ == CompletionState::kQueued || state_ == CompletionState::kInKernel);
    state_ = CompletionState::kDone;
    result_ = result;
  }
  void run() {
    step(CompletionState::kDone, CompletionState::kIdle);
    if (callback_ != nullptr) callback_(environment_);  // may destroy this: nothing may follow
  }

 private:
  template <class T>
  friend class IntrusiveFifo;

  void step([[maybe_unused]] CompletionState from, CompletionState to) {
    WISP_DCHECK(state_ == from);
    state_ = to;
  }

  CompletionState state_ = CompletionState::kIdle;
  int32_t result_ = 0;
  Completion* next_ = nullptr;
  Callback callback_ = nullptr;
  void* environment_ = nullptr;
};

// First in, first out. T is a Completion; one is in at most one list at a time.
template <class T>
class IntrusiveFifo {
 public:
  IntrusiveFifo() = default;
  IntrusiveFifo(const IntrusiveFifo&) = delete;
  IntrusiveFifo& operator=(const IntrusiveFifo&) = delete;

  bool empty() const { return head_ == nullptr; }

  void push(T& item) {
    item.next_ = nullptr;
    (tail_ == nullptr ? head_ : tail_->next_) = &item;
    tail_ = &item;
  }

  T* pop() {
    Completion* item = head_;
    if (item == nullptr) return nullptr;
    head_ = item->next_;
    if (head_ == nullptr) tail_ = nullptr;
    return static_cast<T*>(item);
  }

  // Linear: for the rare cancellation of something that has not reached the kernel.
  bool remove(T& item) {
    Completion* previous = nullptr;
    for (Completion* at = head_; at != nullptr; previous = at, at = at->next_) {
      if (at != &item) continue;
      (previous == nullptr ? head_ : previous->next_) = at->next_;
      if (tail_ == at) tail_ = previous;
      return true;
    }
    return false;
  }

  // Moves everything of `other` behind what is here.
  void append(IntrusiveFifo& other) {
    if (other.empty()) return;
    (tail_ == nullptr ? head_ : tail_->next_) = other.head_;
    tail_ = other.tail_;
    other.head_ = other.tail_ = nullptr;
  }

 private:
  Completion* head_ = nullptr;
  Completion* tail_ = nullptr;
};

}  // namespace wisp
