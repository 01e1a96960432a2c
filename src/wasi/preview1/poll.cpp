// poll_oneoff: waits for the first of several conditions and tells all that hold then.
//
// Nothing of the subscriptions is copied: they stay in the guest's memory and are read again with
// each look, since the guest does not run meanwhile. Files are always ready. Of the streams that
// are not, each is watched by one operation, however often it is subscribed to.
#include <poll.h>

#include <algorithm>
#include <vector>

#include "platform/clock.h"
#include "wasi/filesystem/file_operations.h"
#include "wasi/pollable.h"
#include "wasi/preview1/clocks.h"
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

// The instants that subscriptions to clocks are relative to, taken once.
struct Beginning {
  Deadline monotonic_ns = monotonic_now_ns();
  WallTime wall = wall_now();
};

class Poll {
 public:
  Poll(Call& call, const uint8_t* subscriptions, uint8_t* events, Size count)
      : call_(call), subscriptions_(subscriptions), events_(events), count_(count) {}

  // Until at least one condition holds. 0, or what to return.
  int run();
  Size stored() const { return stored_; }

 private:
  int look();
  int look_at(const Subscription& subscription, Moment& moment);
  int look_at_clock(const Subscription& subscription, Moment& moment);
  int look_at_descriptor(const Subscription& subscription);
  int look_at_file(const Subscription& subscription, const Entry& file);
  bool is_ready(Entry& stream, uint32_t event);
  void store(const Subscription& subscription, Filesize nbytes, Eventrwflags flags);
  bool sleep();
  void forget();

  Call& call_;
  const uint8_t* subscriptions_;
  uint8_t* events_;
  const Size count_;
  const Beginning begin_;
  // What the last look has found: how many conditions hold; if none does, the earliest instant, and
  // the streams that were asked.
  Size stored_ = 0;
  Deadline deadline_ = kForever;
  std::vector<Entry*> streams_;
  size_t completed_ = 0;  // of their operations
};

int Poll::run() {
  for (;;) {
    const int error = look();
    const bool is_over = error != 0 || stored_ > 0;
    const bool goes_on = is_over || sleep();
    forget();
    if (is_over) return error;
    if (!goes_on) return call_.interrupt();
  }
}

int Poll::look() {
  constexpr Size kAtOnce = 1024;
  deadline_ = kForever;
  completed_ = 0;
  Moment moment;
  for (Size i = 0; i < count_; i++) {
    if (i % kAtOnce == 0 && call_.process().store.interrupt_pending()) return call_.interrupt();
    Subscription subscription;
    std::memcpy(&subscription, subscriptions_ + i * sizeof subscription, sizeof subscription);
    if (int error = look_at(subscription, moment)) return error;
  }
  return 0;
}

int Poll::look_at(const Subscription& subscription, Moment& moment) {
  if (subscription.tag > Eventtype::kLast) return -EINVAL;
  return subscription.tag == Eventtype::kClock ? look_at_clock(subscription, moment)
                                               : look_at_descriptor(subscription);
}

// A duration beyond the end of the clock never elapses.
Deadline after(Deadline begin_ns, uint64_t duration_ns) {
  Deadline instant = 0;
  return __builtin_add_overflow(begin_ns, duration_ns, &instant) ? kForever : instant;
}

int Poll::look_at_clock(const Subscription& subscription, Moment& moment) {
  const SubscriptionClock& clock = subscription.clock;
  if (clock.id != Clockid::kRealtime && clock.id != Clockid::kMonotonic) return -EINVAL;
  if (without(clock.flags, Subclockflags::kAll) != Subclockflags{}) return -EINVAL;
  Deadline instant = after(begin_.monotonic_ns, clock.timeout);
  if (has(clock.flags, Subclockflags::kSubscriptionClockAbstime)) {
    instant = clock.timeout;
    if (clock.id == Clockid::kRealtime) {
      Timestamp now = 0;
      if (int error = to_timestamp(begin_.wall.seconds, begin_.wall.nanoseconds, now)) return error;
      instant = after(begin_.monotonic_ns, clock.timeout - std::min(clock.timeout, now));
    }
  }
  if (instant <= moment.now_ns()) {
    store(subscription, 0, Eventrwflags::kNone);
  } else {
    deadline_ = std::min(deadline_, instant);
  }
  return 0;
}

