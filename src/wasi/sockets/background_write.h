// Bytes that a stream of a socket accepted and the kernel has not taken yet. They go out as the
// socket takes them, whatever the guest does meanwhile, and also when the stream was dropped.
//
//   BackgroundWrite   what one stream has left: at most kMostBytes, charged to the budget of the
//                     store. It ends, and tells its stream, when all is sent or can never be.
//   BackgroundWrites  all of a context. A run is over only when they have ended, as data that a
//                     process has written outlives it in the kernel; but not longer than
//                     kLongestNs, and nobody is waited for who takes nothing for kPatienceNs: such
//                     a connection is reset, so that its peer does not take what it got for all.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "platform/event_loop.h"
#include "platform/intrusive_list.h"
#include "platform/memory_budget.h"

namespace wisp::wasi::sockets {

class Socket;
class BackgroundWrites;

class BackgroundWrite final : public ListNode<BackgroundWrite> {
 public:
  static constexpr size_t kMostBytes = 64 << 10;

  // Told once: 0, or a negated errno. From then on the object is not to be used.
  using Ended = void (*)(void* owner, int status);

  // Null where the budget (which may be null) has no room.
  static BackgroundWrite* start(BackgroundWrites& all, std::shared_ptr<const Socket> socket,
                                MemoryBudget* budget, Ended ended, void* owner);

  // Keeps them too; no more than kMostBytes in all.
  void append(std::span<const uint8_t> bytes);
  // Lets the loop send them when the socket takes some.
  void arm();
  // Sends what the socket takes now, and lets the loop see to the rest. May end it.
  void push();
  // Nothing follows: the peer is told after the last byte.
  void set_last() { is_last_ = true; }
  // The stream goes; nobody is told any more, and nothing follows.
  void disown();

 private:
  friend class BackgroundWrites;

  BackgroundWrite(BackgroundWrites& all, std::shared_ptr<const Socket> socket, MemoryBudget* budget,
                  Ended ended, void* owner);
  ~BackgroundWrite();
  static void writable(void* self);
  void end(int status);
  void abandon();

  BackgroundWrites& all_;
  std::shared_ptr<const Socket> socket_;  // open until the kernel is done with the operation
  MemoryBudget* budget_;
  Ended ended_;
  void* owner_;
  std::unique_ptr<uint8_t[]> bytes_;  // null: ended
  size_t begin_ = 0;                  // of what is to be sent
  size_t end_ = 0;
  bool is_last_ = false;
  Operation writable_;
};

class BackgroundWrites {
 public:
  static constexpr uint64_t kPatienceNs = 1'000'000'000;
  static constexpr uint64_t kLongestNs = 10 * kPatienceNs;

  explicit BackgroundWrites(EventLoop& loop) : loop_(loop) {}
  ~BackgroundWrites() { abandon(); }
  BackgroundWrites(const BackgroundWrites&) = delete;
  BackgroundWrites& operator=(const BackgroundWrites&) = delete;

  bool empty() const { return writes_.empty(); }
  // Waits for all, as above. The streams are gone.
  void finish();

 private:
  friend class BackgroundWrite;

  void abandon();

  EventLoop& loop_;
  IntrusiveList<BackgroundWrite> writes_;  // those that have not ended
  uint64_t alive_ = 0;                     // also those whose operation the kernel still has
  uint64_t sent_bytes_ = 0;
};

}  // namespace wisp::wasi::sockets
