// Receiver: the bytes of a stream socket, received before they are asked for.
//
// Where the kernel receives into buffers of its choice and goes on by itself, a busy connection
// costs neither a question whether it is ready nor a call that reads it. It pays for short messages
// on connections that are waited for again and again, so:
//
//   1. arm() refuses until it was asked several times, and always where the kernel cannot: the
//      owner then waits for readiness and reads, which is the plain way.
//   2. While armed() or ready(), the owner takes bytes from here and nowhere else.
//   3. A message that fills a buffer, unread bytes beyond a limit (back-pressure: the peer is told
//      to wait), and used up buffers end it. What has come is taken first; then it is 1. again.
//
// A receiver that is dropped cancels its operation and leaves it to the loop, as Readiness does.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "platform/event_loop.h"
#include "platform/lent_operation.h"
#include "platform/source.h"

namespace wisp {

class Receiver {
 public:
  // Whom it tells when bytes, the end or an error have come.
  explicit Receiver(Source& source) : source_(source) {}
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  // False: not now. `keep_alive` keeps the descriptor open.
  bool arm(EventLoop& loop, int descriptor, const std::shared_ptr<const void>& keep_alive);
  bool armed() const;
  bool ready() const;
  // Bytes, 0 at the end, or a negated errno; -EAGAIN: nothing is here.
  int32_t take(std::span<uint8_t> buffer);

 private:
  void heard();
  void give_up();

  Source& source_;
  LentOperation* lent_ = nullptr;
  uint32_t waits_ = 0;  // since it was last given up
  bool has_ended_ = false;
  int32_t failure_ = 0;  // an errno that the owner was not told yet
};

}  // namespace wisp
