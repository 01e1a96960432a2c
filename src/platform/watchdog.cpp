#include "platform/watchdog.h"

#include <csignal>
#include <ctime>

#include "platform/check.h"

namespace wisp {

Watchdog::Watchdog(Deadline deadline, void (*expired)(void*), void* environment)
    : deadline_(deadline), expired_(expired), environment_(environment) {
  pthread_condattr_t attributes;
  pthread_condattr_init(&attributes);
  pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  pthread_cond_init(&stopped_changed_, &attributes);
  pthread_condattr_destroy(&attributes);
  if (deadline_ == kForever) return;
  // Signals of the process are for the threads that were there before.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  WISP_CHECK(pthread_create(&thread_, nullptr, &Watchdog::watch, this) == 0);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Watchdog::~Watchdog() {
  if (deadline_ != kForever) {
    pthread_mutex_lock(&mutex_);
    stopped_ = true;
    pthread_cond_signal(&stopped_changed_);
    pthread_mutex_unlock(&mutex_);
    pthread_join(thread_, nullptr);
  }
  pthread_cond_destroy(&stopped_changed_);
}

void* Watchdog::watch(void* self) {
  auto& watchdog = *static_cast<Watchdog*>(self);
  const timespec until{static_cast<time_t>(watchdog.deadline_ / 1'000'000'000),
                       static_cast<long>(watchdog.deadline_ % 1'000'000'000)};
  pthread_mutex_lock(&watchdog.mutex_);
  int result = 0;
  while (!watchdog.stopped_ && result == 0) {
    result = pthread_cond_timedwait(&watchdog.stopped_changed_, &watchdog.mutex_, &until);
  }
  // Under the lock, so that the owner cannot go away meanwhile.
  if (!watchdog.stopped_) watchdog.expired_(watchdog.environment_);
  pthread_mutex_unlock(&watchdog.mutex_);
  return nullptr;
}

}  // namespace wisp
