// The functions of wasi:filesystem/types that act on names below a directory. Every path goes
// through the sandbox.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "platform/utf8.h"
#include "wasi/filesystem/metadata.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

using component::Failure;

namespace {

constexpr mode_t kNewDirectoryMode = 0777;  // the process's umask applies
constexpr mode_t kNewFileMode = 0666;

FinalLink final_link(PathFlags flags) {
  return flags == PathFlags::kSymlinkFollow ? FinalLink::kFollow : FinalLink::kKeep;
}

// Nothing: names in this directory may be changed.
std::optional<ErrorCode> refuse_mutation(const Descriptor& directory) {
  if (!directory.is_directory()) return ErrorCode::kNotDirectory;
  if (!directory.writable_access()) return ErrorCode::kNotPermitted;
  return std::nullopt;
}

FileResult<struct stat> status_at(WasiContext& context, const Descriptor& self, PathFlags flags,
                                  std::string_view path) {
  if (!self.is_directory()) return Failure{ErrorCode::kNotDirectory};
  struct stat status;
  const int error = context.sandbox.status(self.number(), path, final_link(flags), status);
  if (error != 0) return Failure{error_code(-error)};
  return status;
}

// What makes a link `name/` fail: it has to name a directory, and then it is there already. The
// kernel says EEXIST in every case.
ErrorCode existing_directory(WasiContext& context, const Descriptor& self, std::string_view path) {
  const ScopedDescriptor directory(
      context.sandbox.open(self.number(), path, O_PATH | O_DIRECTORY, FinalLink::kFollow));
  return directory.get() < 0 ? error_code(-directory.get()) : ErrorCode::kExist;
}

// Calls `change(directory, name)` for the last component of `path`.
template <class Change>
FileResult<void> change_name(WasiContext& context, const Descriptor& self, std::string_view path,
                             Change change) {
  if (auto refused = refuse_mutation(self)) return Failure{*refused};
  const ParentDirectory parent = context.sandbox.parent(self.number(), path);
  if (parent.error != 0) return Failure{error_code(-parent.error)};
  return result_of(change(parent.descriptor, parent.name.c_str()));
}

}  // namespace

FileResult<void> create_directory_at(HostCall&, WasiContext& context, Descriptor& self,
                                     std::string_view path) {
  return change_name(context, self, path, [](int directory, const char* name) {
    return ::mkdirat(directory, name, kNewDirectoryMode);
  });
}

FileResult<void> remove_directory_at(HostCall&, WasiContext& context, Descriptor& self,
                                     std::string_view path) {
  return change_name(context, self, path, [](int directory, const char* name) {
    return ::unlinkat(directory, name, AT_REMOVEDIR);
  });
}

FileResult<void> unlink_file_at(HostCall&, WasiContext& context, Descriptor& self,
                                std::string_view path) {
  return change_name(context, self, path, [](int directory, const char* name) {
    return ::unlinkat(directory, name, 0);
  });
}

FileResult<void> symlink_at(HostCall&, WasiContext& context, Descriptor& self,
                            std::string_view old_path, std::string_view new_path) {
  if (old_path.starts_with('/')) return Failure{ErrorCode::kNotPermitted};
  if (old_path.find('\0') != std::string_view::npos) return Failure{ErrorCode::kInvalid};
  if (auto refused = refuse_mutation(self)) return Failure{*refused};
  const ParentDirectory parent = context.sandbox.parent(self.number(), new_path);
  if (parent.error != 0) return Failure{error_code(-parent.error)};
  if (parent.trailing_slash) return Failure{existing_directory(context, self, new_path)};
  return result_of(
      ::symlinkat(std::string(old_path).c_str(), parent.descriptor, parent.name.c_str()));
}

FileResult<void> rename_at(HostCall&, WasiContext& context, Descriptor& self,
                           std::string_view old_path, Descriptor& new_descriptor,
                           std::string_view new_path) {
  if (auto refused = refuse_mutation(self)) return Failure{*refused};
  if (auto refused = refuse_mutation(new_descriptor)) return Failure{*refused};
  const ParentDirectory from = context.sandbox.parent(self.number(), old_path);
  if (from.error != 0) return Failure{error_code(-from.error)};
  const ParentDirectory to = context.sandbox.parent(new_descriptor.number(), new_path);
  if (to.error != 0) return Failure{error_code(-to.error)};
  return result_of(::renameat(from.descriptor, from.name.c_str(), to.descriptor, to.name.c_str()));
}

