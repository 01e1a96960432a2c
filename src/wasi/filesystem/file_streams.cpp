#include "wasi/filesystem/file_streams.h"

#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

#include "wasi/filesystem/file_operations.h"

namespace wisp::wasi {

namespace {

constexpr uint64_t kPermitBytes = 1 << 20;

}  // namespace

Transfer FileInputStream::do_read(std::span<uint8_t> buffer) {
  const int32_t count = files::read(loop_, file_->number(), buffer, offset_);
  if (count < 0) return Transfer::failed(-count);
  if (count == 0) return Transfer::closed();
  offset_ += static_cast<uint64_t>(count);
  return Transfer::moved(static_cast<uint64_t>(count));
}

Transfer FileOutputStream::do_check_write() { return Transfer::moved(kPermitBytes); }

int32_t FileOutputStream::write_some(std::span<const uint8_t> contents) {
  if (offset_ != kAppend) return files::write(loop_, file_->number(), contents, offset_);
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
