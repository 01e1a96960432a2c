#include "platform/kernel_transfer.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "platform/broken_pipe.h"

namespace wisp {

namespace {

using Kind = KernelEnd::Kind;

// So much in one call: it is not to be interrupted by the guest's deadline.
constexpr uint64_t kMaxBytes = 1 << 20;

// A position for a call that takes one, and null for one that is to use the descriptor's own.
class Position {
 public:
  explicit Position(uint64_t* position) : position_(position) {
    if (position != nullptr) value_ = static_cast<loff_t>(*position);
  }
  loff_t* get() { return position_ == nullptr ? nullptr : &value_; }
  void advance(ssize_t count) {
    if (position_ != nullptr && count > 0) *position_ += static_cast<uint64_t>(count);
  }
  // Far below the end of what files can have, so that nothing overflows.
  bool valid() const {
    constexpr auto kEnd = static_cast<uint64_t>(std::numeric_limits<loff_t>::max());
    return position_ == nullptr || *position_ < kEnd - kMaxBytes;
  }

 private:
  uint64_t* position_;
  loff_t value_ = 0;
};

ssize_t call_kernel(const KernelEnd& from, Position& from_position, const KernelEnd& to,
                    Position& to_position, size_t size) {
  if (from.kind == Kind::kFile && to.kind == Kind::kFile)
    return ::copy_file_range(from.descriptor, from_position.get(), to.descriptor, to_position.get(),
                             size, 0);
  if (from.kind == Kind::kFile && to.kind == Kind::kSocket)
    return ::sendfile(to.descriptor, from.descriptor, from_position.get(), size);
  return ::splice(from.descriptor, from_position.get(), to.descriptor, to_position.get(), size,
                  SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
}

bool possible(Kind from, Kind to) {
  if (from == Kind::kNone || to == Kind::kNone) return false;
  return from != Kind::kSocket || to == Kind::kPipe;
}

}  // namespace

Kind kernel_end_kind(int descriptor) {
  struct stat status;
  if (::fstat(descriptor, &status) != 0) return Kind::kNone;
  if (S_ISREG(status.st_mode)) return Kind::kFile;
  if (S_ISFIFO(status.st_mode)) return Kind::kPipe;
  if (!S_ISSOCK(status.st_mode)) return Kind::kNone;
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags >= 0 && (flags & O_NONBLOCK) != 0 ? Kind::kSocket : Kind::kNone;
}

uint64_t move_in_kernel(const KernelEnd& from, const KernelEnd& to, uint64_t size) {
  Position from_position(from.position), to_position(to.position);
  if (!possible(from.kind, to.kind) || !from_position.valid() || !to_position.valid()) return 0;
  std::optional<BlockedBrokenPipe> blocked;
  if (to.kind != Kind::kFile && !ignores_broken_pipes()) blocked.emplace();
  ssize_t count;
  do {
    count = call_kernel(from, from_position, to, to_position, std::min(size, kMaxBytes));
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EPIPE && blocked) blocked->discard();
  from_position.advance(count);
  to_position.advance(count);
  return count < 0 ? 0 : static_cast<uint64_t>(count);
}

}  // namespace wisp
