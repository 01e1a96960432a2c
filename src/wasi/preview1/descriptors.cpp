// Functions about a descriptor and what it stands for.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/filesystem/file_operations.h"
#include "wasi/preview1/functions.h"
#include "wasi/preview1/metadata.h"

namespace wisp::wasi::preview1 {

namespace {

// Null: EBADF.
const Descriptor* file_of(Call& call, Fd fd) {
  const Entry* entry = call.descriptors().find(fd);
  return entry != nullptr && entry->kind == EntryKind::kFile ? entry->descriptor.get() : nullptr;
}

Filetype type_of_stream(const Entry& entry) {
  if (entry.socket != nullptr) return Filetype::kSocketStream;
  return ::isatty(entry.stream.descriptor()) == 1 ? Filetype::kCharacterDevice : Filetype::kUnknown;
}

Rights rights_of_stream(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kInput:
      return Rights::kFdRead;
    case EntryKind::kOutput:
      return Rights::kFdWrite;
    case EntryKind::kListener:
      return Rights::kSockAccept | Rights::kPollFdReadwrite | Rights::kFdFdstatSetFlags;
    default:
      return Rights::kFdRead | Rights::kFdWrite | Rights::kPollFdReadwrite |
             Rights::kFdFdstatSetFlags | Rights::kSockShutdown;
  }
}

// What programs expect of a directory that they were given to begin with.
constexpr Rights kPreopenRights =
    Rights::kPathCreateDirectory | Rights::kPathCreateFile | Rights::kPathLinkSource |
    Rights::kPathLinkTarget | Rights::kPathOpen | Rights::kFdReaddir | Rights::kPathReadlink |
    Rights::kPathRenameSource | Rights::kPathRenameTarget | Rights::kPathSymlink |
    Rights::kPathRemoveDirectory | Rights::kPathUnlinkFile | Rights::kPathFilestatGet |
    Rights::kPathFilestatSetTimes | Rights::kFdFilestatGet | Rights::kFdFilestatSetTimes;
constexpr Rights kRightsBelowPreopen =
    kPreopenRights | Rights::kFdDatasync | Rights::kFdRead | Rights::kFdSeek |
    Rights::kFdFdstatSetFlags | Rights::kFdSync | Rights::kFdTell | Rights::kFdWrite |
    Rights::kFdAdvise | Rights::kFdAllocate | Rights::kFdFilestatSetSize | Rights::kPollFdReadwrite;

Rights rights_of(const Descriptor& descriptor, Filetype type) {
  Rights rights = Rights::kAll;
  if (type == Filetype::kDirectory) {
    rights = without(rights,
                     Rights::kFdSeek | Rights::kFdFilestatSetSize | Rights::kPathFilestatSetSize);
  }
  if (!has(descriptor.flags(), DescriptorFlags::kRead))
    rights = without(rights, Rights::kFdRead | Rights::kFdReaddir);
  if (!has(descriptor.flags(), DescriptorFlags::kWrite)) rights = without(rights, Rights::kFdWrite);
  return rights;
}

}  // namespace

int fd_advise(Call& call, Fd fd, Filesize offset, Filesize len, Advice advice) {
  const Descriptor* file = file_of(call, fd);
  if (file == nullptr) return -EBADF;
  return files::advise(*file, offset, len, static_cast<uint8_t>(advice));
}

// As in Wasmtime, where a program finds another way.
int fd_allocate(Call& call, Fd fd, Filesize, Filesize) {
  return file_of(call, fd) == nullptr ? -EBADF : -ENOTSUP;
}

int fd_close(Call& call, Fd fd) { return call.descriptors().close(fd); }

int fd_datasync(Call& call, Fd fd) {
  const Descriptor* file = file_of(call, fd);
  return file == nullptr ? -EBADF : files::synchronise(call.sandbox(), *file, ::fdatasync);
}

int fd_sync(Call& call, Fd fd) {
  const Descriptor* file = file_of(call, fd);
  return file == nullptr ? -EBADF : files::synchronise(call.sandbox(), *file, ::fsync);
}

int fd_fdstat_get(Call& call, Fd fd, Pointer<Fdstat> stat) {
  const Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  Fdstat result = {};
  if (!entry->is_in_file_system()) {
    result.fs_filetype = type_of_stream(*entry);
    result.fs_flags = entry->flags;
    result.fs_rights_base = rights_of_stream(*entry);
    result.fs_rights_inheriting = result.fs_rights_base;
  } else if (entry->preopen != nullptr) {
    result.fs_filetype = Filetype::kDirectory;
    result.fs_rights_base = kPreopenRights;
    result.fs_rights_inheriting = kRightsBelowPreopen;
  } else {
    struct stat status;
    if (int error = files::status(*entry->descriptor, status)) return error;
    result.fs_filetype = to_filetype(status.st_mode);
    result.fs_flags = entry->flags;
    result.fs_rights_base = rights_of(*entry->descriptor, result.fs_filetype);
    result.fs_rights_inheriting = result.fs_rights_base;
  }
  return call.write(stat, result);
}

int fd_fdstat_set_flags(Call& call, Fd fd, Fdflags flags) {
  Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr || entry->kind == EntryKind::kDirectory) return -EBADF;
  if (has(flags, Fdflags::kDsync | Fdflags::kRsync | Fdflags::kSync)) return -EINVAL;
  entry->flags = flags;
  return 0;
}

int fd_fdstat_set_rights(Call& call, Fd fd, Rights, Rights) {
  const Entry* entry = call.descriptors().find(fd);
  return entry == nullptr || !entry->is_in_file_system() ? -EBADF : -ENOTSUP;
}

int fd_filestat_get(Call& call, Fd fd, Pointer<Filestat> stat) {
  const Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  Filestat result = {};
  if (!entry->is_in_file_system()) {
    // What it leads to is not the guest's to see.
    result.filetype = type_of_stream(*entry);
  } else {
    struct stat status;
    if (int error = files::status(*entry->descriptor, status)) return error;
    if (int error = to_filestat(status, result)) return error;
  }
  return call.write(stat, result);
}

int fd_filestat_set_size(Call& call, Fd fd, Filesize size) {
  const Descriptor* file = file_of(call, fd);
  return file == nullptr ? -EBADF : files::set_size(*file, size);
}

int fd_filestat_set_times(Call& call, Fd fd, Timestamp atim, Timestamp mtim, Fstflags flags) {
  Times times;
  if (int error = to_times(atim, mtim, flags, times)) return error;
  const Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr || !entry->is_in_file_system()) return -EBADF;
  return files::set_times(*entry->descriptor, times.access, times.modification);
}

int fd_prestat_get(Call& call, Fd fd, Pointer<Prestat> prestat) {
  const Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr || entry->preopen == nullptr) return -EBADF;
  Prestat result = {};
  result.pr_name_len = static_cast<Size>(entry->preopen->guest_path.size());
  return call.write(prestat, result);
}

int fd_prestat_dir_name(Call& call, Fd fd, Array<uint8_t> path) {
  const Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  if (entry->preopen == nullptr) return -ENOTDIR;
  const std::string& name = entry->preopen->guest_path;
  return name.size() > path.count ? -ENAMETOOLONG : call.write(path.address, name);
}

int fd_renumber(Call& call, Fd from, Fd to) { return call.descriptors().renumber(from, to); }

}  // namespace wisp::wasi::preview1
