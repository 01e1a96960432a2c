// Readiness: the slot of a stream end in which the loop watches a descriptor.
//
// It costs nothing until somebody really has to wait: the operation is allocated by the first arm()
// and used again by all later ones. A stream that is dropped while it is armed cancels the
// operation and leaves it to the loop, which destroys it when it has completed; so the descriptor
// must stay open until then (`keep_alive`).
#pragma once

#include <memory>

#include "platform/event_loop.h"

namespace wisp::wasi {

class Readiness {
 public:
  Readiness() = default;
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Whether the loop still watches: nothing has happened at the descriptor since arm().
  bool pending() const;
  // Lets the loop watch for these events of poll(2), unless it does. `keep_alive` may be null.
  void arm(EventLoop& loop, int descriptor, uint32_t events,
           std::shared_ptr<const void> keep_alive);

 private:
  struct Slot;
  Slot* slot_ = nullptr;
};

}  // namespace wisp::wasi
