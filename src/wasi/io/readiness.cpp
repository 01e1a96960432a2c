#include "wasi/io/readiness.h"

#include <utility>

namespace wisp::wasi {

Readiness::~Readiness() { LentOperation::release(lent_); }

void Readiness::arm(EventLoop& loop, int descriptor, uint32_t events,
                    std::shared_ptr<const void> keep_alive) {
  if (state_ != State::kUnknown) return;
  if (lent_ == nullptr) {
    lent_ = LentOperation::make(
        loop, std::move(keep_alive), [](void* self) { static_cast<Readiness*>(self)->complete(); },
        this);
  }
  lent_->operation().set_poll(descriptor, events);
  lent_->submit();
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

void Readiness::complete() {
  state_ = lent_->operation().result() < 0 ? State::kFailed
           : stale_                        ? State::kUnknown
                                           : State::kReady;
  source_.notify();
}

}  // namespace wisp::wasi
