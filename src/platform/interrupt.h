// The interrupt signal: what makes a thread that runs a guest look up, on demand or when a time is
// over.
//
// External interface: interrupt_thread(), InterruptTimer; take_interrupt() is for the fault
// handler, which receives the signal. SIGURG is ignored by default, so that a late one does no
// harm. The embedder may use it as well (Go's runtime does), also with timers of its own.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>

#include "platform/result.h"

namespace wisp {

constexpr int kInterruptSignal = SIGURG;

// The kernel's number of a thread; 0 is none.
using ThreadId = pid_t;
ThreadId this_thread();

// Sends the signal to a thread of this process; nothing where it has ended. Async-signal-safe.
void interrupt_thread(ThreadId thread);

// Once, when the time is over: writes `value` to `*flag` and sends the signal, both in the thread
// that made the timer.
class InterruptTimer {
 public:
  static Result<std::unique_ptr<InterruptTimer>> create(uint32_t* flag, uint32_t value);
  ~InterruptTimer();
  InterruptTimer(const InterruptTimer&) = delete;
  InterruptTimer& operator=(const InterruptTimer&) = delete;

  void arm(uint64_t nanoseconds);                      // 0: stops it
  bool has_fired() const { return slot_->has_fired; }  // since it was armed
  // Who gets the signal.
  ThreadId thread() const { return thread_; }

 private:
  friend void take_interrupt(const siginfo_t& info);

  // What the value of a timer's signal points into; a signal has nothing else that its sender may
  // choose. It may come late, on another thread, when the timer is gone and the slot has another
  // one: so slots are never freed, and a signal points `generation` bytes behind the beginning.
  struct alignas(64) Slot {
    std::atomic<uint32_t*> flag{nullptr};
    uint32_t value = 0;
    std::atomic<uint32_t> deliveries{0};  // handlers that may be about to write to `flag`
    std::atomic<bool> is_taken{false};
    std::atomic<bool> has_fired{false};
    std::atomic<uint8_t> generation{0};  // how many timers it had, modulo its size
  };
  static constexpr size_t kMaxTimers = 16 * 1024;
  static Slot slots_[kMaxTimers];

  InterruptTimer(timer_t timer, ThreadId thread, Slot* slot)
      : timer_(timer), thread_(thread), slot_(slot) {}
  static Slot* take_slot();

  timer_t timer_;
  ThreadId thread_;
  Slot* slot_;
};

// What the handler does first: where the signal is that of a timer, it is noted.
void take_interrupt(const siginfo_t& info);

}  // namespace wisp
