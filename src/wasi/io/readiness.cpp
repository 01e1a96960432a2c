#include "wasi/io/readiness.h"

#include <utility>

namespace wisp::wasi {

struct Readiness::Slot {
  EventLoop& loop;
  std::shared_ptr<const void> keep_alive;
  Operation operation;
  bool abandoned = false;  // the stream is gone; whoever completes the operation deletes the slot

  static void completed(void* environment) {
    auto* self = static_cast<Slot*>(environment);
    if (self->abandoned) delete self;
  }
};

Readiness::~Readiness() {
  if (slot_ == nullptr) return;
  if (slot_->operation.idle()) {
    delete slot_;
  } else {
    slot_->abandoned = true;
    slot_->loop.cancel(slot_->operation);
  }
}

bool Readiness::pending() const { return slot_ != nullptr && !slot_->operation.idle(); }

void Readiness::arm(EventLoop& loop, int descriptor, uint32_t events,
                    std::shared_ptr<const void> keep_alive) {
  if (slot_ == nullptr) {
    slot_ = new Slot{loop, std::move(keep_alive), {}, false};
    slot_->operation.set_callback(&Slot::completed, slot_);
  }
  if (!slot_->operation.idle()) return;
  slot_->operation.set_poll(descriptor, events);
  slot_->loop.submit(slot_->operation);
}

}  // namespace wisp::wasi
