#include "platform/interrupt.h"

#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>

#include "platform/check.h"

namespace wisp {

constinit InterruptTimer::Slot InterruptTimer::slots_[kMaxTimers];

ThreadId this_thread() { return static_cast<ThreadId>(syscall(SYS_gettid)); }

// Whether or not a guest runs there now: so that entering one needs no ordered write.
void interrupt_thread(ThreadId thread) { syscall(SYS_tgkill, getpid(), thread, kInterruptSignal); }

InterruptTimer::Slot* InterruptTimer::take_slot() {
  // The next one, so that it takes long until a slot has another timer.
  static std::atomic<size_t> next = 0;
  for (size_t tries = 0; tries < kMaxTimers; tries++) {
    Slot& slot = slots_[next++ % kMaxTimers];
    if (!slot.is_taken.exchange(true)) return &slot;
  }
  return nullptr;
}

Result<std::unique_ptr<InterruptTimer>> InterruptTimer::create(uint32_t* flag, uint32_t value) {
  Slot* slot = take_slot();
  if (slot == nullptr) {
    return Error(ErrorCode::kLimit,
                 "more than " + std::to_string(kMaxTimers) + " deadlines at a time");
  }
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = kInterruptSignal;
  event.sigev_value.sival_ptr = reinterpret_cast<char*>(slot) + slot->generation.load();
  event._sigev_un._tid = this_thread();
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) {
    slot->is_taken = false;
    return Error(ErrorCode::kLimit, "cannot create a timer");
  }
  slot->value = value;
  slot->has_fired = false;
  slot->flag = flag;
  return std::unique_ptr<InterruptTimer>(new InterruptTimer(timer, event._sigev_un._tid, slot));
}

InterruptTimer::~InterruptTimer() {
  timer_delete(timer_);
  slot_->flag = nullptr;
  // Another thread's handler that still saw the flag ends before the flag does.
  while (slot_->deliveries != 0) sched_yield();
  slot_->generation = (slot_->generation + 1) % sizeof(Slot);
  slot_->is_taken = false;
}

void InterruptTimer::arm(uint64_t nanoseconds) {
  slot_->has_fired = false;
  itimerspec time = {};
  time.it_value.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
  time.it_value.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
  WISP_CHECK(timer_settime(timer_, 0, &time, nullptr) == 0);
}

void take_interrupt(const siginfo_t& info) {
  if (info.si_code != SI_TIMER) return;
  const uintptr_t offset = reinterpret_cast<uintptr_t>(info.si_value.sival_ptr) -
                           reinterpret_cast<uintptr_t>(InterruptTimer::slots_);
  if (offset >= sizeof InterruptTimer::slots_) return;  // somebody else's timer
  InterruptTimer::Slot& slot = InterruptTimer::slots_[offset / sizeof(InterruptTimer::Slot)];
  slot.deliveries++;
  uint32_t* flag = slot.flag;
  if (flag != nullptr && slot.generation == offset % sizeof(InterruptTimer::Slot)) {
    __atomic_store_n(flag, slot.value, __ATOMIC_RELAXED);
    slot.has_fired = true;
  }
  slot.deliveries--;
}

}  // namespace wisp
