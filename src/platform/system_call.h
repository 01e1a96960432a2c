// What system calls give, as the rest of the tree takes it: a number, or a negated errno.
#pragma once

#include <sys/types.h>

#include <cerrno>
#include <cstdint>

#include "platform/io_backend.h"

namespace wisp {

// Of a call that gives 0 or -1.
inline int negated_errno(int result) { return result < 0 ? -errno : 0; }

// Of a call that moves bytes or gives a descriptor; it is made again where a signal came.
template <class Call>
int32_t call_system(Call call) {
  for (;;) {
    const ssize_t result = call();
    if (result >= 0) return static_cast<int32_t>(result);
    if (errno != EINTR) return -errno;
  }
}

// The same for one that may be told to wait, by the kernel or by a test (`faults` may be null).
template <class Call>
int32_t call_system(IoFaults* faults, Call call) {
  if (faults != nullptr && faults->take_again()) [[unlikely]]
    return -EAGAIN;
  return call_system(call);
}

}  // namespace wisp