int Poll::look_at_descriptor(const Subscription& subscription) {
  const bool reads = subscription.tag == Eventtype::kFdRead;
  Entry* entry = call_.descriptors().find(subscription.file_descriptor);
  if (entry == nullptr) return -EBADF;
  if (entry->kind == EntryKind::kFile) return look_at_file(subscription, *entry);
  const bool has_event =
      reads ? entry->reads_stream() || entry->kind == EntryKind::kListener : entry->writes_stream();
  if (!has_event) return -EBADF;
  if (is_ready(*entry, reads ? POLLIN : POLLOUT)) {
    store(subscription, 1, Eventrwflags::kNone);
  }
  return 0;
}

int Poll::look_at_file(const Subscription& subscription, const Entry& file) {
  if (subscription.tag == Eventtype::kFdWrite) {
    if (int refused = files::refuse_write(*file.descriptor)) return refused;
    store(subscription, 1, Eventrwflags::kNone);
    return 0;
  }
  if (int refused = files::refuse_read(*file.descriptor)) return refused;
  struct stat status;
  if (int error = files::status(*file.descriptor, status)) return error;
  const auto size = static_cast<uint64_t>(status.st_size);
  const uint64_t left = size - std::min(size, file.offset);
  store(subscription, left, left == 0 ? Eventrwflags::kFdReadwriteHangup : Eventrwflags::kNone);
  return 0;
}

// The kernel is asked once in a look.
bool Poll::is_ready(Entry& stream, uint32_t event) {
  if ((stream.ready_events & event) != 0) return true;
  if ((stream.awaited_events & event) != 0) return false;
  if ((stream.ready_events | stream.awaited_events) == 0) streams_.push_back(&stream);
  const bool ready = stream.stream.ready(event);
  (ready ? stream.ready_events : stream.awaited_events) |= event;
  return ready;
}

void Poll::store(const Subscription& subscription, Filesize nbytes, Eventrwflags flags) {
  Event event = {};
  event.userdata = subscription.userdata;
  event.type = subscription.tag;
  event.nbytes = nbytes;
  event.flags = flags;
  std::memcpy(events_ + stored_++ * sizeof event, &event, sizeof event);
}

// Until something may have changed. False: the deadline of the call has passed.
bool Poll::sleep() {
  EventLoop& loop = call_.loop();
  for (Entry* each : streams_) {
    each->watch.set_poll(each->stream.descriptor(), each->awaited_events);
    each->watch.set_callback([](void* completed) { ++*static_cast<size_t*>(completed); },
                             &completed_);
    loop.submit(each->watch);
  }
  const auto has_completed = [](void* poll) { return static_cast<Poll*>(poll)->completed_ > 0; };
  const WaitResult result = loop.wait_until(has_completed, this, deadline_);
  // The descriptor may be closed as soon as the guest runs again.
  for (Entry* each : streams_) {
    if (!each->watch.idle()) loop.cancel(each->watch);
  }
  while (completed_ < streams_.size()) loop.tick(kForever);
  return result != WaitResult::kInterrupted;
}

void Poll::forget() {
  for (Entry* each : streams_) each->ready_events = each->awaited_events = 0;
  streams_.clear();
}

}  // namespace

int poll_oneoff(Call& call, Pointer<Subscription> in, Pointer<Event> out, Size count,
                Pointer<Size> stored) {
  if (count == 0) return -EINVAL;
  if (!call.charge(uint64_t{count} * (sizeof(Subscription) + sizeof(Event)))) return -ENOMEM;
  const uint8_t* subscriptions = call.bytes(Array<Subscription>{in.address, count});
  if (subscriptions == nullptr) return Call::kTrapped;
  uint8_t* events = call.bytes(Array<Event>{out.address, count});
  if (events == nullptr) return Call::kTrapped;
  Poll poll(call, subscriptions, events, count);
  if (int error = poll.run()) return error;
  return call.write(stored, poll.stored());
}

}  // namespace wisp::wasi::preview1
