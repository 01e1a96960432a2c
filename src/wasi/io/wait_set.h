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
  size_t suspect_count() const;
  // Whether the suspects are all conditions of time.
  bool only_time_is_suspect() const;

  // Parks the guest until one is ready.
  WaitResult wait();

 private:
  EventLoop& loop_;
};

}  // namespace wisp::wasi
