#include "wasi/filesystem/directory.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "platform/utf8.h"
#include "wasi/filesystem/metadata.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi {

int files::open_entries(WasiContext& context, const Descriptor& self,
                        std::unique_ptr<DirectoryEntryStream>& entries) {
  if (!self.is_directory()) return -ENOTDIR;
  CountedDescriptor count(context.descriptors);
  if (!count.is_counted()) return -EMFILE;
  ScopedDescriptor own(
      context.sandbox.open(self.number(), ".", O_RDONLY | O_DIRECTORY, FinalLink::kKeep));
  if (own.get() < 0) return own.get();
  DIR* directory = ::fdopendir(own.get());
  if (directory == nullptr) return -errno;
  own.release();
  entries = std::make_unique<DirectoryEntryStream>(directory, std::move(count));
  return 0;
}

namespace filesystem {

using component::Failure;

namespace {

// d_type where the file system fills it in, else the kernel is asked.
DescriptorType entry_type(DIR* directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return descriptor_type(DTTOIF(entry.d_type));
  struct stat status;
  if (::fstatat(::dirfd(directory), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return DescriptorType::kUnknown;
  return descriptor_type(status.st_mode);
}

}  // namespace

FileResult<std::unique_ptr<DirectoryEntryStream>> read_directory(HostCall&, WasiContext& context,
                                                                 Descriptor& self) {
  std::unique_ptr<DirectoryEntryStream> entries;
  if (const int error = files::open_entries(context, self, entries)) {
    return Failure{error_code(-error)};
  }
  return entries;
}

FileResult<std::optional<DirectoryEntry>> read_directory_entry(HostCall&, WasiContext&,
                                                               DirectoryEntryStream& self) {
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(self.directory());
    if (entry == nullptr && errno != 0) return Failure{error_code(errno)};
    if (entry == nullptr) return std::optional<DirectoryEntry>();
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (!is_valid_utf8(name)) return Failure{ErrorCode::kIllegalByteSequence};
    return std::optional(DirectoryEntry{entry_type(self.directory(), *entry), std::string(name)});
  }
}

}  // namespace filesystem
}  // namespace wisp::wasi
