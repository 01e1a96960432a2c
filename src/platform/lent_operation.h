// LentOperation: an operation that may outlive whoever wants to hear of it.
//
// The kernel has it until it has completed, whatever becomes of its owner. So it lies on the heap,
// with what keeps its descriptor open; the owner lets go of it, and it ends by itself.
#pragma once

#include <memory>
#include <utility>

#include "platform/event_loop.h"

namespace wisp {

class LentOperation {
 public:
  // Told of each completion and of each progress, as long as the owner has not let go.
  using Heard = void (*)(void* owner);

  static LentOperation* make(EventLoop& loop, std::shared_ptr<const void> keep_alive, Heard heard,
                             void* owner) {
    return new LentOperation(loop, std::move(keep_alive), heard, owner);
  }
  // The owner does not use it any more. `lent` may be null.
  static void release(LentOperation* lent);

  LentOperation(const LentOperation&) = delete;
  LentOperation& operator=(const LentOperation&) = delete;

  EventLoop& loop() { return loop_; }
  Operation& operation() { return operation_; }
  void submit() { loop_.submit(operation_); }
  void cancel() { loop_.cancel(operation_); }

 private:
  LentOperation(EventLoop& loop, std::shared_ptr<const void> keep_alive, Heard heard, void* owner);
  ~LentOperation() { drop_received(); }

  static void told(void* self);
  void drop_received();

  EventLoop& loop_;
  std::shared_ptr<const void> keep_alive_;
  Operation operation_;
  Heard heard_;
  void* owner_;  // null: it has let go
};

}  // namespace wisp
