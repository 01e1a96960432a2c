// WaitSet: the pollables that one wait is about, each tied to its source.
//
// The entries lie in memory of whoever waits. Looking at a set touches those whose sources were
// notified since the last look, and those that were ready then.
#pragma once

#include <cstddef>
#include <span>

#include "platform/source.h"
#include "wasi/pollable.h"

namespace wisp::wasi {

struct WaitEntry : Link {
  Pollable* pollable = nullptr;
};

class WaitSet : public Watcher {
 public:
  explicit WaitSet(EventLoop& loop) : loop_(loop) {}

  void add(WaitEntry& entry, Pollable& pollable) {
    entry.pollable = &pollable;
    attach(entry, pollable.source());
  }
  // Whether any is ready; those are the suspects then. Arms what is not.
  bool settle();
  // Of the last settle(): how many are ready, and whether all of them are conditions of time.
  size_t ready_count() const { return ready_count_; }
  bool only_time_is_ready() const { return only_time_is_ready_; }

  // Parks the guest until one is ready.
  WaitResult wait();

 private:
  EventLoop& loop_;
  size_t ready_count_ = 0;
  bool only_time_is_ready_ = true;
};

}  // namespace wisp::wasi
