// The functions of wasi:filesystem/types that act on the open file itself.
//
// Which error for which kind follows Wasmtime: a file operation on a directory is `bad-descriptor`
// (a read stream: `is-directory`), and what a read-only preopen forbids is `not-permitted`.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "wasi/filesystem/file_streams.h"
#include "wasi/filesystem/metadata.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

using component::Failure;

namespace {

constexpr auto kMaxOffset = static_cast<uint64_t>(std::numeric_limits<off_t>::max());

// Nothing: the file may be written.
std::optional<ErrorCode> refuse_write(const Descriptor& self) {
  if (self.is_directory()) return ErrorCode::kBadDescriptor;
  if (!self.writable_access()) return ErrorCode::kNotPermitted;
  if (!has(self.flags(), DescriptorFlags::kWrite)) return ErrorCode::kBadDescriptor;
  return std::nullopt;
}

FileResult<std::unique_ptr<OutputStream>> output_stream(WasiContext& context, Descriptor& self,
                                                        uint64_t offset) {
  if (auto refused = refuse_write(self)) return Failure{*refused};
  return std::unique_ptr<OutputStream>(
      std::make_unique<FileOutputStream>(context.loop, self.file(), offset));
}

// A directory may have been opened only for its names (O_PATH), which cannot be synchronised.
template <class Sync>
FileResult<void> synchronise(WasiContext& context, const Descriptor& self, Sync call) {
  if (!self.is_directory()) return result_of(call(self.number()));
  const ScopedDescriptor directory(
      context.sandbox.open(self.number(), ".", O_RDONLY | O_DIRECTORY, FinalLink::kKeep));
  if (directory.get() < 0) return Failure{error_code(-directory.get())};
  return result_of(call(directory.get()));
}

}  // namespace

FileResult<std::unique_ptr<InputStream>> read_via_stream(HostCall&, WasiContext& context,
                                                         Descriptor& self, uint64_t offset) {
  if (self.is_directory()) return Failure{ErrorCode::kIsDirectory};
  if (!has(self.flags(), DescriptorFlags::kRead)) return Failure{ErrorCode::kBadDescriptor};
  return std::unique_ptr<InputStream>(
      std::make_unique<FileInputStream>(context.loop, self.file(), offset));
}

FileResult<std::unique_ptr<OutputStream>> write_via_stream(HostCall&, WasiContext& context,
                                                           Descriptor& self, uint64_t offset) {
  // Beyond what a file can be, and so not the stream's mark for appending.
  return output_stream(context, self, std::min(offset, kMaxOffset));
}

FileResult<std::unique_ptr<OutputStream>> append_via_stream(HostCall&, WasiContext& context,
                                                            Descriptor& self) {
  return output_stream(context, self, FileOutputStream::kAppend);
}

FileResult<void> advise(HostCall&, WasiContext&, Descriptor& self, uint64_t offset, uint64_t length,
                        Advice advice) {
  constexpr int kAdvice[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                             POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (self.is_directory()) return Failure{ErrorCode::kBadDescriptor};
  if (offset > kMaxOffset || length > kMaxOffset) return Failure{ErrorCode::kInvalid};
  const int status =
      ::posix_fadvise(self.number(), static_cast<off_t>(offset), static_cast<off_t>(length),
                      kAdvice[static_cast<size_t>(advice)]);
  if (status != 0) return Failure{error_code(status)};
  return {};
}

FileResult<void> sync_data(HostCall&, WasiContext& context, Descriptor& self) {
  return synchronise(context, self, ::fdatasync);
}

FileResult<void> sync(HostCall&, WasiContext& context, Descriptor& self) {
  return synchronise(context, self, ::fsync);
}

FileResult<DescriptorFlags> get_flags(HostCall&, WasiContext&, Descriptor& self) {
  return self.flags();
}

FileResult<DescriptorType> get_type(HostCall&, WasiContext&, Descriptor& self) {
  if (self.is_directory()) return DescriptorType::kDirectory;
  struct stat status;
  if (::fstat(self.number(), &status) != 0) return Failure{error_code(errno)};
  return descriptor_type(status.st_mode);
}

FileResult<void> set_size(HostCall&, WasiContext&, Descriptor& self, uint64_t size) {
  if (auto refused = refuse_write(self)) {
    // Not `bad-descriptor`: what ftruncate(2) says of a file that is open for reading only.
    const bool is_reader = !self.is_directory() && *refused == ErrorCode::kBadDescriptor;
    return Failure{is_reader ? ErrorCode::kInvalid : *refused};
  }
  if (size > kMaxOffset) return Failure{ErrorCode::kInvalid};
  return result_of(::ftruncate(self.number(), static_cast<off_t>(size)));
}

FileResult<void> set_times(HostCall&, WasiContext&, Descriptor& self, NewTimestamp access,
                           NewTimestamp modification) {
  if (!self.writable_access()) return Failure{ErrorCode::kNotPermitted};
  const auto access_time = to_timespec(access);
  const auto modification_time = to_timespec(modification);
  if (!access_time || !modification_time) return Failure{ErrorCode::kOverflow};
  const timespec times[] = {*access_time, *modification_time};
  return result_of(::utimensat(self.number(), "", times, AT_EMPTY_PATH));  // also with O_PATH
}

FileResult<std::tuple<std::span<const uint8_t>, bool>> read(HostCall&, WasiContext& context,
                                                            Descriptor& self, uint64_t length,
                                                            uint64_t offset) {
  if (self.is_directory() || !has(self.flags(), DescriptorFlags::kRead))
    return Failure{ErrorCode::kBadDescriptor};
  const auto scratch = context.scratch();
  const auto buffer = scratch.first(std::min<uint64_t>(length, scratch.size()));
  const int32_t count = read_file(context.loop, self.number(), buffer, offset);
  if (count < 0) return Failure{error_code(-count)};
  return std::tuple<std::span<const uint8_t>, bool>(buffer.first(static_cast<size_t>(count)),
                                                    count == 0);
}

FileResult<uint64_t> write(HostCall&, WasiContext& context, Descriptor& self,
                           std::span<const uint8_t> buffer, uint64_t offset) {
  if (auto refused = refuse_write(self)) return Failure{*refused};
  const int32_t count = write_file(context.loop, self.number(), buffer, offset);
  if (count < 0) return Failure{error_code(-count)};
  return static_cast<uint64_t>(count);
}

FileResult<DescriptorStat> stat(HostCall&, WasiContext&, Descriptor& self) {
  struct stat status;
  if (::fstat(self.number(), &status) != 0) return Failure{error_code(errno)};
  return descriptor_stat(status);
}

bool is_same_object(HostCall&, WasiContext&, Descriptor& self, Descriptor& other) {
  struct stat left, right;
  return ::fstat(self.number(), &left) == 0 && ::fstat(other.number(), &right) == 0 &&
         left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

FileResult<MetadataHashValue> metadata_hash(HostCall&, WasiContext&, Descriptor& self) {
  struct stat status;
  if (::fstat(self.number(), &status) != 0) return Failure{error_code(errno)};
  return metadata_hash_of(status);
}

}  // namespace wisp::wasi::filesystem
