#include "wasi/io/wait_set.h"

namespace wisp::wasi {

bool WaitSet::settle() {
  Moment moment;
  only_time_is_ready_ = true;
  ready_count_ = 0;
  return Watcher::settle([&](Link& link) {
    Pollable& pollable = *static_cast<WaitEntry&>(link).pollable;
    if (!pollable.ready(moment)) {
      pollable.arm(loop_);
      return false;
    }
    only_time_is_ready_ &= pollable.is_time();
    ready_count_ += link.suspect() ? 0 : 1;  // a suspect again: it is looked at once more
    return true;
  });
}

WaitResult WaitSet::wait() {
  Waiter waiter(
      loop_, [](void* self) { return static_cast<WaitSet*>(self)->settle(); }, this);
  set_waiter(&waiter);
  const WaitResult result = loop_.wait(waiter);
  set_waiter(nullptr);
  return result;
}

}  // namespace wisp::wasi