namespace {

// What a hard link to `path` fails for, whatever its new name is. The source is looked at first, as
// linkat(2) does. Nothing: it is no directory that was named with a slash.
std::optional<ErrorCode> refuse_source(WasiContext& context, const Descriptor& self,
                                       std::string_view path, bool& is_directory) {
  const int flags = O_PATH | (path.ends_with('/') ? O_DIRECTORY : 0);
  const FinalLink final_link = path.ends_with('/') ? FinalLink::kFollow : FinalLink::kKeep;
  const ScopedDescriptor source(context.sandbox.open(self.number(), path, flags, final_link));
  if (source.get() < 0) return error_code(-source.get());
  struct stat status;
  if (::fstat(source.get(), &status) != 0) return error_code(errno);
  is_directory = S_ISDIR(status.st_mode);
  return std::nullopt;
}

}  // namespace

FileResult<void> link_at(HostCall&, WasiContext& context, Descriptor& self, PathFlags old_flags,
                         std::string_view old_path, Descriptor& new_descriptor,
                         std::string_view new_path) {
  if (auto refused = refuse_mutation(self)) return Failure{*refused};
  if (auto refused = refuse_mutation(new_descriptor)) return Failure{*refused};
  if (old_flags == PathFlags::kSymlinkFollow) return Failure{ErrorCode::kInvalid};
  // linkat(2) on a descriptor needs a privilege, so the name is resolved twice; the second time
  // decides, and follows no link.
  bool is_directory = false;
  if (auto refused = refuse_source(context, self, old_path, is_directory)) return Failure{*refused};
  const ParentDirectory from = context.sandbox.parent(self.number(), old_path);
  if (from.error != 0) return Failure{error_code(-from.error)};
  const ParentDirectory to = context.sandbox.parent(new_descriptor.number(), new_path);
  if (to.error != 0) return Failure{error_code(-to.error)};
  if (to.trailing_slash) return Failure{existing_directory(context, new_descriptor, new_path)};
  if (is_directory) {
    // It has no hard links. Asked here, since with a slash behind it linkat(2) would follow a link
    // to wherever.
    struct stat status;
    const bool exists =
        ::fstatat(to.descriptor, to.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    return Failure{exists ? ErrorCode::kExist : ErrorCode::kNotPermitted};
  }
  return result_of(::linkat(from.descriptor, from.name.c_str(), to.descriptor, to.name.c_str(), 0));
}

FileResult<std::string> readlink_at(HostCall&, WasiContext& context, Descriptor& self,
                                    std::string_view path) {
  if (!self.is_directory()) return Failure{ErrorCode::kNotDirectory};
  const ScopedDescriptor link(context.sandbox.open(self.number(), path, O_PATH, FinalLink::kKeep));
  if (link.get() < 0) return Failure{error_code(-link.get())};
  char target[PATH_MAX];
  const ssize_t length = ::readlinkat(link.get(), "", target, sizeof target);
  // ENOENT here: the kernel's word for an empty path on what is not a link.
  if (length < 0) return Failure{errno == ENOENT ? ErrorCode::kInvalid : error_code(errno)};
  const std::string_view text(target, static_cast<size_t>(length));
  if (text.starts_with('/')) return Failure{ErrorCode::kNotPermitted};
  if (!is_valid_utf8(text)) return Failure{ErrorCode::kIllegalByteSequence};
  return std::string(text);
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
  if (auto refused = refuse_mutation(self)) return Failure{*refused};
  const auto access_time = to_timespec(access);
  const auto modification_time = to_timespec(modification);
  if (!access_time || !modification_time) return Failure{ErrorCode::kOverflow};
  const ScopedDescriptor object(
      context.sandbox.open(self.number(), path, O_PATH, final_link(flags)));
  if (object.get() < 0) return Failure{error_code(-object.get())};
  const timespec times[] = {*access_time, *modification_time};
  return result_of(::utimensat(object.get(), "", times, AT_EMPTY_PATH));
}

namespace {

// What open-at may not ask for, whatever the path is. Nothing: fine.
std::optional<ErrorCode> refuse_open(const Descriptor& self, OpenFlags open_flags,
                                     DescriptorFlags flags) {
  if (!self.is_directory()) return ErrorCode::kNotDirectory;
  const bool creates_or_truncates = has(open_flags, OpenFlags::kCreate | OpenFlags::kTruncate);
  const bool mutates = creates_or_truncates ||
                       has(flags, DescriptorFlags::kWrite | DescriptorFlags::kMutateDirectory);
  if (mutates && !self.writable_access()) return ErrorCode::kNotPermitted;
  if (has(open_flags, OpenFlags::kDirectory) &&
      (creates_or_truncates || has(open_flags, OpenFlags::kExclusive))) {
    return ErrorCode::kInvalid;
  }
  return std::nullopt;
}

// What is to be opened for: without `write` it is for reading, and who creates or truncates a file
// may also write it.
DescriptorFlags effective_flags(OpenFlags open_flags, DescriptorFlags flags) {
  DescriptorFlags result = flags;
  if (!has(flags, DescriptorFlags::kWrite)) result = result | DescriptorFlags::kRead;
  if (has(open_flags, OpenFlags::kCreate | OpenFlags::kTruncate)) {
    result = result | DescriptorFlags::kWrite;
  }
  return result;
}

int kernel_flags(OpenFlags open_flags, DescriptorFlags flags) {
  // A FIFO must not make the thread wait for its other end; files and directories do not look at
  // O_NONBLOCK.
  int result = O_NONBLOCK | O_NOCTTY;
  const bool reads = has(flags, DescriptorFlags::kRead);
  result |= !has(flags, DescriptorFlags::kWrite) ? O_RDONLY : reads ? O_RDWR : O_WRONLY;
  if (has(open_flags, OpenFlags::kCreate))
    result |= O_CREAT | (has(open_flags, OpenFlags::kExclusive) ? O_EXCL : 0);
  if (has(open_flags, OpenFlags::kTruncate)) result |= O_TRUNC;
  if (has(open_flags, OpenFlags::kDirectory)) result |= O_DIRECTORY;
  if (has(flags, DescriptorFlags::kFileIntegritySync)) result |= O_SYNC;
  if (has(flags, DescriptorFlags::kDataIntegritySync)) result |= O_DSYNC;
  if (has(flags, DescriptorFlags::kRequestedWriteSync)) result |= O_RSYNC;
  return result;
}

}  // namespace

FileResult<std::unique_ptr<Descriptor>> open_at(HostCall&, WasiContext& context, Descriptor& self,
                                                PathFlags path_flags, std::string_view path,
                                                OpenFlags open_flags, DescriptorFlags flags) {
  if (auto refused = refuse_open(self, open_flags, flags)) return Failure{*refused};
  flags = effective_flags(open_flags, flags);
  CountedDescriptor count(context.descriptors);
  if (!count.is_counted()) return Failure{error_code(EMFILE)};
  const int number = context.sandbox.open(self.number(), path, kernel_flags(open_flags, flags),
                                          final_link(path_flags), kNewFileMode);
  if (number < 0) return Failure{error_code(-number)};
  auto file = std::make_shared<const OpenFile>(ScopedDescriptor(number), std::move(count));
  struct stat status;
  if (::fstat(number, &status) != 0) return Failure{error_code(errno)};
  if (!S_ISDIR(status.st_mode)) {
    return std::make_unique<Descriptor>(std::move(file), DescriptorKind::kFile,
                                        without(flags, DescriptorFlags::kMutateDirectory),
                                        self.access());
  }
  // What a directory permits is what its preopen permits, as in Wasmtime; what it says of itself is
  // what it was opened for.
  const bool mutable_directory =
      self.writable_access() && has(flags, DescriptorFlags::kMutateDirectory);
  const DescriptorFlags mutate =
      mutable_directory ? DescriptorFlags::kMutateDirectory : DescriptorFlags::kNone;
  return std::make_unique<Descriptor>(std::move(file), DescriptorKind::kDirectory,
                                      DescriptorFlags::kRead | mutate, self.access());
}

}  // namespace wisp::wasi::filesystem
