// ReusableFiber: runs one body after the other on the same stack, which spares making a fiber for
// each of many short ones.
//
//   1. begin(): hands over a body, while idle().
//   2. resume(): runs it until it suspends (Fiber::suspend) or has ended, which makes it idle().
// An idle one may move to another thread; one with a body that is suspended is not dropped.
#pragma once

#include <memory>

#include "platform/fiber.h"
#include "platform/result.h"

namespace wisp {

class ReusableFiber {
 public:
  static Result<std::unique_ptr<ReusableFiber>> create(size_t stack_bytes, void* owner = nullptr);
  ~ReusableFiber();
  ReusableFiber(const ReusableFiber&) = delete;
  ReusableFiber& operator=(const ReusableFiber&) = delete;

  void begin(Fiber::Body body, void* environment) {
    WISP_CHECK(idle());
    body_ = body;
    environment_ = environment;
  }
  void resume() { fiber_->resume(); }
  // Runs a body that does not suspend, while idle(); as Fiber::call.
  void call(Fiber::Body body, void* environment) { fiber_->call(body, environment); }
  bool idle() const { return body_ == nullptr && fiber_->at_rest(); }
  Fiber& fiber() { return *fiber_; }

 private:
  ReusableFiber() = default;
  static void run(void* self);

  std::unique_ptr<Fiber> fiber_;
  Fiber::Body body_ = nullptr;
  void* environment_ = nullptr;
};

}  // namespace wisp
