// PathSandbox: the only way from a guest's path to the file system. Nothing outside the base
// directory is ever reached.
//
//   open()      a descriptor for what a path names, beneath a directory
//   status()    what it is
//   parent()    for calls that act on a name: a descriptor of the directory that holds the last
//               component, and the name. The calls that take it do not follow a symbolic link in
//               the last component; one that is named with a slash and leads out is EPERM all the
//               same.
//
// Two ways give the same answers: the kernel's openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS),
// and, where a kernel or a seccomp profile lacks it, a walk that opens one component after the
// other without following links and resolves `..` and links itself, as path-resolution.md of
// wasi:filesystem describes. Both hold descriptors, not names, so that a directory which is moved
// or replaced meanwhile leads nowhere else.
//
// An absolute path or link, and a step above the base, is EPERM. Results are >= 0 or a negated
// errno.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace wisp::wasi {

// Closes its descriptor, if that is its own.
class ScopedDescriptor {
 public:
  ScopedDescriptor() = default;
  explicit ScopedDescriptor(int descriptor) : descriptor_(descriptor) {}
  ScopedDescriptor(ScopedDescriptor&& other) noexcept : descriptor_(other.release()) {}
  ScopedDescriptor& operator=(ScopedDescriptor&& other) noexcept;
  ~ScopedDescriptor();

  int get() const { return descriptor_; }
  int release() {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return descriptor;
  }

 private:
  int descriptor_ = -1;
};

enum class FinalLink : uint8_t { kFollow, kKeep };

// Where a name is: `name` in the directory `descriptor`.
struct ParentDirectory {
  int error = 0;  // a negated errno; then nothing else counts
  int descriptor = -1;
  ScopedDescriptor owned;  // what `descriptor` is, unless it is the base itself
  std::string name;        // the last component; with its trailing slash, if it had one
  bool trailing_slash = false;
};

class PathSandbox {
 public:
  enum class Resolver : uint8_t { kAuto, kOpenat2, kWalk };

  explicit PathSandbox(Resolver resolver = Resolver::kAuto) : resolver_(resolver) {}

  // `flags` and `mode` as for open(2); O_CLOEXEC is added, and O_NOFOLLOW comes from `final_link`.
  int open(int base, std::string_view path, int flags, FinalLink final_link, uint32_t mode = 0);
  ParentDirectory parent(int base, std::string_view path);
  // What stat(2) says about what a path names. 0, or a negated errno.
  int status(int base, std::string_view path, FinalLink final_link, struct stat& result);

  // Whether openat2 is there, asked in a directory that is open.
  static bool kernel_resolves(int base);

 private:
  int open_in_kernel(int base, const char* path, int flags, uint32_t mode);

  Resolver resolver_;
};

}  // namespace wisp::wasi
