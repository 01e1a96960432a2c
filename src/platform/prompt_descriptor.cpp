#include "platform/prompt_descriptor.h"

#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "platform/broken_pipe.h"

namespace wisp {

namespace {

constexpr int kRwfNoSignal = 0x00000100;  // newer than the headers of Debian 12
constexpr size_t kPollFirstBytes =
    4096;  // what a pipe or terminal that poll(2) calls writable takes without waiting
constexpr size_t kMaxTransferBytes = 1 << 20;

int32_t result_of(ssize_t count) { return count < 0 ? -errno : static_cast<int32_t>(count); }

ssize_t write_with_flags(int descriptor, std::span<const uint8_t> bytes, int flags) {
  const iovec part{const_cast<uint8_t*>(bytes.data()), bytes.size()};
  return ::pwritev2(descriptor, &part, 1, -1, flags);
}

// What a kernel (or a container's seccomp profile) says to a flag or call that it does not have.
bool unknown_to_kernel(int32_t result) {
  return result == -EOPNOTSUPP || result == -ENOSYS || result == -EPERM;
}

}  // namespace

void PromptDescriptor::classify() {
  struct stat status;
  if (::fstat(descriptor_, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    kind_ = Kind::kRegularFile;  // the plain call tells what is wrong with it
    signal_ = Signal::kIgnored;
  } else {
    kind_ = S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) ? Kind::kNoWait : Kind::kPollFirst;
  }
}

bool PromptDescriptor::always_ready() {
  if (kind_ == Kind::kUnknown) classify();
  return kind_ == Kind::kRegularFile;
}

bool PromptDescriptor::ready(uint32_t events) {
  if (always_ready()) return true;
  pollfd entry{descriptor_, static_cast<short>(events), 0};
  return ::poll(&entry, 1, 0) != 0;
}

int32_t PromptDescriptor::read(std::span<uint8_t> buffer, IoFaults* faults) {
  if (kind_ == Kind::kUnknown) classify();
  if (faults != nullptr && faults->take_again()) [[unlikely]]
    return -EAGAIN;
  buffer = buffer.first(std::min(buffer.size(), kMaxTransferBytes));
  for (;;) {
    int32_t result;
    if (kind_ == Kind::kNoWait) {
      const iovec part{buffer.data(), buffer.size()};
      result = result_of(::preadv2(descriptor_, &part, 1, -1, RWF_NOWAIT));
      if (unknown_to_kernel(result)) {
        kind_ = Kind::kPollFirst;
        continue;
      }
    } else {
      if (kind_ == Kind::kPollFirst && !ready(POLLIN)) return -EAGAIN;
      result = result_of(::read(descriptor_, buffer.data(), buffer.size()));
    }
    if (result != -EINTR) return result;
  }
}

int32_t PromptDescriptor::write(std::span<const uint8_t> bytes, IoFaults* faults) {
  if (kind_ == Kind::kUnknown) classify();
  if (faults != nullptr && faults->take_again()) [[unlikely]]
    return -EAGAIN;
  bytes = bytes.first(std::min(bytes.size(), kMaxTransferBytes));
  for (;;) {
    if (kind_ == Kind::kPollFirst && !ready(POLLOUT)) return -EAGAIN;
    int32_t result;
    if (signal_ == Signal::kMask) {
      const BlockedBrokenPipe blocked;
      result = write_once(bytes);
      if (result == -EPIPE) blocked.discard();
    } else {
      result = write_once(bytes);
    }
    if (signal_ == Signal::kFlag && unknown_to_kernel(result)) {
      find_out_about_signal();  // if it was the other flag, the next round shows it
    } else if (kind_ == Kind::kNoWait && unknown_to_kernel(result)) {
      kind_ = Kind::kPollFirst;
    } else if (result != -EINTR) {
      return result;
    }
  }
}

// The kernel has no RWF_NOSIGNAL.
void PromptDescriptor::find_out_about_signal() {
  signal_ = ignores_broken_pipes() ? Signal::kIgnored : Signal::kMask;
}

int32_t PromptDescriptor::write_once(std::span<const uint8_t> bytes) {
  const int flags =
      (kind_ == Kind::kNoWait ? RWF_NOWAIT : 0) | (signal_ == Signal::kFlag ? kRwfNoSignal : 0);
  if (kind_ == Kind::kPollFirst) bytes = bytes.first(std::min(bytes.size(), kPollFirstBytes));
  return result_of(flags == 0 ? ::write(descriptor_, bytes.data(), bytes.size())
                              : write_with_flags(descriptor_, bytes, flags));
}

}  // namespace wisp
