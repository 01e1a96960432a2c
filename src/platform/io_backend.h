// IoBackend: the kernel, seen by the event loop. Five methods (and two for receives, which
// only one has), two implementations:
// io_uring_backend.cpp and epoll_backend.cpp (epoll and plain system calls, where seccomp or the
// administrator forbids io_uring).
//
// A backend never calls anybody back: completed operations are handed over in reap() and run by the
// loop afterwards. The shape is Seastar's kernel interface.
#pragma once

#include <cstdint>
#include <memory>

#include "platform/io_operations.h"
#include "platform/result.h"

namespace wisp {

// Nanoseconds of CLOCK_MONOTONIC; kForever: none.
using Deadline = uint64_t;
constexpr Deadline kForever = ~uint64_t{0};

// What the loop has for the kernel: operations that are queued, and operations in the kernel that
// shall end early.
struct Submissions {
  OperationList operations;
  CancellationList cancellations;
};

// What the kernel has for the loop: operations that have ended, and receives that go on.
struct Reaped {
  OperationList done;
  ProgressList progressed;
};

// A switch for tests: makes the next operations meet EAGAIN first, so that the paths behind it run.
// Null in a program.
struct IoFaults {
  uint32_t again = 0;     // how many attempts still meet EAGAIN
  uint32_t injected = 0;  // how many did

  bool take_again() {
    if (again == 0) return false;
    again--;
    injected++;
    return true;
  }
};

class IoBackend {
 public:
  virtual ~IoBackend() = default;
  IoBackend(const IoBackend&) = delete;
  IoBackend& operator=(const IoBackend&) = delete;

  // Takes all of `submissions` and starts it. Never blocks.
  virtual void submit(Submissions& submissions) = 0;
  // Hands over everything that has completed, and what goes on but has made progress. Never blocks.
  virtual void reap(Reaped& reaped) = 0;
  // Whether sleeping makes sense: false while something waits to be reaped.
  virtual bool may_sleep() const = 0;
  // Whether reap() would find something, as far as that can be seen without asking the kernel.
  virtual bool has_news() const = 0;
  // submit(), then sleeps until something can be reaped, a signal arrives or the deadline passes.
  // Blocks.
  virtual void submit_and_wait(Submissions& submissions, Deadline deadline) = 0;

  // Whether there are receives; makes what they need the first time.
  virtual bool can_receive() { return false; }
  virtual void give_back(ReceivedBuffer&) {}

  virtual const char* name() const = 0;

  IoFaults* faults = nullptr;

 protected:
  IoBackend() = default;
};

// Fails (with the reason) where the kernel, its administrator or a seccomp profile refuses, or a
// feature is missing.
Result<std::unique_ptr<IoBackend>> make_io_uring_backend();
Result<std::unique_ptr<IoBackend>> make_epoll_backend();

}  // namespace wisp
