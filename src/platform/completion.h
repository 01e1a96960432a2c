// Completion: the life of one operation of the kernel.
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
#include "platform/intrusive_list.h"

namespace wisp {

enum class CompletionState : uint8_t { kIdle, kQueued, kInKernel, kDone };

// In one list of completions at most: that of what is queued, or done, or of a backend.
class Completion : public ListNode<Completion> {
 public:
  // Told once per submission, by EventLoop::tick(), with the completion idle again; and of progress
  // while it is in the kernel, where the operation makes some.
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
  void tell_progress() {
    WISP_DCHECK(state_ == CompletionState::kInKernel);
    if (callback_ != nullptr) callback_(environment_);
  }

 private:
  void step([[maybe_unused]] CompletionState from, CompletionState to) {
    WISP_DCHECK(state_ == from);
    state_ = to;
  }

  CompletionState state_ = CompletionState::kIdle;
  int32_t result_ = 0;
  Callback callback_ = nullptr;
  void* environment_ = nullptr;
};

}  // namespace wisp
