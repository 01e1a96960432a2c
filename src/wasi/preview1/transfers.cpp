#include "wasi/preview1/transfers.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "wasi/filesystem/file_operations.h"
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

int Pieces::collect(Call& call, Array<Iovec> iovs) {
  if (!call.charge(uint64_t{iovs.count} * sizeof(Iovec))) return -ENOMEM;
  const uint8_t* list = call.bytes(iovs);
  if (list == nullptr) return Call::kTrapped;
  for (Size i = 0; i < iovs.count && count_ < kMost; i++) {
    Iovec iov;
    std::memcpy(&iov, list + i * sizeof iov, sizeof iov);
    if (iov.buf_len == 0) continue;
    if (!call.charge(iov.buf_len)) return empty() ? -ENOMEM : 0;
    uint8_t* memory = call.bytes(iov.buf, iov.buf_len);
    if (memory == nullptr) return Call::kTrapped;
    pieces_[count_++] = {memory, iov.buf_len};
    size_bytes_ += iov.buf_len;
  }
  return 0;
}

void Pieces::drop_front(uint64_t size_bytes) {
  size_bytes_ -= size_bytes;
  while (begin_ < count_ && size_bytes >= pieces_[begin_].iov_len) {
    size_bytes -= pieces_[begin_++].iov_len;
  }
  if (size_bytes == 0) return;
  iovec& piece = pieces_[begin_];
  piece = {static_cast<uint8_t*>(piece.iov_base) + size_bytes, piece.iov_len - size_bytes};
}

int wait_for(Call& call, int descriptor, uint32_t events) {
  Operation operation;
  operation.set_poll(descriptor, events);
  return call.loop().finish(operation) == WaitResult::kReady ? 0 : call.interrupt();
}

namespace {

// Of transfers that were made, or a negated errno.
int give_count(Call& call, int64_t count, Pointer<Size> result) {
  return count < 0 ? static_cast<int>(count) : call.write(result, static_cast<Size>(count));
}

int64_t read_stream(Call& call, Entry& entry, const Pieces& pieces) {
  for (;;) {
    const int32_t count = entry.stream.read(pieces.first(), call.loop().faults());
    if (count != -EAGAIN || !entry.waits()) return count;
    if (int error = wait_for(call, entry.stream.descriptor(), POLLIN)) return error;
  }
}

// All of it, unless the guest does not want to wait. What was written counts more than what went
// wrong then: that comes back with the next call.
int64_t write_stream(Call& call, Entry& entry, std::span<const uint8_t> bytes) {
  size_t written = 0;
  while (written < bytes.size()) {
    const int32_t count = entry.stream.write(bytes.subspan(written), call.loop().faults());
    if (count > 0) {
      written += static_cast<size_t>(count);
    } else if (count == -EAGAIN && entry.waits()) {
      if (int error = wait_for(call, entry.stream.descriptor(), POLLOUT)) return error;
    } else {
      return written > 0 ? static_cast<int64_t>(written) : count;
    }
  }
  return static_cast<int64_t>(written);
}

// Small pieces, such as a line and its end, go out as one: nobody shall see them apart, and one
// call of the kernel costs more than the copy.
int64_t write_stream(Call& call, Entry& entry, const Pieces& pieces) {
  const std::span<uint8_t> scratch = call.context().scratch();
  if (pieces.all().size() > 1 && pieces.size_bytes() <= scratch.size()) {
    uint8_t* to = scratch.data();
    for (const iovec& piece : pieces.all()) {
      std::memcpy(to, piece.iov_base, piece.iov_len);
      to += piece.iov_len;
    }
    return write_stream(call, entry, scratch.first(pieces.size_bytes()));
  }
  int64_t written = 0;
  for (const iovec& piece : pieces.all()) {
    const int64_t count =
        write_stream(call, entry, {static_cast<const uint8_t*>(piece.iov_base), piece.iov_len});
    if (count < 0) return written > 0 ? written : count;
    written += count;
    if (static_cast<uint64_t>(count) < piece.iov_len) break;
  }
  return written;
}

// Where the file is read and written next. 0, or a negated errno.
int find_offset(Entry& file) {
  if (!file.offset_in_kernel) return 0;
  const off_t offset = ::lseek(file.descriptor->number(), 0, SEEK_CUR);
  if (offset < 0) return -errno;
  file.offset = static_cast<uint64_t>(offset);
  file.offset_in_kernel = false;
  return 0;
}

// What has no offsets, a FIFO or a terminal, is read and written as it comes.
template <auto kTransfer>
int32_t transfer(Call& call, const Entry& file, const Pieces& pieces, uint64_t offset) {
  const int number = file.descriptor->number();
  const int32_t count = kTransfer(call.loop(), number, pieces.all(), offset);
  if (count != -ESPIPE) [[likely]]
    return count;
  return kTransfer(call.loop(), number, pieces.all(), files::kOwnOffset);
}

constexpr auto transfer_in = &transfer<&files::read_parts>;
constexpr auto transfer_out = &transfer<&files::write_parts>;

int64_t read_file(Call& call, Entry& file, const Pieces& pieces) {
  if (int refused = files::refuse_read(*file.descriptor)) return refused;
  if (int error = find_offset(file)) return error;
  const int32_t count = transfer_in(call, file, pieces, file.offset);
  if (count > 0) file.offset += static_cast<uint64_t>(count);
  return count;
}

int64_t write_file(Call& call, Entry& file, const Pieces& pieces) {
  if (int refused = files::refuse_write(*file.descriptor)) return refused;
  if (has(file.flags, Fdflags::kAppend)) {
    // The kernel keeps where that was; most who append never ask.
    const int32_t count = files::append_parts(call.loop(), file.descriptor->number(), pieces.all(),
                                              files::OwnOffset::kMoves);
    if (count > 0) file.offset_in_kernel = true;
    return count;
  }
  if (int error = find_offset(file)) return error;
  const int32_t count = transfer_out(call, file, pieces, file.offset);
  if (count > 0) file.offset += static_cast<uint64_t>(count);
  return count;
}

// A file. The standard streams have no offsets (ESPIPE); `closed` are those that the function would
// not use anyway.
int find_file(Call& call, Fd fd, EntryKind closed, Entry*& file) {
  file = call.descriptors().find(fd);
  if (file == nullptr || file->kind == closed || file->kind == EntryKind::kDirectory) return -EBADF;
  return file->kind == EntryKind::kFile ? 0 : -ESPIPE;
}

}  // namespace

