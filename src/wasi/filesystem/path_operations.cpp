#include "wasi/filesystem/path_operations.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>

#include "platform/system_call.h"
#include "platform/utf8.h"

namespace wisp::wasi::files {

namespace {

constexpr mode_t kNewDirectoryMode = 0777;  // the process's umask applies
constexpr mode_t kNewFileMode = 0666;

// 0: names in this directory may be changed.
int refuse_mutation(const Descriptor& directory) {
  if (!directory.is_directory()) return -ENOTDIR;
  return directory.writable_access() ? 0 : -EPERM;
}

// What makes a link `name/` fail: it has to name a directory, and then it is there already. The
// kernel says EEXIST in every case.
int existing_directory(PathSandbox& sandbox, const Descriptor& self, std::string_view path) {
  const ScopedDescriptor directory(
      sandbox.open(self.number(), path, O_PATH | O_DIRECTORY, FinalLink::kFollow));
  return directory.get() < 0 ? directory.get() : -EEXIST;
}

// Calls `change(directory, name)` for the last component of `path`.
template <class Change>
int change_name(PathSandbox& sandbox, const Descriptor& self, std::string_view path,
                Change change) {
  if (const int refused = refuse_mutation(self); refused != 0) return refused;
  const ParentDirectory parent = sandbox.parent(self.number(), path);
  if (parent.error != 0) return parent.error;
  return negated_errno(change(parent.descriptor, parent.name.c_str()));
}

}  // namespace

int create_directory_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path) {
  return change_name(sandbox, self, path, [](int directory, const char* name) {
    return ::mkdirat(directory, name, kNewDirectoryMode);
  });
}

int remove_directory_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path) {
  return change_name(sandbox, self, path, [](int directory, const char* name) {
    return ::unlinkat(directory, name, AT_REMOVEDIR);
  });
}

int unlink_file_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path) {
  return change_name(sandbox, self, path, [](int directory, const char* name) {
    return ::unlinkat(directory, name, 0);
  });
}

int symlink_at(PathSandbox& sandbox, const Descriptor& self, std::string_view old_path,
               std::string_view new_path) {
  if (old_path.starts_with('/')) return -EPERM;
  if (old_path.find('\0') != std::string_view::npos) return -EINVAL;
  if (const int refused = refuse_mutation(self); refused != 0) return refused;
  const ParentDirectory parent = sandbox.parent(self.number(), new_path);
  if (parent.error != 0) return parent.error;
  if (parent.trailing_slash) return existing_directory(sandbox, self, new_path);
  return negated_errno(
      ::symlinkat(std::string(old_path).c_str(), parent.descriptor, parent.name.c_str()));
}

int rename_at(PathSandbox& sandbox, const Descriptor& self, std::string_view old_path,
              const Descriptor& new_descriptor, std::string_view new_path) {
  if (const int refused = refuse_mutation(self); refused != 0) return refused;
  if (const int refused = refuse_mutation(new_descriptor); refused != 0) return refused;
  const ParentDirectory from = sandbox.parent(self.number(), old_path);
  if (from.error != 0) return from.error;
  const ParentDirectory to = sandbox.parent(new_descriptor.number(), new_path);
  if (to.error != 0) return to.error;
  return negated_errno(
      ::renameat(from.descriptor, from.name.c_str(), to.descriptor, to.name.c_str()));
}

namespace {

// What a hard link to `path` fails for, whatever its new name is. The source is looked at first, as
// linkat(2) does. 0: it is no directory that was named with a slash.
int refuse_source(PathSandbox& sandbox, const Descriptor& self, std::string_view path,
                  bool& is_directory) {
  const int flags = O_PATH | (path.ends_with('/') ? O_DIRECTORY : 0);
  const FinalLink final_link = path.ends_with('/') ? FinalLink::kFollow : FinalLink::kKeep;
  const ScopedDescriptor source(sandbox.open(self.number(), path, flags, final_link));
  if (source.get() < 0) return source.get();
  struct stat status;
  if (::fstat(source.get(), &status) != 0) return -errno;
  is_directory = S_ISDIR(status.st_mode);
  return 0;
}

}  // namespace

