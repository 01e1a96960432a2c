// ReceivedBuffer: bytes of a socket that the kernel has put into a buffer of the backend's.
//
// The buffers are few, of one size, and shared by all sockets of a loop. Who has taken the bytes
// gives the buffer back: EventLoop::give_back().
#pragma once

#include <cstdint>
#include <span>

#include "platform/intrusive_list.h"

namespace wisp {

struct ReceivedBuffer : ListNode<ReceivedBuffer> {
  static constexpr uint32_t kCapacity = 2048;

  uint8_t* data = nullptr;
  uint32_t size = 0;   // what the kernel has put there
  uint32_t taken = 0;  // of that
  uint16_t number = 0;

  std::span<const uint8_t> left() const { return {data + taken, size - taken}; }
  bool full() const { return size == kCapacity; }
};

using ReceivedList = IntrusiveList<ReceivedBuffer>;

}  // namespace wisp
