// EventLoop: drives operations of the kernel and parks fibers until something is ready.
//
// One loop per thread; a child of fork must not use a loop of its parent. tick(): submit everything
// queued, wait once, reap *all* completions, and only then run them and the timers that are due: no
// guest and no WASI code runs while reaping. The backend (io_uring, or epoll + system calls) is
// made when the first operation needs it; a wait for nothing but time needs none.
//
// Who waits: a Waiter looks whether its wait is over when it begins and whenever it was woken
// (wake()), not at every turn, so that a turn touches those for whom something has changed. On a
// fiber that run() drives, or that is marked as Driven, wait() parks that fiber, and whoever
// resumed it pumps until its condition holds. On any other stack (a plain one, or a fiber that
// somebody else resumes) wait() pumps in place.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>

#include "platform/intrusive_list.h"
#include "platform/io_backend.h"
#include "platform/io_operations.h"
#include "platform/result.h"
#include "platform/source.h"
#include "platform/timer_heap.h"

namespace wisp {

class EventLoop;
class Fiber;

enum class IoChoice : uint8_t { kAuto, kUring, kEpoll };

enum class WaitResult : uint8_t {
  kReady,
  kDeadline,     // the deadline given to the wait passed
  kInterrupted,  // the deadline of the whole call passed: the guest is to be ended
};

enum class Glance : uint8_t { kCheap, kThorough };

// What happened on a loop, for tests and benchmarks.
struct LoopStatistics {
  uint64_t submissions = 0;
  uint64_t completions = 0;
  uint64_t ticks = 0;
  uint64_t parks = 0;
  uint64_t receipts = 0;  // of receives that went on
  uint64_t looks = 0;     // of waiters, whether their waits are over
};

struct LinkOfWaiting;
struct LinkOfWoken;
struct LinkOfRestless;

// One wait of one stack, on which it lies.
class Waiter : public ListNode<LinkOfWaiting>,
               public ListNode<LinkOfWoken>,
               public ListNode<LinkOfRestless> {
 public:
  // Whether the wait is over. May submit operations and arm timers that wake the waiter.
  using Look = bool (*)(void* environment);

  Waiter(EventLoop& loop, Look look, void* environment)
      : loop_(loop), look_(look), environment_(environment) {}

  // Lets it look again, in this turn of the loop or the next. No effect unless it waits.
  void wake();

 private:
  friend class EventLoop;

  EventLoop& loop_;
  Look look_;
  void* environment_;
  Fiber* fiber_ = nullptr;  // which is parked; null: it pumps in place
  Timer timer_{&Waiter::expire, this};
  bool expired_ = false;
  WaitResult result_ = WaitResult::kReady;

  static void expire(void* self);
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

  // Whether receives may be submitted; makes what they need. False before the first operation.
  bool can_receive() { return backend_ != nullptr && backend_->can_receive(); }
  // Whose bytes were taken, or are not wanted.
  void give_back(ReceivedBuffer& buffer) { backend_->give_back(buffer); }

  // One turn: returns when at least one completion ran, a timer was due, somebody was woken, the
  // deadline passed or a signal came. Deadline 0 does not sleep.
  void tick(Deadline deadline);
  // A turn without sleep for those who need not wait, so that they do not hold up what others wait
  // for. A cheap one asks the kernel only where there seems to be something, or now and then; a
  // thorough one whenever something is in flight. Whether a turn was made.
  bool glance(Glance how = Glance::kCheap) {
    return (in_flight_ > 0 || !timers_.empty()) && look_around(how);
  }

  // Expires during tick() and glance(). `timer` is not armed.
  void arm(Timer& timer, Deadline deadline) { timers_.arm(timer, deadline); }

  // Waits until the waiter says that its wait is over, or one of the deadlines passes. Somebody has
  // to wake it.
  WaitResult wait(Waiter& waiter, Deadline deadline = kForever);
  // Submits an idle operation that has no callback, and waits until it is idle again. Where a
  // deadline passes first, the operation is cancelled.
  WaitResult finish(Operation& operation, Deadline deadline = kForever);
  // Waits until `ready(environment)` holds, looking after every turn: for conditions that wake
  // nobody, where few wait.
  WaitResult wait_until(Waiter::Look ready, void* environment, Deadline deadline = kForever);

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
  void set_call_deadline(Deadline deadline);

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
  friend class Waiter;
  using WaitingList = IntrusiveList<Waiter, LinkOfWaiting>;
  using WokenList = IntrusiveList<Waiter, LinkOfWoken>;
  using RestlessList = IntrusiveList<Waiter, LinkOfRestless>;

  bool look_around(Glance how);
  void finish_queued(int32_t result);
  void run_completions();
  void sleep_until(Deadline deadline);
  void wake_all();
  // What the waiter's situation is now; nothing while it has to go on waiting.
  std::optional<WaitResult> look(Waiter& waiter);
  void pump_for(Waiter& waiter);
  void park(Waiter& waiter);
  void resume(Fiber& fiber);
  void resume_woken();

  IoChoice choice_;
  std::unique_ptr<IoBackend> backend_;
  IoFaults* faults_ = nullptr;
  Submissions submissions_;
  Reaped reaped_;
  uint64_t in_flight_ = 0;  // queued or in the kernel
  TimerHeap timers_;
  WaitingList waiting_;
  WokenList woken_;
  RestlessList restless_;     // of wait_until()
  Fiber* running_ = nullptr;  // the fiber whose waits park it
  Timer call_timer_;          // the deadline of the guest's call
  bool call_is_over_ = false;
  uint32_t glances_ = 0;  // since the last turn
  LoopStatistics statistics_;
};

}  // namespace wisp
