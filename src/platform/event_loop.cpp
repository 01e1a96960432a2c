#include "platform/event_loop.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "platform/clock.h"
#include "platform/fiber.h"
#include "platform/log.h"

namespace wisp {

namespace {

// How often those who find something ready may do so before they look at what the kernel has, where
// asking costs a system call.
constexpr uint32_t kGlancesPerTurn = 16;

}  // namespace

void Waiter::wake() {
  if (!ListNode<LinkOfWaiting>::linked() || ListNode<LinkOfWoken>::linked()) return;
  loop_.woken_.push(*this);
}

void Waiter::expire(void* self) {
  auto& waiter = *static_cast<Waiter*>(self);
  waiter.expired_ = true;
  waiter.wake();
}

EventLoop::EventLoop(IoChoice choice)
    : choice_(choice),
      call_timer_(
          [](void* self) {
            static_cast<EventLoop*>(self)->call_is_over_ = true;
            static_cast<EventLoop*>(self)->wake_all();
          },
          this) {}

EventLoop::~EventLoop() {
  call_timer_.cancel();
  // Owners that were dropped have cancelled their operations; they are destroyed when those have
  // completed.
  while (in_flight_ > 0) {
    WISP_CHECK(waiting_.empty());
    tick(kForever);
  }
}

Result<void> EventLoop::open_backend() {
  if (backend_ != nullptr) return {};
  if (choice_ != IoChoice::kEpoll) {
    auto uring = make_io_uring_backend();
    if (uring.has_value()) {
      backend_ = std::move(uring).value();
    } else if (choice_ == IoChoice::kUring) {
      return std::move(uring).error();
    } else {
      log_debug("{}; using epoll", uring.error().message());
    }
  }
  if (backend_ == nullptr) backend_ = WISP_TRY(make_epoll_backend());
  backend_->faults = faults_;
  log_debug("io backend: {}", backend_->name());
  return {};
}

void EventLoop::set_faults(IoFaults* faults) {
  faults_ = faults;
  if (backend_ != nullptr) backend_->faults = faults;
}

void EventLoop::submit(Operation& operation) {
  operation.mark_queued();
  operation.cancel_requested = false;
  submissions_.operations.push(operation);
  in_flight_++;
  statistics_.submissions++;
}

void EventLoop::cancel(Operation& operation) {
  switch (operation.state()) {
    case CompletionState::kQueued:
      operation.ListNode<Completion>::unlink();
      operation.mark_done(-ECANCELED);
      reaped_.done.push(operation);
      return;
    case CompletionState::kInKernel:
      if (operation.cancel_requested) return;
      operation.cancel_requested = true;
      submissions_.cancellations.push(operation);
      return;
    case CompletionState::kIdle:
    case CompletionState::kDone:
      return;
  }
}

// The backend that was asked for is refused: what was queued fails, and its owners tell the guest.
void EventLoop::finish_queued(int32_t result) {
  while (Operation* operation = submissions_.operations.pop()) {
    operation->mark_done(result);
    reaped_.done.push(*operation);
  }
}

void EventLoop::run_completions() {
  while (Operation* operation = reaped_.progressed.pop()) {
    statistics_.receipts++;
    operation->tell_progress();
  }
  // What the callbacks submit waits for the next turn: a chain of completions cannot starve the
  // caller.
  OperationList batch;
  batch.append(reaped_.done);
  while (Operation* operation = batch.pop()) {
    operation->ListNode<LinkOfCancellation>::unlink();  // it has ended by itself
    in_flight_--;
    statistics_.completions++;
    operation->run();
  }
}

// Without operations in flight only time, or a signal, can end a wait.
void EventLoop::sleep_until(Deadline deadline) {
  if (deadline == 0) return;
  if (deadline == kForever) {
    ::poll(nullptr, 0, -1);
    return;
  }
  const timespec until{static_cast<time_t>(deadline / 1'000'000'000),
                       static_cast<long>(deadline % 1'000'000'000)};
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

void EventLoop::tick(Deadline deadline) {
  statistics_.ticks++;
  glances_ = 0;
  deadline = std::min(deadline, timers_.earliest());
  if (!submissions_.operations.empty()) {
    if (auto opened = open_backend(); !opened.has_value()) {
      log_error("{}", opened.error().message());
      finish_queued(-ENOSYS);
    }
  }
  if (!reaped_.done.empty()) deadline = 0;
  if (in_flight_ == 0 || backend_ == nullptr) {
    sleep_until(deadline);
  } else {
    if (deadline == 0 || !backend_->may_sleep()) {
      backend_->submit(submissions_);
    } else {
      backend_->submit_and_wait(submissions_, deadline);
    }
    backend_->reap(reaped_);
  }
  run_completions();
  if (!timers_.empty()) timers_.expire(monotonic_now_ns());
  for (Waiter* at = restless_.front(); at != nullptr; at = restless_.after(*at)) at->wake();
}

bool EventLoop::look_around(Glance how) {
  const auto kernel_may_have_something = [&] {
    return how == Glance::kThorough || ++glances_ >= kGlancesPerTurn || backend_->has_news();
  };
  const bool has_work = !submissions_.operations.empty() || !reaped_.done.empty() ||
                        (in_flight_ > 0 && kernel_may_have_something()) ||
                        (!timers_.empty() && timers_.earliest() <= monotonic_now_ns());
  if (has_work) tick(0);
  return has_work;
}

void EventLoop::set_call_deadline(Deadline deadline) {
  call_timer_.cancel();
  call_is_over_ = false;
  if (deadline != kForever) timers_.arm(call_timer_, deadline);
}

void EventLoop::wake_all() {
  for (Waiter* at = waiting_.front(); at != nullptr; at = waiting_.after(*at)) at->wake();
}

std::optional<WaitResult> EventLoop::look(Waiter& waiter) {
  statistics_.looks++;
  if (waiter.look_(waiter.environment_)) return WaitResult::kReady;
  if (call_is_over_) return WaitResult::kInterrupted;
  if (waiter.expired_) return WaitResult::kDeadline;
  return std::nullopt;
}

WaitResult EventLoop::wait(Waiter& waiter, Deadline deadline) {
  waiting_.push(waiter);  // before it looks, which may lead to its being woken
  if (auto result = look(waiter)) {
    waiter.result_ = *result;
  } else {
    if (deadline != kForever) timers_.arm(waiter.timer_, deadline);
    if (running_ != nullptr && running_ == Fiber::current()) {
      park(waiter);
    } else {
      pump_for(waiter);
    }
    waiter.timer_.cancel();
  }
  waiter.ListNode<LinkOfWaiting>::unlink();
  waiter.ListNode<LinkOfWoken>::unlink();
  return waiter.result_;
}

WaitResult EventLoop::finish(Operation& operation, Deadline deadline) {
  Waiter waiter(
      *this, [](void* environment) { return static_cast<Operation*>(environment)->idle(); },
      &operation);
  operation.set_callback([](void* environment) { static_cast<Waiter*>(environment)->wake(); },
                         &waiter);
  submit(operation);
  const WaitResult result = wait(waiter, deadline);
  if (result != WaitResult::kReady) {
    cancel(operation);
    while (!operation.idle()) tick(kForever);
  }
  operation.set_callback(nullptr, nullptr);
  return result;
}

WaitResult EventLoop::wait_until(Waiter::Look ready, void* environment, Deadline deadline) {
  Waiter waiter(*this, ready, environment);
  restless_.push(waiter);
  return wait(waiter, deadline);
}

// Others that are woken meanwhile belong to those who drive their fibers.
void EventLoop::pump_for(Waiter& waiter) {
  for (;;) {
    tick(waiter.ListNode<LinkOfWoken>::linked() ? 0 : kForever);
    if (!waiter.ListNode<LinkOfWoken>::linked()) continue;
    waiter.ListNode<LinkOfWoken>::unlink();
    if (auto result = look(waiter)) {
      waiter.result_ = *result;
      return;
    }
  }
}

void EventLoop::park(Waiter& waiter) {
  statistics_.parks++;
  waiter.fiber_ = running_;
  running_->set_waiter(&waiter);
  running_ = nullptr;
  Fiber::suspend();
  waiter.fiber_->set_waiter(nullptr);
}

EventLoop::Driven::Driven(EventLoop& loop) : loop_(loop) {
  WISP_CHECK(loop.running_ == nullptr && Fiber::current() != nullptr);
  loop.running_ = Fiber::current();
}

void EventLoop::pump(void* loop, Fiber& fiber) {
  auto& self = *static_cast<EventLoop*>(loop);
  WISP_CHECK(fiber.waiter() != nullptr);  // else it was suspended by somebody else
  self.pump_for(*fiber.waiter());
  self.running_ = &fiber;
}

void EventLoop::resume(Fiber& fiber) {
  running_ = &fiber;
  fiber.resume();
  running_ = nullptr;
}

void EventLoop::resume_woken() {
  WokenList batch;  // who is woken meanwhile waits for the next turn
  batch.append(woken_);
  while (Waiter* waiter = batch.pop()) {
    auto result = look(*waiter);
    if (!result) continue;
    waiter->result_ = *result;
    resume(*waiter->fiber_);  // the waiter is gone
  }
}

void EventLoop::run(std::span<Fiber* const> fibers) {
  WISP_CHECK(waiting_.empty() && running_ == nullptr);
  for (Fiber* fiber : fibers) resume(*fiber);
  while (!waiting_.empty()) {
    tick(woken_.empty() ? kForever : 0);
    resume_woken();
  }
  for (Fiber* fiber : fibers) WISP_CHECK(fiber->done());
}

}  // namespace wisp
