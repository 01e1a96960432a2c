// The operations that the loop knows: what to do, with which descriptor and which memory.
//
//   poll(descriptor, events)          result: the events that hold (POLLIN ...)
//   read(descriptor, buffer, offset)  result: bytes, 0 at the end
//   write(descriptor, bytes, offset)  result: bytes, maybe fewer
//   receive(descriptor)               bytes of a socket as they come; see below
//
// With kNoOffset, reads and writes are at the descriptor's own position.
//
// An operation is set up while idle and handed to EventLoop::submit(). The descriptor and the
// memory must outlive it.
//
// A receive goes on until it is cancelled, the peer has ended (result 0), an error has come, or the
// buffers are used up (-ENOBUFS); a positive result means that the kernel ended it for reasons of
// its own. Its callback runs after each turn in which bytes came: they are in `received`, whose
// buffers the owner gives back, also after the end. Only where EventLoop::can_receive().
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "platform/completion.h"
#include "platform/received_buffer.h"

namespace wisp {

enum class OperationKind : uint8_t { kPoll, kRead, kWrite, kReceive };

struct LinkOfCancellation;
struct LinkOfProgress;

class Operation : public Completion,
                  public ListNode<LinkOfCancellation>,
                  public ListNode<LinkOfProgress> {
 public:
  static constexpr uint64_t kNoOffset = ~uint64_t{0};

  void set_poll(int descriptor, uint32_t events);
  void set_read(int descriptor, std::span<uint8_t> buffer, uint64_t offset = kNoOffset);
  void set_write(int descriptor, std::span<const uint8_t> bytes, uint64_t offset = kNoOffset);

  void set_receive(int descriptor);

  OperationKind kind() const { return kind_; }
  int descriptor() const { return descriptor_; }
  uint32_t events() const { return events_; }
  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }
  uint64_t offset() const { return offset_; }

  // A backend's own link and note while it has the operation.
  Operation* backend_next = nullptr;
  bool cancel_requested = false;

  ReceivedList received;

 private:
  void set(OperationKind kind, int descriptor);

  OperationKind kind_ = OperationKind::kPoll;
  int descriptor_ = -1;
  uint32_t events_ = 0;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  uint64_t offset_ = kNoOffset;
};

using OperationList = IntrusiveList<Operation, Completion>;
using CancellationList = IntrusiveList<Operation, LinkOfCancellation>;
using ProgressList = IntrusiveList<Operation, LinkOfProgress>;

// The operation as plain system calls, which may block: for threads of a worker pool. Gives the
// result.
int32_t perform_blocking(const Operation& operation);

// The events (of poll(2)) that a read or write waits for, or those of a poll.
uint32_t awaited_events(const Operation& operation);

}  // namespace wisp
