#include "wasi/filesystem/path_sandbox.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "platform/log.h"
#include "wasi/filesystem/path_walker.h"

namespace wisp::wasi {

namespace {

// openat2 says EAGAIN when a rename anywhere on the system may have interfered with `..`; the walk
// does not mind.
constexpr int kMaxRetries = 16;

long openat2(int base, const char* path, const open_how& how) {
  return ::syscall(SYS_openat2, base, path, &how, sizeof how);
}

// What no path may be, wherever it leads. 0: fine.
int check_path(std::string_view path) {
  if (path.empty()) return -ENOENT;
  if (path.size() >= PATH_MAX) return -ENAMETOOLONG;
  if (std::memchr(path.data(), 0, path.size()) != nullptr) return -EINVAL;
  if (path.front() == '/') return -EPERM;
  return 0;
}

}  // namespace

ScopedDescriptor::~ScopedDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

ScopedDescriptor& ScopedDescriptor::operator=(ScopedDescriptor&& other) noexcept {
  if (this != &other) {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = other.release();
  }
  return *this;
}

// EPERM may come from a seccomp profile, or from the file: asked once, with a path that is always
// allowed.
bool PathSandbox::kernel_resolves(int base) {
  const open_how how{O_PATH | O_CLOEXEC, 0, RESOLVE_BENEATH};
  ScopedDescriptor probe(static_cast<int>(openat2(base, ".", how)));
  return probe.get() >= 0;
}

int PathSandbox::open_in_kernel(int base, const char* path, int flags, uint32_t mode) {
  const bool creates = (flags & O_CREAT) != 0;
  const open_how how{static_cast<uint64_t>(flags) | O_CLOEXEC, creates ? mode : 0,
                     RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  for (int attempt = 0; attempt < kMaxRetries; attempt++) {
    const long descriptor = openat2(base, path, how);
    if (descriptor >= 0) return static_cast<int>(descriptor);
    if (errno != EAGAIN && errno != EINTR) return errno == EXDEV ? -EPERM : -errno;
  }
  return -EAGAIN;
}

int PathSandbox::open(int base, std::string_view path, int flags, FinalLink final_link,
                      uint32_t mode) {
  if (const int wrong = check_path(path); wrong != 0) return wrong;
  if (final_link == FinalLink::kKeep) flags |= O_NOFOLLOW;
  if (resolver_ != Resolver::kWalk) {
    char terminated[PATH_MAX];
    std::memcpy(terminated, path.data(), path.size());
    terminated[path.size()] = 0;
    const int opened = open_in_kernel(base, terminated, flags, mode);
    const bool refused = opened == -ENOSYS || (opened == -EPERM && resolver_ == Resolver::kAuto &&
                                               !kernel_resolves(base));
    if (!refused && opened != -EAGAIN) {
      // From now on an EPERM is known to be about a file.
      if (resolver_ == Resolver::kAuto && opened >= 0) resolver_ = Resolver::kOpenat2;
      return opened;
    }
    if (refused && resolver_ == Resolver::kOpenat2) return opened;
    if (refused) {
      log_debug("filesystem: openat2 is not available; paths are resolved step by step");
      resolver_ = Resolver::kWalk;
    }
  }
  return PathWalker(base).open(path, flags, mode);
}

int PathSandbox::status(int base, std::string_view path, FinalLink final_link,
                        struct stat& result) {
  if (const int wrong = check_path(path); wrong != 0) return wrong;
  const bool is_name =
      path.find('/') == std::string_view::npos && path != ".." && path.size() <= NAME_MAX;
  if (is_name) {
    // A name leads nowhere but into the base itself, unless it is a link: one call instead of
    // three.
    char name[NAME_MAX + 1];
    std::memcpy(name, path.data(), path.size());
    name[path.size()] = 0;
    if (::fstatat(base, name, &result, AT_SYMLINK_NOFOLLOW) != 0) return -errno;
    if (!S_ISLNK(result.st_mode) || final_link == FinalLink::kKeep) return 0;
  }
  const ScopedDescriptor object(open(base, path, O_PATH, final_link));
  if (object.get() < 0) return object.get();
  return ::fstat(object.get(), &result) == 0 ? 0 : -errno;
}

ParentDirectory PathSandbox::parent(int base, std::string_view path) {
  ParentDirectory result;
  result.error = check_path(path);
  if (result.error != 0) return result;
  const size_t end =
      path.find_last_not_of('/') + 1;  // a relative path has something else than slashes
  result.trailing_slash = end != path.size();
  const size_t slash = path.rfind('/', end - 1);
  const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const std::string_view name = path.substr(begin, end - begin);
  const bool is_step = name == "." || name == "..";
  if (is_step || result.trailing_slash) {
    // A step, or what a link with a slash stands for: the call will refuse it, unless it leads out
    // of the base.
    ScopedDescriptor whole(open(base, path, O_PATH | O_DIRECTORY, FinalLink::kFollow));
    if (is_step ? whole.get() < 0 : whole.get() == -EPERM) {
      result.error = whole.get();
      return result;
    }
  }
  result.name = name;
  if (result.trailing_slash) result.name += '/';
  if (begin == 0) {
    result.descriptor = base;
    return result;
  }
  result.owned =
      ScopedDescriptor(open(base, path.substr(0, begin), O_PATH | O_DIRECTORY, FinalLink::kFollow));
  result.descriptor = result.owned.get();
  if (result.descriptor < 0) result.error = result.descriptor;
  return result;
}

}  // namespace wisp::wasi
