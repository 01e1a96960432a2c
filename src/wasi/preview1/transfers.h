// What several functions need to move bytes between a descriptor and the guest's memory.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "wasi/preview1/process.h"
#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

// The pieces of the guest's memory that a call reads into or writes from, without empty ones. As
// many as one call of the kernel takes: the rest is left to the next call.
class Pieces {
 public:
  // 0, or what to return. ENOMEM: more than one call may hand to the host.
  int collect(Call& call, Array<Iovec> iovs);

  std::span<const iovec> all() const { return {pieces_ + begin_, count_ - begin_}; }
  bool empty() const { return begin_ == count_; }
  // The first, of at least one.
  std::span<uint8_t> first() const {
    return {static_cast<uint8_t*>(pieces_[begin_].iov_base), pieces_[begin_].iov_len};
  }
  uint64_t size_bytes() const { return size_bytes_; }
  // Leaves out what was moved, of no more than there is.
  void drop_front(uint64_t size_bytes);

 private:
  static constexpr size_t kMost = 1024;  // IOV_MAX

  size_t begin_ = 0;
  size_t count_ = 0;
  uint64_t size_bytes_ = 0;
  iovec pieces_[kMost];  // not initialised on purpose  NOLINT
};

// Parks the guest until one of the events of poll(2) holds at the descriptor, or there is an error
// to be met. 0, or what to return.
int wait_for(Call& call, int descriptor, uint32_t events);

}  // namespace wisp::wasi::preview1
