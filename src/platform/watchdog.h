// Watchdog: calls a function once, from a thread of its own, when a deadline has passed; never
// after it was destroyed.
#pragma once

#include <pthread.h>

#include "platform/io_backend.h"

namespace wisp {

class Watchdog {
 public:
  // Starts no thread for kForever.
  Watchdog(Deadline deadline, void (*expired)(void*), void* environment);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

 private:
  static void* watch(void* self);

  Deadline deadline_;
  void (*expired_)(void*);
  void* environment_;
  pthread_t thread_{};
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t stopped_changed_;
  bool stopped_ = false;
};

}  // namespace wisp
