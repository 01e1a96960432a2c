// The walk of PathSandbox, for kernels without openat2. Private to path_sandbox.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wasi/filesystem/path_sandbox.h"

namespace wisp::wasi {

class PathWalker {
 public:
  explicit PathWalker(int base) : base_(base) {}

  // As PathSandbox::open(), with O_NOFOLLOW in `flags` for FinalLink::kKeep. The path is not
  // absolute and not empty.
  int open(std::string_view path, int flags, uint32_t mode);

 private:
  int current() const { return stack_.empty() ? base_ : stack_.back().get(); }
  void push_components(std::string_view path);
  int enter(const std::string& name);
  int expand(std::string_view target);
  int open_last(const std::string& name, int flags, uint32_t mode, bool& expanded);

  int base_;
  std::vector<ScopedDescriptor> stack_;  // the directories from the base down to where we are
  std::vector<std::string> remaining_;   // components, the next one last
  bool must_be_directory_ = false;       // a trailing slash
  int links_left_ = 40;                  // as Linux
};

}  // namespace wisp::wasi
