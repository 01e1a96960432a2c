// Readiness: the slot of one direction of a descriptor, in which completions write that it is
// ready.
//
//   unknown   nothing is known; arm() asks the kernel to say when it is ready
//   armed     the kernel will say so
//   ready     it has said so, and nothing was done with the descriptor since
//   failed    asking was refused: whoever uses the descriptor meets the error
//
// The owner tries its descriptor at any time and calls consume() when it did, since what was known
// is over then: bytes were taken, or it met EAGAIN. No question costs a system call.
//
// It costs nothing until somebody really has to wait: the operation is allocated by the first arm()
// and used again by all later ones. A stream that is dropped while it is armed cancels the
// operation and leaves it to the loop, which destroys it when it has completed; so the descriptor
// must stay open until then (`keep_alive`).
#pragma once

#include <cstdint>
#include <memory>

#include "platform/event_loop.h"
#include "platform/lent_operation.h"
#include "platform/source.h"

namespace wisp::wasi {

class Readiness {
 public:
  Readiness() = default;
  ~Readiness();
  Readiness(const Readiness&) = delete;
  Readiness& operator=(const Readiness&) = delete;

  // Whether the descriptor was ready when the kernel was last heard, and is unused since. A refusal
  // counts.
  bool ready() const { return state_ == State::kReady || state_ == State::kFailed; }
  // Whether arm() is to be called by who wants to know more.
  bool unknown() const { return state_ == State::kUnknown; }
  // Lets the loop watch for these events of poll(2), unless it does or they are there. `keep_alive`
  // may be null.
  void arm(EventLoop& loop, int descriptor, uint32_t events,
           std::shared_ptr<const void> keep_alive);
  void consume();
  // The guest itself has changed what its watchers may wait for: they look again.
  void notify() { source_.notify(); }
  Source& source() { return source_; }

 private:
  enum class State : uint8_t { kUnknown, kArmed, kReady, kFailed };

  void complete();

  Source source_;
  State state_ = State::kUnknown;
  bool stale_ = false;  // used while armed: what the kernel says may be about bytes that are gone
  LentOperation* lent_ = nullptr;
};

}  // namespace wisp::wasi
