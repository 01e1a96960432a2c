// Pollable: a condition that a guest can wait for. Level-triggered and reusable: readiness is
// computed from the state of the object behind it.
#pragma once

#include <cstdint>

#include "component/host_binding.h"
#include "platform/event_loop.h"

namespace wisp::wasi {

class Pollable : public component::HostResource {
 public:
  // Whether the condition holds now. Cheap, makes no progress by itself.
  virtual bool ready() = 0;
  // Sees to it that the loop learns of readiness: queues the operation of the object behind it,
  // unless it is queued.
  virtual void arm(EventLoop& loop) = 0;
  // When the condition is one of time: the instant, so that a wait needs no timer in the kernel.
  // Else kForever.
  virtual Deadline deadline() const { return kForever; }
};

}  // namespace wisp::wasi
