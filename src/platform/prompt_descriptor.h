// Reads and writes at a descriptor's own position that never block the thread, whether or not the
// descriptor has O_NONBLOCK (which belongs to everybody who shares it: setting it on an inherited
// standard output breaks the parent).
//
//   regular file      plain calls: they are prompt, and RWF_NOWAIT would refuse what is not cached
//   pipe, socket      one call with RWF_NOWAIT, where the kernel has it for them (Linux 6.4)
//   everything else   poll(2), then a plain call of at most one page: a writable pipe or terminal
//                     has room for that
//
// A broken pipe gives EPIPE and no SIGPIPE: with RWF_NOSIGNAL (Linux 6.18), else by blocking the
// signal around the call, unless the process ignores it anyway.
#pragma once

#include <cstdint>
#include <span>

#include "platform/io_backend.h"

namespace wisp {

class PromptDescriptor {
 public:
  explicit PromptDescriptor(int descriptor) : descriptor_(descriptor) {}

  int descriptor() const { return descriptor_; }
  // Bytes, 0 at the end of the input, or a negated errno; -EAGAIN: not now.
  int32_t read(std::span<uint8_t> buffer, IoFaults* faults);
  // Bytes, maybe fewer, or a negated errno; -EAGAIN: not now.
  int32_t write(std::span<const uint8_t> bytes, IoFaults* faults);
  // Whether no read or write ever waits: the descriptor is that of a regular file.
  bool always_ready();
  // Whether a read or write (POLLIN, POLLOUT) would not wait now: a system call, but for regular
  // files. An error counts as ready.
  bool ready(uint32_t events);

 private:
  enum class Kind : uint8_t { kUnknown, kRegularFile, kNoWait, kPollFirst };
  enum class Signal : uint8_t { kFlag, kIgnored, kMask };

  void classify();
  void find_out_about_signal();
  int32_t write_once(std::span<const uint8_t> bytes);

  int descriptor_;
  Kind kind_ = Kind::kUnknown;
  Signal signal_ = Signal::kFlag;  // how SIGPIPE is kept away
};

}  // namespace wisp
