// Fiber: a stackful coroutine on a guard-paged stack of its own.
//
// Guests always run on one, so that a guest that waits is a suspended fiber and never a blocked
// thread. Protocol:
//   1. create(): the body has not begun.
//   2. resume(), from outside: runs the body until it suspends or ends. Fibers nest: a body may
//      resume other fibers.
//   3. suspend(), from inside: goes back to whoever resumed.
//   4. When the body has returned, done() holds and the fiber may be destroyed. A suspended fiber
//      is never dropped: host frames on it own things. To cancel, resume it and let what it waits
//      for fail.
// Instead of resuming it, call() borrows its stack for something that does not suspend, at the
// price of a call.
// A fiber stays on the thread that created it.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "platform/check.h"
#include "platform/context_switch.h"
#include "platform/result.h"
#include "platform/sanitizer_fiber.h"
#include "platform/stack_pool.h"

namespace wisp {

class Waiter;

class Fiber {
 public:
  using Body = void (*)(void* environment);
  static constexpr size_t kDefaultStackBytes = 256 * 1024;

  // `owner` is for finding out whose a fiber is.
  static Result<std::unique_ptr<Fiber>> create(Body body, void* environment,
                                               size_t stack_bytes = kDefaultStackBytes,
                                               void* owner = nullptr);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Returns when the body suspends or has ended. Not from inside this fiber, not when done().
  void resume() {
    WISP_CHECK(at_rest());
    state_ = State::kRunning;
    resumer_ = current_;
    current_ = this;
    sanitizer_.before_enter();
    switch_context(&resumer_context_, context_);
    sanitizer_.after_leave();
    current_ = resumer_;
  }
  // Runs `body` on the stack of this fiber, as if on it, though it must not suspend. Only when
  // at_rest(), like resume().
  void call(Body body, void* environment) {
    WISP_CHECK(at_rest());
    const State state = std::exchange(state_, State::kLent);
    Fiber* outer = std::exchange(current_, this);
    if constexpr (kSanitizerFollowsFibers) {
      Borrower borrower{body, environment};
      sanitizer_.before_enter();
      call_on_stack(context_, &Fiber::enter_lent, &borrower);
      sanitizer_.after_leave();
    } else {
      call_on_stack(context_, body, environment);
    }
    current_ = outer;
    state_ = state;
  }
  // Neither running, nor lent, nor done.
  bool at_rest() const { return state_ == State::kNew || state_ == State::kSuspended; }
  // Goes back to the resume() that runs this fiber, from inside.
  void leave() {
    WISP_CHECK(state_ == State::kRunning);
    state_ = State::kSuspended;
    sanitizer_.before_leave(SwitchKind::kSuspend);
    switch_context(&context_, resumer_context_);
    sanitizer_.after_enter();
  }
  // The same for whoever does not know on which fiber it is. It must be one.
  static void suspend() {
    WISP_CHECK(current_ != nullptr);
    current_->leave();
  }
  // The innermost fiber that runs on this thread; null on the thread's own stack.
  static Fiber* current() { return current_; }

  bool done() const { return state_ == State::kDone; }
  const Stack& stack() const { return stack_; }
  void* owner() const { return owner_; }

  // What it waits in while an event loop has parked it; null else.
  Waiter* waiter() const { return waiter_; }
  void set_waiter(Waiter* waiter) { waiter_ = waiter; }

 private:
  enum class State : uint8_t { kNew, kRunning, kSuspended, kLent, kDone };
  struct Borrower {
    Body body;
    void* environment;
  };

  Fiber(Body body, void* environment, Stack stack, void* owner);

  static void enter();
  static void enter_lent(void* borrower);

  // The fault handler reads it: in a shared object, the usual model would call the loader there,
  // which may allocate.
  [[gnu::tls_model("initial-exec")]] static inline constinit thread_local Fiber* current_ = nullptr;

  Body body_;
  void* environment_;
  Stack stack_;
  void* owner_;
  Waiter* waiter_ = nullptr;
  void* context_;  // where this fiber continues
  void* resumer_context_ = nullptr;
  Fiber* resumer_ = nullptr;  // the fiber that resumed this one
  State state_ = State::kNew;
  SanitizerFiber sanitizer_;
};

}  // namespace wisp
