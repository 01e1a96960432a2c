#include "platform/fiber.h"

namespace wisp {

Fiber::Fiber(Body body, void* environment, Stack stack, void* owner)
    : body_(body),
      environment_(environment),
      stack_(std::move(stack)),
      owner_(owner),
      context_(prepare_context(stack_.top(), &Fiber::enter)),
      sanitizer_(stack_.limit(), stack_.size_bytes()) {}

Result<std::unique_ptr<Fiber>> Fiber::create(Body body, void* environment, size_t stack_bytes,
                                             void* owner) {
  Stack stack = WISP_TRY(StackPool::of_this_thread().acquire(stack_bytes));
  return std::unique_ptr<Fiber>(new Fiber(body, environment, std::move(stack), owner));
}

Fiber::~Fiber() {
  WISP_CHECK(state_ == State::kNew || state_ == State::kDone);
  StackPool::of_this_thread().release(std::move(stack_));
}

void Fiber::enter() {
  Fiber* fiber = current_;
  fiber->sanitizer_.after_enter();
  fiber->body_(fiber->environment_);
  fiber->state_ = State::kDone;
  fiber->sanitizer_.before_leave(SwitchKind::kLast);
  switch_context(&fiber->context_, fiber->resumer_context_);
  check_failed("a fiber that is done was resumed", __FILE__, __LINE__);
}

void Fiber::enter_lent(void* borrower) {
  Fiber* fiber = current_;
  fiber->sanitizer_.after_enter();
  const Borrower& it = *static_cast<Borrower*>(borrower);
  it.body(it.environment);
  fiber->sanitizer_.before_leave(SwitchKind::kSuspend);
}

}  // namespace wisp
