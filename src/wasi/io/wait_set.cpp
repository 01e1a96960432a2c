#include "wasi/io/wait_set.h"

namespace wisp::wasi {

bool WaitSet::settle() {
  Moment moment;
  return Watcher::settle([&](Link& link) {
    Pollable& pollable = *static_cast<WaitEntry&>(link).pollable;
    if (pollable.ready(moment)) return true;
    pollable.arm(loop_);
    return false;
  });
}

size_t WaitSet::suspect_count() const {
  size_t count = 0;
  for (Link* at = first_suspect(); at != nullptr; at = next_suspect(*at)) count++;
  return count;
}

bool WaitSet::only_time_is_suspect() const {
  for (Link* at = first_suspect(); at != nullptr; at = next_suspect(*at)) {
    if (!static_cast<WaitEntry*>(at)->pollable->is_time()) return false;
  }
  return true;
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
