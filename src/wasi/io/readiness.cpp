#include "wasi/io/readiness.h"

#include <utility>

namespace wisp::wasi {

struct Readiness::Slot {
  EventLoop& loop;
  std::shared_ptr<const void> keep_alive;
  Operation operation;
  Readiness* owner;  // null: it is gone, and the slot goes when the operation has completed

  static void completed(void* environment) {
    auto* self = static_cast<Slot*>(environment);
    if (self->owner == nullptr) {
      delete self;
    } else {
      self->owner->complete(self->operation.result());
    }
  }
};

Readiness::~Readiness() {
  if (slot_ == nullptr) return;
  if (slot_->operation.idle()) {
    delete slot_;
  } else {
    slot_->owner = nullptr;
    slot_->loop.cancel(slot_->operation);
  }
}

void Readiness::arm(EventLoop& loop, int descriptor, uint32_t events,
                    std::shared_ptr<const void> keep_alive) {
  if (state_ != State::kUnknown) return;
  if (slot_ == nullptr) {
    slot_ = new Slot{loop, std::move(keep_alive), {}, this};
    slot_->operation.set_callback(&Slot::completed, slot_);
  }
  slot_->operation.set_poll(descriptor, events);
  slot_->loop.submit(slot_->operation);
  state_ = State::kArmed;
  stale_ = false;
}

void Readiness::consume() {
  if (state_ == State::kArmed) {
    stale_ = true;
  } else {
    state_ = State::kUnknown;
  }
}

void Readiness::complete(int32_t result) {
  state_ = result < 0 ? State::kFailed : stale_ ? State::kUnknown : State::kReady;
  source_.notify();
}

}  // namespace wisp::wasi
