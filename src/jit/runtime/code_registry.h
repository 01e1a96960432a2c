// CodeRegistry: which published code a pc belongs to. Process-wide, since a signal handler has
// nothing else to ask.
//
// Lookup takes no lock and may happen in a signal handler at any time; adding and removing are
// serialised among themselves. A range is removed only when no thread runs in it any more.
#pragma once

#include <cstdint>

namespace wisp::jit {

class CompiledModule;

struct CodeRange {
  uintptr_t begin = 0;
  uintptr_t end = 0;
  // The module of the code; null for trampolines, and then the range is the part of them in which
  // the guest may be unwound: nothing is half done there, and the entry frame is in place.
  const CompiledModule* module = nullptr;
};

namespace code_registry {

void add(const CodeRange& range);
void remove(uintptr_t begin);
// The range that contains the address; `begin` is 0 if there is none. Async-signal-safe.
CodeRange find(uintptr_t pc);

}  // namespace code_registry
}  // namespace wisp::jit
