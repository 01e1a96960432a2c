#include "platform/event_loop.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "platform/clock.h"
#include "platform/fiber.h"
#include "platform/log.h"

namespace wisp {

// A parked fiber, on its own stack. They are looked at one after the other, which is right for the
// few that a command has.
struct EventLoop::Waiter {
  Fiber* fiber;
  bool (*ready)(void*);
  void* environment;
  Deadline deadline;
  WaitResult result;
  Waiter* next;
};

EventLoop::EventLoop(IoChoice choice) : choice_(choice) {}

EventLoop::~EventLoop() {
  // Owners that were dropped have cancelled their operations; they are destroyed when those have
  // completed.
  while (in_flight_ > 0) {
    WISP_CHECK(waiters_ == nullptr);
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
      WISP_CHECK(submissions_.operations.remove(operation));
      operation.mark_done(-ECANCELED);
      done_.push(operation);
      return;
    case CompletionState::kInKernel:
      if (operation.cancel_requested) return;
      operation.cancel_requested = true;
      submissions_.cancellations.push_back(&operation);
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
    done_.push(*operation);
  }
}

void EventLoop::run_completions() {
  // What the callbacks submit waits for the next turn: a chain of completions cannot starve the
  // caller.
  OperationList batch;
  batch.append(done_);
  while (Operation* operation = batch.pop()) {
    if (operation->cancel_requested) std::erase(submissions_.cancellations, operation);
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
  if (!submissions_.operations.empty()) {
    if (auto opened = open_backend(); !opened.has_value()) {
      log_error("{}", opened.error().message());
      finish_queued(-ENOSYS);
    }
  }
  if (!done_.empty()) deadline = 0;
  if (in_flight_ == 0 || backend_ == nullptr) {
    sleep_until(deadline);
  } else {
    if (deadline == 0 || !backend_->may_sleep()) {
      backend_->submit(submissions_);
    } else {
      backend_->submit_and_wait(submissions_, deadline);
    }
    backend_->reap(done_);
  }
  run_completions();
}

std::optional<WaitResult> EventLoop::look(const Waiter& waiter) const {
  if (waiter.ready(waiter.environment)) return WaitResult::kReady;
  const Deadline first = std::min(waiter.deadline, call_deadline_);
  if (first == kForever || monotonic_now_ns() < first) return std::nullopt;
  return call_deadline_ == first ? WaitResult::kInterrupted : WaitResult::kDeadline;
}

WaitResult EventLoop::wait_until(bool (*ready)(void*), void* environment, Deadline deadline) {
  Waiter waiter{Fiber::current(), ready, environment, deadline, WaitResult::kReady, nullptr};
  if (auto result = look(waiter)) return *result;
  if (waiter.fiber != nullptr && waiter.fiber == running_) return park(waiter);
  for (;;) {
    tick(std::min(deadline, call_deadline_));
    if (auto result = look(waiter)) return *result;
  }
}

WaitResult EventLoop::park(Waiter& waiter) {
  Waiter** link = &waiters_;  // behind those that wait already: fair, and there are few
  while (*link != nullptr) link = &(*link)->next;
  *link = &waiter;
  statistics_.parks++;
  running_ = nullptr;
  Fiber::suspend();
  return waiter.result;
}

EventLoop::Driven::Driven(EventLoop& loop) : loop_(loop) {
  WISP_CHECK(loop.running_ == nullptr && Fiber::current() != nullptr);
  loop.running_ = Fiber::current();
}

void EventLoop::pump(void* loop, Fiber& fiber) {
  auto& self = *static_cast<EventLoop*>(loop);
  Waiter** link = &self.waiters_;
  while (*link != nullptr && (*link)->fiber != &fiber) link = &(*link)->next;
  Waiter* waiter = *link;
  WISP_CHECK(waiter != nullptr);  // it was suspended by somebody else
  std::optional<WaitResult> result;
  while (!(result = self.look(*waiter))) {
    self.tick(std::min(waiter->deadline, self.call_deadline_));
  }
  waiter->result = *result;
  *link = waiter->next;
  self.running_ = &fiber;
}

void EventLoop::resume(Fiber& fiber) {
  running_ = &fiber;
  fiber.resume();
  running_ = nullptr;
}

void EventLoop::resume_ready() {
  Waiter* rest = waiters_;
  waiters_ = nullptr;
  while (rest != nullptr) {
    Waiter* waiter = rest;
    rest = waiter->next;
    waiter->next = nullptr;
    if (auto result = look(*waiter)) {
      waiter->result = *result;
      resume(*waiter->fiber);  // the waiter is gone
    } else {
      Waiter** link = &waiters_;
      while (*link != nullptr) link = &(*link)->next;
      *link = waiter;
    }
  }
}

Deadline EventLoop::earliest_deadline() const {
  Deadline earliest = call_deadline_;
  for (Waiter* at = waiters_; at != nullptr; at = at->next)
    earliest = std::min(earliest, at->deadline);
  return earliest;
}

void EventLoop::run(std::span<Fiber* const> fibers) {
  WISP_CHECK(waiters_ == nullptr && running_ == nullptr);
  for (Fiber* fiber : fibers) resume(*fiber);
  while (waiters_ != nullptr) {
    tick(earliest_deadline());
    resume_ready();
  }
  for (Fiber* fiber : fibers) WISP_CHECK(fiber->done());
}

}  // namespace wisp
