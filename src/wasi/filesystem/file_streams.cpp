#include "wasi/filesystem/file_streams.h"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace wisp::wasi {

namespace {

constexpr uint64_t kPermitBytes = 1 << 20;
constexpr auto kMaxOffset = static_cast<uint64_t>(std::numeric_limits<off_t>::max());

// Lets the loop carry it out. If the deadline of the call passes meanwhile, the operation is ended
// and waited for: it lies in this frame, and the bytes belong to the caller.
int32_t finish_on_loop(EventLoop& loop, Operation& operation) {
  loop.finish(operation);
  return operation.result();
}

template <class Call>
int32_t call_inline(EventLoop& loop, Call call) {
  if (loop.faults() != nullptr && loop.faults()->take_again()) [[unlikely]]
    return -EAGAIN;
  for (;;) {
    const ssize_t count = call();
    if (count >= 0) return static_cast<int32_t>(count);
    if (errno != EINTR) return -errno;
  }
}

}  // namespace

int32_t read_file(EventLoop& loop, int descriptor, std::span<uint8_t> buffer, uint64_t offset) {
  if (offset > kMaxOffset) return -EINVAL;
  const int32_t count = call_inline(loop, [&] {
    return ::pread(descriptor, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  });
  if (count != -EAGAIN) [[likely]]
    return count;
  Operation operation;
  operation.set_read(descriptor, buffer, offset);
  return finish_on_loop(loop, operation);
}

int32_t write_file(EventLoop& loop, int descriptor, std::span<const uint8_t> bytes,
                   uint64_t offset) {
  if (offset > kMaxOffset) return -EINVAL;
  const int32_t count = call_inline(loop, [&] {
    return ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
  });
  if (count != -EAGAIN) [[likely]]
    return count;
  Operation operation;
  operation.set_write(descriptor, bytes, offset);
  return finish_on_loop(loop, operation);
}

Transfer FileInputStream::do_read(std::span<uint8_t> buffer) {
  const int32_t count = read_file(loop_, file_->number(), buffer, offset_);
  if (count < 0) return Transfer::failed(-count);
  if (count == 0) return Transfer::closed();
  offset_ += static_cast<uint64_t>(count);
  return Transfer::moved(static_cast<uint64_t>(count));
}

Transfer FileOutputStream::do_check_write() { return Transfer::moved(kPermitBytes); }

int32_t FileOutputStream::write_some(std::span<const uint8_t> contents) {
  if (offset_ != kAppend) return write_file(loop_, file_->number(), contents, offset_);
  const iovec part{const_cast<uint8_t*>(contents.data()), contents.size()};
  const ssize_t count = ::pwritev2(file_->number(), &part, 1, 0, RWF_APPEND);
  return count < 0 ? -errno : static_cast<int32_t>(count);
}

Transfer FileOutputStream::do_write(std::span<const uint8_t> contents) {
  while (!contents.empty()) {
    const int32_t count = write_some(contents);
    if (count == -EINTR) continue;
    if (count < 0) return Transfer::failed(-count);
    if (count == 0) return Transfer::failed(EIO);
    contents = contents.subspan(static_cast<size_t>(count));
    if (offset_ != kAppend) offset_ += static_cast<uint64_t>(count);
  }
  return Transfer::moved(0);
}

}  // namespace wisp::wasi
