// EventLoop: drives operations of the kernel and parks fibers until something is ready.
//
// One loop per thread; a child of fork must not use a loop of its parent. tick(): submit everything
// queued, wait once, reap *all* completions, and only then run them: no guest and no WASI code runs
// while reaping. The backend (io_uring, or epoll + system calls) is made when the first operation
// needs it; a wait for nothing but time needs none.
//
// Who waits: wait_until() on a fiber that run() drives, or that is marked as Driven, parks that
// fiber, and whoever resumed it pumps until its condition holds. On any other stack (a plain one,
// or a fiber that somebody else resumes) wait_until() pumps in place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "platform/io_backend.h"
#include "platform/io_operations.h"
#include "platform/result.h"

namespace wisp {

class Fiber;

enum class IoChoice : uint8_t { kAuto, kUring, kEpoll };

enum class WaitResult : uint8_t {
  kReady,
  kDeadline,     // the deadline given to wait_until() passed
  kInterrupted,  // the deadline of the whole call passed: the guest is to be ended
};

// What happened on a loop, for tests and benchmarks.
struct LoopStatistics {
  uint64_t submissions = 0;
  uint64_t completions = 0;
  uint64_t ticks = 0;
  uint64_t parks = 0;
};

class EventLoop {
 public:
  explicit EventLoop(IoChoice choice);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Queues an idle operation; it is in the kernel after the next tick.
  void submit(Operation& operation);
  // Asks for an early end: the operation completes with -ECANCELED, or with what it had done by
  // then.
  void cancel(Operation& operation);

  // One turn: returns when at least one completion ran, the deadline passed or a signal came.
  // Deadline 0 does not sleep.
  void tick(Deadline deadline);

  // Waits until `ready(environment)` holds, or one of the deadlines passes.
  WaitResult wait_until(bool (*ready)(void*), void* environment, Deadline deadline = kForever);

  // For a fiber that somebody else resumes: while this lives, its waits park it, and whoever
  // resumed it calls pump() before resuming it again.
  class Driven {
   public:
    explicit Driven(EventLoop& loop);
    ~Driven() { loop_.running_ = nullptr; }
    Driven(const Driven&) = delete;
    Driven& operator=(const Driven&) = delete;

   private:
    EventLoop& loop_;
  };
  // Pumps until the parked fiber may go on. The loop comes first so that it fits as a handler.
  static void pump(void* loop, Fiber& fiber);

  // Runs the fiber to its end, pumping whenever it is parked.
  void run(Fiber& fiber) { run(std::span<Fiber* const>(std::initializer_list<Fiber*>{&fiber})); }
  // Runs all of them, each whenever what it waits for is ready.
  void run(std::span<Fiber* const> fibers);

  // The instant at which the guest's whole call is over: from then on every wait ends with
  // kInterrupted.
  void set_call_deadline(Deadline deadline) { call_deadline_ = deadline; }

  // Makes the backend now instead of with the first operation: the error says why the forced one is
  // refused.
  Result<void> open_backend();
  // "io_uring", "epoll", or "none" before the first operation.
  const char* backend_name() const { return backend_ == nullptr ? "none" : backend_->name(); }

  const LoopStatistics& statistics() const { return statistics_; }

  // For tests: applied to the backend, and looked at by whoever calls the system without it.
  void set_faults(IoFaults* faults);
  IoFaults* faults() const { return faults_; }

 private:
  struct Waiter;

  void finish_queued(int32_t result);
  void run_completions();
  void sleep_until(Deadline deadline);
  // What the waiter's situation is now; nothing while it has to go on waiting.
  std::optional<WaitResult> look(const Waiter& waiter) const;
  WaitResult park(Waiter& waiter);
  void resume(Fiber& fiber);
  void resume_ready();
  Deadline earliest_deadline() const;

  IoChoice choice_;
  std::unique_ptr<IoBackend> backend_;
  IoFaults* faults_ = nullptr;
  Submissions submissions_;
  OperationList done_;
  uint64_t in_flight_ = 0;  // queued or in the kernel
  Waiter* waiters_ = nullptr;
  Fiber* running_ = nullptr;  // the fiber whose waits park it
  Deadline call_deadline_ = kForever;
  LoopStatistics statistics_;
};

}  // namespace wisp
