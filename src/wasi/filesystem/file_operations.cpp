#include "wasi/filesystem/file_operations.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "platform/system_call.h"

namespace wisp::wasi::files {

namespace {

// Made inline. What says EAGAIN is set up by `set` for the loop to carry out. If the deadline of
// the call passes meanwhile, the operation is ended and waited for: it lies in this frame, and the
// bytes belong to the caller.
template <class Call, class Set>
int32_t transfer(EventLoop& loop, Call call, Set set) {
  const int32_t count = call_system(loop.faults(), call);
  if (count != -EAGAIN) [[likely]]
    return count;
  Operation operation;
  set(operation);
  loop.finish(operation);
  return operation.result();
}

}  // namespace

int refuse_read(const Descriptor& self) {
  return self.is_directory() || !has(self.flags(), DescriptorFlags::kRead) ? -EBADF : 0;
}

int refuse_write(const Descriptor& self) {
  if (self.is_directory()) return -EBADF;
  if (!self.writable_access()) return -EPERM;
  return has(self.flags(), DescriptorFlags::kWrite) ? 0 : -EBADF;
}

int32_t read(EventLoop& loop, int descriptor, std::span<uint8_t> buffer, uint64_t offset) {
  if (offset > kMaxOffset) return -EINVAL;
  return transfer(
      loop,
      [&] { return ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset)); },
      [&](Operation& operation) { operation.set_read(descriptor, buffer, offset); });
}

int32_t write(EventLoop& loop, int descriptor, std::span<const uint8_t> bytes, uint64_t offset) {
  if (offset > kMaxOffset) return -EINVAL;
  return transfer(
      loop,
      [&] { return ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset)); },
      [&](Operation& operation) { operation.set_write(descriptor, bytes, offset); });
}

namespace {

std::span<uint8_t> bytes_of(const iovec& part) {
  return {static_cast<uint8_t*>(part.iov_base), part.iov_len};
}

}  // namespace

int32_t read_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts, uint64_t offset) {
  if (parts.empty()) return 0;
  if (offset > kMaxOffset && offset != kOwnOffset) return -EINVAL;
  if (parts.size() == 1 && offset != kOwnOffset)
    return read(loop, descriptor, bytes_of(parts[0]), offset);
  const int number = static_cast<int>(parts.size());
  return transfer(
      loop,
      [&] {
        return offset == kOwnOffset
                   ? ::readv(descriptor, parts.data(), number)
                   : ::preadv(descriptor, parts.data(), number, static_cast<off_t>(offset));
      },
      [&](Operation& operation) { operation.set_read(descriptor, bytes_of(parts[0]), offset); });
}

int32_t write_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts,
                    uint64_t offset) {
  if (parts.empty()) return 0;
  if (offset > kMaxOffset && offset != kOwnOffset) return -EINVAL;
  if (parts.size() == 1 && offset != kOwnOffset)
    return write(loop, descriptor, bytes_of(parts[0]), offset);
  const int number = static_cast<int>(parts.size());
  return transfer(
      loop,
      [&] {
        return offset == kOwnOffset
                   ? ::writev(descriptor, parts.data(), number)
                   : ::pwritev(descriptor, parts.data(), number, static_cast<off_t>(offset));
      },
      [&](Operation& operation) { operation.set_write(descriptor, bytes_of(parts[0]), offset); });
}

int32_t append_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts,
                     OwnOffset own_offset) {
  if (parts.empty()) return 0;
  const off_t offset = own_offset == OwnOffset::kMoves ? -1 : 0;
  const int32_t count = call_system(loop.faults(), [&] {
    return ::pwritev2(descriptor, parts.data(), static_cast<int>(parts.size()), offset, RWF_APPEND);
  });
  // What is full and not a file has no end.
  return count == -EAGAIN ? write_parts(loop, descriptor, parts, kOwnOffset) : count;
}

int advise(const Descriptor& self, uint64_t offset, uint64_t length, uint8_t advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (self.is_directory()) return -EBADF;
  if (offset > kMaxOffset || length > kMaxOffset) return -EINVAL;
  return -::posix_fadvise(self.number(), static_cast<off_t>(offset), static_cast<off_t>(length),
                          kAdvice[advice]);
}

// A directory may have been opened only for its names (O_PATH), which cannot be synchronised.
int synchronise(PathSandbox& sandbox, const Descriptor& self, int (*call)(int)) {
  if (!self.is_directory()) return negated_errno(call(self.number()));
  const ScopedDescriptor directory(
      sandbox.open(self.number(), ".", O_RDONLY | O_DIRECTORY, FinalLink::kKeep));
  if (directory.get() < 0) return directory.get();
  return negated_errno(call(directory.get()));
}

int set_size(const Descriptor& self, uint64_t size) {
  if (const int refused = refuse_write(self); refused != 0) {
    // Not EBADF: what ftruncate(2) says of a file that is open for reading only.
    const bool is_reader = !self.is_directory() && refused == -EBADF;
    return is_reader ? -EINVAL : refused;
  }
  if (size > kMaxOffset) return -EINVAL;
  return negated_errno(::ftruncate(self.number(), static_cast<off_t>(size)));
}

int set_times(const Descriptor& self, const std::optional<timespec>& access,
              const std::optional<timespec>& modification) {
  if (!self.writable_access()) return -EPERM;
  if (!access || !modification) return -EOVERFLOW;
  const timespec times[] = {*access, *modification};
  return negated_errno(::utimensat(self.number(), "", times, AT_EMPTY_PATH));  // also with O_PATH
}

int status(const Descriptor& self, struct stat& result) {
  return negated_errno(::fstat(self.number(), &result));
}

}  // namespace wisp::wasi::files
