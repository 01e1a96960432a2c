// By libiberty, which is what debuggers use. The names are the guest's: a short one may stand for a
// text of any length, each part of it repeating the one before twice, so the text is cut off.
#include "cli/demangle.h"

#include <libiberty/demangle.h>

#include <csetjmp>
#include <utility>

namespace wisp::cli {

namespace {

constexpr size_t kMaxMangledBytes = 4096;
constexpr size_t kMaxBytes = 4096;

using Demangle = int (*)(const char* name, int options, demangle_callbackref, void* environment);

struct Output {
  std::string text;
  std::jmp_buf full;
};

void append(const char* part, size_t size, void* environment) {
  auto& output = *static_cast<Output*>(environment);
  if (size > kMaxBytes - output.text.size()) std::longjmp(output.full, 1);
  output.text.append(part, size);
}

// Leaves by a jump where the text gets too long: the library cannot be told to stop, and between
// here and append() there are only frames of C.
bool run(Demangle demangle, const char* name, Output& output) {
  if (setjmp(output.full) != 0) return false;
  output.text.clear();
  return demangle(name, DMGL_PARAMS | DMGL_ANSI, &append, &output) != 0;
}

}  // namespace

std::string demangled(const std::string& name) {
  if (name.size() > kMaxMangledBytes) return name;
  Output output;
  for (const Demangle demangle : {&rust_demangle_callback, &cplus_demangle_v3_callback}) {
    if (run(demangle, name.c_str(), output)) return std::move(output.text);
  }
  return name;
}

}  // namespace wisp::cli
