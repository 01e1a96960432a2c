#include "platform/fiber.h"

#include <boost/context/detail/fcontext.hpp>

namespace wisp {

namespace context = boost::context::detail;

// Not in the class, so that the header needs no type of Boost's.
struct FiberEntry {
  static void enter(context::transfer_t transfer) {
    Fiber* fiber = static_cast<Fiber*>(transfer.data);
    fiber->resumer_context_ = transfer.fctx;
    fiber->sanitizer_.after_enter();
    fiber->body_(fiber->environment_);
    fiber->state_ = Fiber::State::kDone;
    fiber->sanitizer_.before_leave(SwitchKind::kLast);
    context::jump_fcontext(fiber->resumer_context_, nullptr);
    check_failed("a fiber that is done was resumed", __FILE__, __LINE__);
  }
};

namespace {
thread_local Fiber* current_fiber = nullptr;
}  // namespace

Fiber::Fiber(Body body, void* environment, Stack stack)
    : body_(body),
      environment_(environment),
      stack_(std::move(stack)),
      context_(context::make_fcontext(stack_.top(), stack_.size_bytes(), &FiberEntry::enter)),
      sanitizer_(stack_.limit(), stack_.size_bytes()) {}

Result<std::unique_ptr<Fiber>> Fiber::create(Body body, void* environment, size_t stack_bytes) {
  Stack stack = WISP_TRY(StackPool::of_this_thread().acquire(stack_bytes));
  return std::unique_ptr<Fiber>(new Fiber(body, environment, std::move(stack)));
}

Fiber::~Fiber() {
  WISP_CHECK(state_ == State::kNew || state_ == State::kDone);
  StackPool::of_this_thread().release(std::move(stack_));
}

void Fiber::resume() {
  WISP_CHECK(state_ == State::kNew || state_ == State::kSuspended);
  state_ = State::kRunning;
  resumer_ = current_fiber;
  current_fiber = this;
  sanitizer_.before_enter();
  context_ = context::jump_fcontext(context_, this).fctx;
  sanitizer_.after_leave();
  current_fiber = resumer_;
}

void Fiber::suspend() {
  Fiber* fiber = current_fiber;
  WISP_CHECK(fiber != nullptr);
  fiber->state_ = State::kSuspended;
  fiber->sanitizer_.before_leave(SwitchKind::kSuspend);
  fiber->resumer_context_ = context::jump_fcontext(fiber->resumer_context_, nullptr).fctx;
  fiber->sanitizer_.after_enter();
}

Fiber* Fiber::current() { return current_fiber; }

}  // namespace wisp
