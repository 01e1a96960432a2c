// Pollable: a condition that a guest can wait for. Level-triggered and reusable: readiness is
// computed from the state of the object behind it, in which completions write.
//
// The commonest condition, that an instant has come, is kept here without a virtual call: it needs
// neither a timer in the kernel, since a wait ends at the earliest deadline, nor the clock once it
// has held.
#pragma once

#include <cstdint>

#include "component/host/host_binding.h"
#include "platform/clock.h"
#include "platform/event_loop.h"

namespace wisp::wasi {

// The time of one look at several conditions: the clock is read when the first of them asks.
class Moment {
 public:
  Deadline now_ns() {
    if (now_ns_ == 0) now_ns_ = monotonic_now_ns();
    return now_ns_;
  }

 private:
  Deadline now_ns_ = 0;
};

class KeptWaitSet;

class Pollable : public component::HostResource {
 public:
  Pollable() = default;
  // The condition that this instant has come; kForever: that of the class.
  explicit Pollable(Deadline deadline) : deadline_(deadline) {}
  ~Pollable() override { set_keeper(nullptr); }

  // Whether the condition holds now, as far as it is known: no system call.
  bool ready(Moment& moment) {
    if (deadline_ == kForever) return do_ready();
    if (deadline_ == 0) return true;
    if (moment.now_ns() < deadline_) return false;
    deadline_ = 0;  // from now on it holds without looking
    return true;
  }
  bool ready() {
    Moment moment;
    return ready(moment);
  }
  // Sees to it that source() is notified when the condition may hold: queues the operation of the
  // object behind it, or arms a timer, unless that is done already.
  virtual void arm(EventLoop& loop) = 0;
  virtual Source& source() = 0;
  // When the condition is one of time: the instant; 0 where it is known to have passed. Else
  // kForever.
  Deadline deadline() const { return deadline_; }

  bool is_time() const { return deadline_ != kForever; }

  // Who has to forget its list once the guest's handle is gone. The one before forgets it now.
  void set_keeper(KeptWaitSet* keeper);
  void handle_removed() override { set_keeper(nullptr); }

 protected:
  virtual bool do_ready() = 0;

 private:
  Deadline deadline_ = kForever;
  KeptWaitSet* keeper_ = nullptr;
};

// The pollable of a resource that says by itself when it is ready: ready(), arm() and source(), as
// Pollable has them. A child of the resource.
template <class Resource>
class ResourcePollable final : public Pollable {
 public:
  explicit ResourcePollable(Resource& resource) : resource_(resource) { set_parent(resource); }
  void arm(EventLoop& loop) override { resource_.arm(loop); }
  Source& source() override { return resource_.source(); }

 protected:
  bool do_ready() override { return resource_.ready(); }

 private:
  Resource& resource_;
};

}  // namespace wisp::wasi
