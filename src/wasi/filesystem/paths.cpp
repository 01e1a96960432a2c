// The functions of wasi:filesystem/types that act on names below a directory.
#include <sys/stat.h>

#include "wasi/filesystem/metadata.h"
#include "wasi/filesystem/path_operations.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

using component::Failure;

namespace {

FinalLink final_link(PathFlags flags) {
  return flags == PathFlags::kSymlinkFollow ? FinalLink::kFollow : FinalLink::kKeep;
}

FileResult<struct stat> status_at(WasiContext& context, const Descriptor& self, PathFlags flags,
                                  std::string_view path) {
  struct stat status;
  const int error = files::status_at(context.sandbox, self, final_link(flags), path, status);
  if (error != 0) return Failure{error_code(-error)};
  return status;
}

}  // namespace

FileResult<void> create_directory_at(HostCall&, WasiContext& context, Descriptor& self,
                                     std::string_view path) {
  return result_of(files::create_directory_at(context.sandbox, self, path));
}

FileResult<void> remove_directory_at(HostCall&, WasiContext& context, Descriptor& self,
                                     std::string_view path) {
  return result_of(files::remove_directory_at(context.sandbox, self, path));
}

FileResult<void> unlink_file_at(HostCall&, WasiContext& context, Descriptor& self,
                                std::string_view path) {
  return result_of(files::unlink_file_at(context.sandbox, self, path));
}

FileResult<void> symlink_at(HostCall&, WasiContext& context, Descriptor& self,
                            std::string_view old_path, std::string_view new_path) {
  return result_of(files::symlink_at(context.sandbox, self, old_path, new_path));
}

FileResult<void> rename_at(HostCall&, WasiContext& context, Descriptor& self,
                           std::string_view old_path, Descriptor& new_descriptor,
                           std::string_view new_path) {
  return result_of(files::rename_at(context.sandbox, self, old_path, new_descriptor, new_path));
}

FileResult<void> link_at(HostCall&, WasiContext& context, Descriptor& self, PathFlags old_flags,
                         std::string_view old_path, Descriptor& new_descriptor,
                         std::string_view new_path) {
  return result_of(files::link_at(context.sandbox, self, final_link(old_flags), old_path,
                                  new_descriptor, new_path));
}

FileResult<std::string> readlink_at(HostCall&, WasiContext& context, Descriptor& self,
                                    std::string_view path) {
  std::string target;
  const int error = files::readlink_at(context.sandbox, self, path, target);
  if (error != 0) return Failure{error_code(-error)};
  return target;
}

FileResult<DescriptorStat> stat_at(HostCall&, WasiContext& context, Descriptor& self,
                                   PathFlags flags, std::string_view path) {
  auto status = status_at(context, self, flags, path);
  if (!status.ok()) return Failure{status.error()};
  return descriptor_stat(status.value());
}

FileResult<MetadataHashValue> metadata_hash_at(HostCall&, WasiContext& context, Descriptor& self,
                                               PathFlags flags, std::string_view path) {
  auto status = status_at(context, self, flags, path);
  if (!status.ok()) return Failure{status.error()};
  return metadata_hash_of(status.value());
}

FileResult<void> set_times_at(HostCall&, WasiContext& context, Descriptor& self, PathFlags flags,
                              std::string_view path, NewTimestamp access,
                              NewTimestamp modification) {
  return result_of(files::set_times_at(context.sandbox, self, final_link(flags), path,
                                       to_timespec(access), to_timespec(modification)));
}

FileResult<std::unique_ptr<Descriptor>> open_at(HostCall&, WasiContext& context, Descriptor& self,
                                                PathFlags path_flags, std::string_view path,
                                                OpenFlags open_flags, DescriptorFlags flags) {
  std::unique_ptr<Descriptor> opened;
  const int error =
      files::open_at(context, self, final_link(path_flags), path, open_flags, flags, opened);
  if (error != 0) return Failure{error_code(-error)};
  return opened;
}

}  // namespace wisp::wasi::filesystem
