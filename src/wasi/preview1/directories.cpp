// fd_readdir: entries of a directory, one behind the other in a buffer of the guest.
//
// A cookie is what the file system has for that (d_off of getdents(2)), so that it stays good
// whatever is made or removed in between. The last entry may be cut off; the guest comes back with
// the cookie of the one before, which is where we stopped.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "platform/utf8.h"
#include "wasi/preview1/functions.h"
#include "wasi/preview1/metadata.h"

namespace wisp::wasi::preview1 {

namespace {

// Where the next entry is read. False: there is no such place, behind the end for instance.
bool go_to(DirectoryPosition& position, uint64_t cookie) {
  DIR* directory = position.entries->directory();
  if (cookie == 0) {
    // Also where it is there already: what was read ahead may be out of date.
    ::rewinddir(directory);
  } else if (cookie == position.cookie) {
    return true;
  } else if (cookie > static_cast<uint64_t>(std::numeric_limits<off_t>::max()) ||
             ::lseek(::dirfd(directory), static_cast<off_t>(cookie), SEEK_SET) < 0) {
    return false;
  } else {
    ::seekdir(directory, static_cast<long>(cookie));  // which does not say whether it could
  }
  position.cookie = cookie;
  position.pending = nullptr;
  return true;
}

// Null at the end, or `error` is a negated errno.
const dirent* next_entry(DirectoryPosition& position, int& error) {
  if (position.pending == nullptr) {
    errno = 0;
    position.pending = ::readdir(position.entries->directory());
    error = -errno;
  }
  return position.pending;
}

// What is above a directory is not the guest's to see: `..` is shown as the directory itself, as in
// Wasmtime.
int describe(DIR* directory, const dirent& entry, std::string_view name, Dirent& result) {
  struct stat status;
  const int number = ::dirfd(directory);
  result = {};
  result.d_next = static_cast<uint64_t>(entry.d_off);
  result.d_ino = entry.d_ino;
  result.d_namlen = static_cast<uint32_t>(name.size());
  if (name == "..") {
    if (::fstat(number, &status) != 0) return -errno;
    result.d_ino = status.st_ino;
    result.d_type = Filetype::kDirectory;
  } else if (entry.d_type != DT_UNKNOWN) {
    result.d_type = to_filetype(DTTOIF(entry.d_type));
  } else if (::fstatat(number, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
    result.d_type = to_filetype(status.st_mode);
  }
  return 0;
}

// As much as fits, front first.
size_t put(std::span<uint8_t>& to, const void* from, size_t size_bytes) {
  const size_t count = std::min(size_bytes, to.size());
  std::memcpy(to.data(), from, count);
  to = to.subspan(count);
  return count;
}

// 0, or what to return.
int fill(Call& call, DirectoryPosition& position, std::span<uint8_t>& buffer) {
  while (!buffer.empty()) {
    if (call.process().store.interrupt_pending()) return call.interrupt();
    int error = 0;
    const dirent* entry = next_entry(position, error);
    if (entry == nullptr) return error;
    const std::string_view name = entry->d_name;
    if (!is_valid_utf8(name)) return -EILSEQ;
    Dirent description;
    error = describe(position.entries->directory(), *entry, name, description);
    if (error != 0) return error;
    put(buffer, &description, sizeof description);
    if (put(buffer, name.data(), name.size()) < name.size()) return 0;
    position.cookie = description.d_next;
    position.pending = nullptr;
  }
  return 0;
}

}  // namespace

int fd_readdir(Call& call, Fd fd, Array<uint8_t> buf, uint64_t cookie, Pointer<Size> used) {
  Entry* entry = call.descriptors().find(fd);
  if (entry == nullptr || entry->kind != EntryKind::kDirectory) return -EBADF;
  uint8_t* memory = call.bytes(buf);
  if (memory == nullptr) return Call::kTrapped;
  if (int error = call.descriptors().open_entries(*entry)) return error;
  std::span<uint8_t> rest(memory, buf.count);
  if (go_to(entry->position, cookie)) {
    if (int error = fill(call, entry->position, rest)) return error;
  }
  return call.write(used, static_cast<Size>(buf.count - rest.size()));
}

}  // namespace wisp::wasi::preview1
