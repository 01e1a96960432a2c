#include "wasi/filesystem/path_walker.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

namespace wisp::wasi {

namespace {

// Each directory on the way is a descriptor, and the host has only so many to spare
// (descriptor_budget.h).
constexpr size_t kMaxDepth = 100;

// The text of a symbolic link: its length, or a negated errno (-EINVAL: it is none).
int read_link(int directory, const char* name, char (&target)[PATH_MAX]) {
  const ssize_t length = ::readlinkat(directory, name, target, sizeof target);
  return length < 0 ? -errno : static_cast<int>(length);
}

}  // namespace

// Puts the components of `path` in front of what remains.
void PathWalker::push_components(std::string_view path) {
  if (remaining_.empty()) must_be_directory_ = must_be_directory_ || path.ends_with('/');
  size_t end = path.size();
  while (end > 0) {
    size_t begin = path.rfind('/', end - 1);
    begin = begin == std::string_view::npos ? 0 : begin + 1;
    if (begin < end) remaining_.emplace_back(path.substr(begin, end - begin));
    end = begin == 0 ? 0 : begin - 1;
  }
}

int PathWalker::expand(std::string_view target) {
  if (links_left_-- == 0) return -ELOOP;
  if (target.starts_with('/')) return -EPERM;
  if (target.empty()) return -ENOENT;
  push_components(target);
  return 0;
}

// One step that is not the last.
int PathWalker::enter(const std::string& name) {
  if (name == ".") return 0;
  if (name == "..") {
    if (stack_.empty()) return -EPERM;
    stack_.pop_back();
    return 0;
  }
  ScopedDescriptor next(::openat(current(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (next.get() < 0) return -errno;
  struct stat status;
  if (::fstat(next.get(), &status) != 0) return -errno;
  if (S_ISLNK(status.st_mode)) {
    char target[PATH_MAX];
    const int length = read_link(next.get(), "", target);
    return length < 0 ? length : expand({target, static_cast<size_t>(length)});
  }
  if (!S_ISDIR(status.st_mode)) return -ENOTDIR;
  if (stack_.size() == kMaxDepth) return -EMFILE;
  stack_.push_back(std::move(next));
  return 0;
}

int PathWalker::open_last(const std::string& name, int flags, uint32_t mode, bool& expanded) {
  if (name == "..") {
    if (stack_.empty()) return -EPERM;
    stack_.pop_back();
  }
  const char* last = name == ".." ? "." : name.c_str();
  const bool exclusive = (flags & O_CREAT) != 0 && (flags & O_EXCL) != 0;
  const bool follow = ((flags & O_NOFOLLOW) == 0 || must_be_directory_) && !exclusive;
  if (must_be_directory_) {
    if ((flags & O_CREAT) != 0) return -EISDIR;
    flags |= O_DIRECTORY;
  }
  for (;;) {
    if (follow) {
      char target[PATH_MAX];
      const int length = read_link(current(), last, target);
      if (length >= 0) {
        expanded = true;
        return expand({target, static_cast<size_t>(length)});
      }
    }
    const int opened = ::openat(current(), last, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    if (opened < 0) {
      // Somebody put a link there in between.
      if (errno == ELOOP && follow && links_left_-- > 0) continue;
      return -errno;
    }
    struct stat status;
    if (!follow || (flags & O_PATH) == 0) return opened;
    // O_PATH opens a link itself where O_NOFOLLOW refuses it otherwise.
    ScopedDescriptor guard(opened);
    if (::fstat(opened, &status) != 0) return -errno;
    if (!S_ISLNK(status.st_mode)) return guard.release();
    if (links_left_-- == 0) return -ELOOP;
  }
}

int PathWalker::open(std::string_view path, int flags, uint32_t mode) {
  push_components(path);
  while (!remaining_.empty()) {
    const std::string name = std::move(remaining_.back());
    remaining_.pop_back();
    if (!remaining_.empty()) {
      if (const int status = enter(name); status < 0) return status;
      continue;
    }
    bool expanded = false;
    const int result = open_last(name, flags, mode, expanded);
    if (result < 0 || !expanded) return result;
  }
  return -ENOENT;
}

}  // namespace wisp::wasi
