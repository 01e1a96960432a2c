// Bytes from one descriptor to another without their coming by.
//
// Where the kernel moves them and neither end would block the thread:
//
//   from \ to       pipe      socket, O_NONBLOCK   regular file
//   regular file    splice    sendfile             copy_file_range
//   pipe            splice    splice               splice
//   socket          splice
//
// From socket to socket it takes a pipe between them, in which bytes could be left: those are
// copied.
#pragma once

#include <cstdint>

namespace wisp {

struct KernelEnd {
  enum class Kind : uint8_t { kNone, kFile, kPipe, kSocket };

  Kind kind = Kind::kNone;
  int descriptor = -1;
  uint64_t* position = nullptr;  // in a file; null: the descriptor's own
};

// What kind of end a descriptor is; a socket that would block is none.
KernelEnd::Kind kernel_end_kind(int descriptor);

// Moves up to `size` bytes and advances the positions. Nothing where the kernel cannot, or would
// wait, or one of the ends has failed or ended: ordinary calls then tell what it is.
uint64_t move_in_kernel(const KernelEnd& from, const KernelEnd& to, uint64_t size);

}  // namespace wisp
