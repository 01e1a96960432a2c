// The functions of wasi:filesystem/types that act on the open file itself.
//
// Of the kinds of errors, only a read stream differs from file_operations.h: on a directory it is
// `is-directory`, as in Wasmtime.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "wasi/filesystem/file_operations.h"
#include "wasi/filesystem/file_streams.h"
#include "wasi/filesystem/metadata.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

using component::Failure;

namespace {

FileResult<std::unique_ptr<OutputStream>> output_stream(WasiContext& context, Descriptor& self,
                                                        uint64_t offset) {
  if (const int refused = files::refuse_write(self)) return Failure{error_code(-refused)};
  return std::unique_ptr<OutputStream>(
      std::make_unique<FileOutputStream>(context.loop, self.file(), offset));
}

FileResult<struct stat> status_of(const Descriptor& self) {
  struct stat status;
  if (const int error = files::status(self, status)) return Failure{error_code(-error)};
  return status;
}

}  // namespace

FileResult<std::unique_ptr<InputStream>> read_via_stream(HostCall&, WasiContext& context,
                                                         Descriptor& self, uint64_t offset) {
  if (self.is_directory()) return Failure{ErrorCode::kIsDirectory};
  if (const int refused = files::refuse_read(self)) return Failure{error_code(-refused)};
  return std::unique_ptr<InputStream>(
      std::make_unique<FileInputStream>(context.loop, self.file(), offset));
}

FileResult<std::unique_ptr<OutputStream>> write_via_stream(HostCall&, WasiContext& context,
                                                           Descriptor& self, uint64_t offset) {
  // Beyond what a file can be, and so not the stream's mark for appending.
  return output_stream(context, self, std::min(offset, files::kMaxOffset));
}

FileResult<std::unique_ptr<OutputStream>> append_via_stream(HostCall&, WasiContext& context,
                                                            Descriptor& self) {
  return output_stream(context, self, FileOutputStream::kAppend);
}

FileResult<void> advise(HostCall&, WasiContext&, Descriptor& self, uint64_t offset, uint64_t length,
                        Advice advice) {
  return result_of(files::advise(self, offset, length, static_cast<uint8_t>(advice)));
}

FileResult<void> sync_data(HostCall&, WasiContext& context, Descriptor& self) {
  return result_of(files::synchronise(context.sandbox, self, ::fdatasync));
}

FileResult<void> sync(HostCall&, WasiContext& context, Descriptor& self) {
  return result_of(files::synchronise(context.sandbox, self, ::fsync));
}

FileResult<DescriptorFlags> get_flags(HostCall&, WasiContext&, Descriptor& self) {
  return self.flags();
}

FileResult<DescriptorType> get_type(HostCall&, WasiContext&, Descriptor& self) {
  if (self.is_directory()) return DescriptorType::kDirectory;
  if (self.file()->type() != 0) return descriptor_type(self.file()->type());
  auto status = status_of(self);
  if (!status.ok()) return Failure{status.error()};
  return descriptor_type(status.value().st_mode);
}

FileResult<void> set_size(HostCall&, WasiContext&, Descriptor& self, uint64_t size) {
  return result_of(files::set_size(self, size));
}

FileResult<void> set_times(HostCall&, WasiContext&, Descriptor& self, NewTimestamp access,
                           NewTimestamp modification) {
  return result_of(files::set_times(self, to_timespec(access), to_timespec(modification)));
}

FileResult<std::tuple<std::span<const uint8_t>, bool>> read(HostCall&, WasiContext& context,
                                                            Descriptor& self, uint64_t length,
                                                            uint64_t offset) {
  if (const int refused = files::refuse_read(self)) return Failure{error_code(-refused)};
  const auto scratch = context.scratch();
  const auto buffer = scratch.first(std::min<uint64_t>(length, scratch.size()));
  const int32_t count = files::read(context.loop, self.number(), buffer, offset);
  if (count < 0) return Failure{error_code(-count)};
  return std::tuple<std::span<const uint8_t>, bool>(buffer.first(static_cast<size_t>(count)),
                                                    count == 0);
}

FileResult<uint64_t> write(HostCall&, WasiContext& context, Descriptor& self,
                           std::span<const uint8_t> buffer, uint64_t offset) {
  if (const int refused = files::refuse_write(self)) return Failure{error_code(-refused)};
  const int32_t count = files::write(context.loop, self.number(), buffer, offset);
  if (count < 0) return Failure{error_code(-count)};
  return static_cast<uint64_t>(count);
}

FileResult<DescriptorStat> stat(HostCall&, WasiContext&, Descriptor& self) {
  auto status = status_of(self);
  if (!status.ok()) return Failure{status.error()};
  return descriptor_stat(status.value());
}

bool is_same_object(HostCall&, WasiContext&, Descriptor& self, Descriptor& other) {
  struct stat left, right;
  return files::status(self, left) == 0 && files::status(other, right) == 0 &&
         left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

FileResult<MetadataHashValue> metadata_hash(HostCall&, WasiContext&, Descriptor& self) {
  auto status = status_of(self);
  if (!status.ok()) return Failure{status.error()};
  return metadata_hash_of(status.value());
}

}  // namespace wisp::wasi::filesystem
