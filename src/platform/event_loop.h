// EventLoop: drives operations of the kernel and parks fibers until something is ready.
//
// One loop per thread. tick(): submit everything queued, wait once, reap *all* completions, and only then run them: no
// guest and no WASI code runs while reaping. The backend (io_uring, or epoll + system calls) is made when the first
// operation needs it.
#pragma once

#include <cstdint>

#include "platform/result.h"

namespace wisp {

class Operation;

enum class IoChoice : uint8_t { kAuto, kUring, kEpoll };

// Nanoseconds of CLOCK_MONOTONIC; kForever: none.
using Deadline = uint64_t;
constexpr Deadline kForever = ~uint64_t{0};

class EventLoop {
 public:
  explicit EventLoop(IoChoice choice);
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Queues an idle operation; it is in the kernel after the next tick.
  void submit(Operation& operation);
  void cancel(Operation& operation);

  // One turn: returns when at least one completion ran or the deadline passed. Deadline 0 does not sleep.
  void tick(Deadline deadline);

  // Waits until `ready(environment)` holds or the deadline passes: on a fiber, parks it (whoever resumed it pumps the
  // loop); on a plain stack, pumps the loop itself.
  void wait_until(bool (*ready)(void*), void* environment, Deadline deadline = kForever);
};

}  // namespace wisp