int link_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
            std::string_view old_path, const Descriptor& new_descriptor,
            std::string_view new_path) {
  if (const int refused = refuse_mutation(self); refused != 0) return refused;
  if (const int refused = refuse_mutation(new_descriptor); refused != 0) return refused;
  if (final_link == FinalLink::kFollow) return -EINVAL;
  // linkat(2) on a descriptor needs a privilege, so the name is resolved twice; the second time
  // decides, and follows no link.
  bool is_directory = false;
  if (const int refused = refuse_source(sandbox, self, old_path, is_directory); refused != 0) {
    return refused;
  }
  const ParentDirectory from = sandbox.parent(self.number(), old_path);
  if (from.error != 0) return from.error;
  const ParentDirectory to = sandbox.parent(new_descriptor.number(), new_path);
  if (to.error != 0) return to.error;
  if (to.trailing_slash) return existing_directory(sandbox, new_descriptor, new_path);
  if (is_directory) {
    // It has no hard links. Asked here, since with a slash behind it linkat(2) would follow a link
    // to wherever.
    struct stat status;
    const bool exists =
        ::fstatat(to.descriptor, to.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    return exists ? -EEXIST : -EPERM;
  }
  return negated_errno(
      ::linkat(from.descriptor, from.name.c_str(), to.descriptor, to.name.c_str(), 0));
}

int readlink_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path,
                std::string& target) {
  if (!self.is_directory()) return -ENOTDIR;
  const ScopedDescriptor link(sandbox.open(self.number(), path, O_PATH, FinalLink::kKeep));
  if (link.get() < 0) return link.get();
  char buffer[PATH_MAX];
  const ssize_t length = ::readlinkat(link.get(), "", buffer, sizeof buffer);
  // ENOENT here: the kernel's word for an empty path on what is not a link.
  if (length < 0) return errno == ENOENT ? -EINVAL : -errno;
  const std::string_view text(buffer, static_cast<size_t>(length));
  if (text.starts_with('/')) return -EPERM;
  if (!is_valid_utf8(text)) return -EILSEQ;
  target = text;
  return 0;
}

int status_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
              std::string_view path, struct stat& result) {
  if (!self.is_directory()) return -ENOTDIR;
  return sandbox.status(self.number(), path, final_link, result);
}

int set_times_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
                 std::string_view path, const std::optional<timespec>& access,
                 const std::optional<timespec>& modification) {
  if (const int refused = refuse_mutation(self); refused != 0) return refused;
  if (!access || !modification) return -EOVERFLOW;
  const ScopedDescriptor object(sandbox.open(self.number(), path, O_PATH, final_link));
  if (object.get() < 0) return object.get();
  const timespec times[] = {*access, *modification};
  return negated_errno(::utimensat(object.get(), "", times, AT_EMPTY_PATH));
}

namespace {

// What open-at may not ask for, whatever the path is. 0: fine.
int refuse_open(const Descriptor& self, OpenFlags open_flags, DescriptorFlags flags) {
  if (!self.is_directory()) return -ENOTDIR;
  // Wasmtime has none of them, and programs ask for what they can do without.
  if (has(flags, DescriptorFlags::kFileIntegritySync | DescriptorFlags::kDataIntegritySync |
                     DescriptorFlags::kRequestedWriteSync)) {
    return -ENOTSUP;
  }
  const bool creates_or_truncates = has(open_flags, OpenFlags::kCreate | OpenFlags::kTruncate);
  const bool mutates = creates_or_truncates ||
                       has(flags, DescriptorFlags::kWrite | DescriptorFlags::kMutateDirectory);
  if (mutates && !self.writable_access()) return -EPERM;
  if (has(open_flags, OpenFlags::kDirectory) &&
      (creates_or_truncates || has(open_flags, OpenFlags::kExclusive))) {
    return -EINVAL;
  }
  return 0;
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
  return result;
}

}  // namespace

int open_at(WasiContext& context, const Descriptor& self, FinalLink final_link,
            std::string_view path, OpenFlags open_flags, DescriptorFlags flags,
            std::unique_ptr<Descriptor>& opened) {
  if (const int refused = refuse_open(self, open_flags, flags); refused != 0) return refused;
  flags = effective_flags(open_flags, flags);
  CountedDescriptor count(context.descriptors);
  if (!count.is_counted()) return -EMFILE;
  ScopedDescriptor number(context.sandbox.open(self.number(), path, kernel_flags(open_flags, flags),
                                               final_link, kNewFileMode));
  if (number.get() < 0) return number.get();
  struct stat status;
  if (::fstat(number.get(), &status) != 0) return -errno;
  auto file = std::make_shared<const OpenFile>(std::move(number), std::move(count), status.st_mode);
  if (!S_ISDIR(status.st_mode)) {
    opened = std::make_unique<Descriptor>(std::move(file), DescriptorKind::kFile,
                                          without(flags, DescriptorFlags::kMutateDirectory),
                                          self.access());
    return 0;
  }
  // What a directory permits is what its preopen permits, as in Wasmtime; what it says of itself is
  // what it was opened for.
  const bool mutable_directory =
      self.writable_access() && has(flags, DescriptorFlags::kMutateDirectory);
  const DescriptorFlags mutate =
      mutable_directory ? DescriptorFlags::kMutateDirectory : DescriptorFlags::kNone;
  opened = std::make_unique<Descriptor>(std::move(file), DescriptorKind::kDirectory,
                                        DescriptorFlags::kRead | mutate, self.access());
  return 0;
}

}  // namespace wisp::wasi::files
