#include "platform/reusable_fiber.h"

namespace wisp {

Result<std::unique_ptr<ReusableFiber>> ReusableFiber::create(size_t stack_bytes, void* owner) {
  std::unique_ptr<ReusableFiber> reusable(new ReusableFiber);
  reusable->fiber_ =
      WISP_TRY(Fiber::create(&ReusableFiber::run, reusable.get(), stack_bytes, owner));
  return reusable;
}

// Without a body its loop ends.
ReusableFiber::~ReusableFiber() {
  if (fiber_ == nullptr) return;
  WISP_CHECK(idle());
  fiber_->resume();
}

// Looks at nothing that belongs to a thread: the compiler may remember where that was.
void ReusableFiber::run(void* self) {
  auto& reusable = *static_cast<ReusableFiber*>(self);
  while (reusable.body_ != nullptr) {
    reusable.body_(reusable.environment_);
    reusable.body_ = nullptr;
    reusable.fiber_->leave();
  }
}

}  // namespace wisp