int fd_read(Call& call, Fd fd, Array<Iovec> iovs, Pointer<Size> nread) {
  Pieces pieces;
  if (int error = pieces.collect(call, iovs)) return error;
  Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  switch (entry->kind) {
    case EntryKind::kInput:
    case EntryKind::kConnection:
      return give_count(call, pieces.empty() ? 0 : read_stream(call, *entry, pieces), nread);
    case EntryKind::kFile:
      return give_count(call, read_file(call, *entry, pieces), nread);
    default:
      return -EBADF;
  }
}

int fd_write(Call& call, Fd fd, Array<Iovec> iovs, Pointer<Size> nwritten) {
  Pieces pieces;
  if (int error = pieces.collect(call, iovs)) return error;
  Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  switch (entry->kind) {
    case EntryKind::kOutput:
    case EntryKind::kConnection:
      return give_count(call, write_stream(call, *entry, pieces), nwritten);
    case EntryKind::kFile:
      return give_count(call, write_file(call, *entry, pieces), nwritten);
    default:
      return -EBADF;
  }
}

int fd_pread(Call& call, Fd fd, Array<Iovec> iovs, Filesize offset, Pointer<Size> nread) {
  Pieces pieces;
  if (int error = pieces.collect(call, iovs)) return error;
  Entry* file = nullptr;
  if (int error = find_file(call, fd, EntryKind::kOutput, file)) return error;
  if (int refused = files::refuse_read(*file->descriptor)) return refused;
  if (offset > files::kMaxOffset) return -EINVAL;
  return give_count(
      call, files::read_parts(call.loop(), file->descriptor->number(), pieces.all(), offset),
      nread);
}

int fd_pwrite(Call& call, Fd fd, Array<Iovec> iovs, Filesize offset, Pointer<Size> nwritten) {
  Pieces pieces;
  if (int error = pieces.collect(call, iovs)) return error;
  Entry* file = nullptr;
  if (int error = find_file(call, fd, EntryKind::kInput, file)) return error;
  if (int refused = files::refuse_write(*file->descriptor)) return refused;
  if (offset > files::kMaxOffset) return -EINVAL;
  const int number = file->descriptor->number();
  // As Linux does with what is open for appending.
  const int32_t count =
      has(file->flags, Fdflags::kAppend)
          ? files::append_parts(call.loop(), number, pieces.all(), files::OwnOffset::kStays)
          : files::write_parts(call.loop(), number, pieces.all(), offset);
  return give_count(call, count, nwritten);
}

int fd_seek(Call& call, Fd fd, int64_t offset, Whence whence, Pointer<Filesize> new_offset) {
  Entry* file = nullptr;
  if (int error = find_file(call, fd, EntryKind::kDirectory, file)) return error;
  int64_t base = 0;
  if (whence == Whence::kCur) {
    if (int error = find_offset(*file)) return error;
    base = static_cast<int64_t>(file->offset);
  } else if (whence == Whence::kEnd) {
    struct stat status;
    if (int error = files::status(*file->descriptor, status)) return error;
    base = status.st_size;
  }
  int64_t result = 0;
  if (__builtin_add_overflow(base, offset, &result) || result < 0) return -EINVAL;
  file->offset = static_cast<uint64_t>(result);
  file->offset_in_kernel = false;
  return call.write(new_offset, file->offset);
}

int fd_tell(Call& call, Fd fd, Pointer<Filesize> offset) {
  Entry* file = nullptr;
  if (int error = find_file(call, fd, EntryKind::kDirectory, file)) return error;
  if (int error = find_offset(*file)) return error;
  return call.write(offset, file->offset);
}

}  // namespace wisp::wasi::preview1
