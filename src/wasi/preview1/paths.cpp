// Functions about names below a directory.
#include <algorithm>

#include "wasi/filesystem/path_operations.h"
#include "wasi/preview1/functions.h"
#include "wasi/preview1/metadata.h"

namespace wisp::wasi::preview1 {

namespace {

// Null: EBADF.
const Descriptor* directory_of(Call& call, Fd fd) {
  const Entry* entry = call.descriptors().find(fd);
  return entry != nullptr && entry->kind == EntryKind::kDirectory ? entry->descriptor.get()
                                                                  : nullptr;
}

FinalLink final_link(Lookupflags flags) {
  return has(flags, Lookupflags::kSymlinkFollow) ? FinalLink::kFollow : FinalLink::kKeep;
}

// A path, and the directory that it begins in. 0, or what to return.
struct Place {
  const Descriptor* directory = nullptr;
  std::string_view path;

  int find(Call& call, Fd fd, String its_path) {
    directory = directory_of(call, fd);
    return directory == nullptr ? -EBADF : call.read(its_path, path);
  }
};

}  // namespace

int path_create_directory(Call& call, Fd fd, String path) {
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  return files::create_directory_at(call.sandbox(), *place.directory, place.path);
}

int path_remove_directory(Call& call, Fd fd, String path) {
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  return files::remove_directory_at(call.sandbox(), *place.directory, place.path);
}

int path_unlink_file(Call& call, Fd fd, String path) {
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  return files::unlink_file_at(call.sandbox(), *place.directory, place.path);
}

int path_filestat_get(Call& call, Fd fd, Lookupflags flags, String path, Pointer<Filestat> stat) {
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  struct stat status;
  Filestat result;
  if (int error = files::status_at(call.sandbox(), *place.directory, final_link(flags), place.path,
                                   status)) {
    return error;
  }
  if (int error = to_filestat(status, result)) return error;
  return call.write(stat, result);
}

int path_filestat_set_times(Call& call, Fd fd, Lookupflags flags, String path, Timestamp atim,
                            Timestamp mtim, Fstflags fst_flags) {
  Times times;
  if (int error = to_times(atim, mtim, fst_flags, times)) return error;
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  return files::set_times_at(call.sandbox(), *place.directory, final_link(flags), place.path,
                             times.access, times.modification);
}

int path_link(Call& call, Fd old_fd, Lookupflags old_flags, String old_path, Fd new_fd,
              String new_path) {
  Place from, to;
  if (int error = from.find(call, old_fd, old_path)) return error;
  if (int error = to.find(call, new_fd, new_path)) return error;
  return files::link_at(call.sandbox(), *from.directory, final_link(old_flags), from.path,
                        *to.directory, to.path);
}

int path_rename(Call& call, Fd fd, String old_path, Fd new_fd, String new_path) {
  Place from, to;
  if (int error = from.find(call, fd, old_path)) return error;
  if (int error = to.find(call, new_fd, new_path)) return error;
  return files::rename_at(call.sandbox(), *from.directory, from.path, *to.directory, to.path);
}

int path_symlink(Call& call, String old_path, Fd fd, String new_path) {
  Place place;
  std::string_view target;
  if (directory_of(call, fd) == nullptr) return -EBADF;
  if (int error = call.read(old_path, target)) return error;
  if (int error = place.find(call, fd, new_path)) return error;
  return files::symlink_at(call.sandbox(), *place.directory, target, place.path);
}

int path_readlink(Call& call, Fd fd, String path, Array<uint8_t> buf, Pointer<Size> used) {
  Place place;
  if (int error = place.find(call, fd, path)) return error;
  std::string target;
  if (int error = files::readlink_at(call.sandbox(), *place.directory, place.path, target)) {
    return error;
  }
  target.resize(std::min<size_t>(target.size(), buf.count));
  if (int error = call.write(buf.address, target)) return error;
  return call.write(used, static_cast<Size>(target.size()));
}

namespace {

OpenFlags to_open_flags(Oflags oflags) {
  OpenFlags flags = OpenFlags::kNone;
  if (has(oflags, Oflags::kCreat)) flags = flags | OpenFlags::kCreate;
  if (has(oflags, Oflags::kDirectory)) flags = flags | OpenFlags::kDirectory;
  if (has(oflags, Oflags::kExcl)) flags = flags | OpenFlags::kExclusive;
  if (has(oflags, Oflags::kTrunc)) flags = flags | OpenFlags::kTruncate;
  return flags;
}

// Of the rights, those to read and to write decide; what else may be done follows from what it is.
DescriptorFlags to_descriptor_flags(Rights rights, Fdflags fdflags) {
  DescriptorFlags flags = DescriptorFlags::kNone;
  if (has(rights, Rights::kFdRead)) flags = flags | DescriptorFlags::kRead;
  if (has(rights, Rights::kFdWrite)) flags = flags | DescriptorFlags::kWrite;
  if (has(fdflags, Fdflags::kSync)) flags = flags | DescriptorFlags::kFileIntegritySync;
  if (has(fdflags, Fdflags::kDsync)) flags = flags | DescriptorFlags::kDataIntegritySync;
  if (has(fdflags, Fdflags::kRsync)) flags = flags | DescriptorFlags::kRequestedWriteSync;
  return flags;
}

}  // namespace

int path_open(Call& call, Fd fd, Lookupflags dirflags, String path, Oflags oflags, Rights base,
              Rights, Fdflags fdflags, Pointer<Fd> opened) {
  std::string_view name;
  if (int error = call.read(path, name)) return error;
  const Entry* directory = call.descriptors().find(fd);
  if (directory == nullptr || !directory->is_in_file_system()) return -EBADF;
  std::unique_ptr<Descriptor> descriptor;
  if (int error =
          files::open_at(call.context(), *directory->descriptor, final_link(dirflags), name,
                         to_open_flags(oflags), to_descriptor_flags(base, fdflags), descriptor)) {
    return error;
  }
  auto entry = std::make_unique<Entry>(descriptor->is_directory() ? EntryKind::kDirectory
                                                                  : EntryKind::kFile);
  if (!descriptor->is_directory()) entry->flags = fdflags;
  entry->descriptor = std::move(descriptor);
  Fd number = {};
  if (int error = call.descriptors().insert(std::move(entry), number)) return error;
  return call.write(opened, number);
}

}  // namespace wisp::wasi::preview1
