// AdapterCode: see adapter_context.h. All of it may be unwound, as exit trampolines may.
#include "jit/runtime/adapter_context.h"
#include "jit/runtime/code_registry.h"

namespace wisp::jit {

AdapterCode::AdapterCode(CodeArena arena, std::vector<uint32_t> offsets)
    : arena_(std::move(arena)), offsets_(std::move(offsets)) {
  const auto begin = reinterpret_cast<uintptr_t>(arena_.base());
  code_registry::add({begin, begin + arena_.size_bytes(), nullptr});
}

AdapterCode::~AdapterCode() { code_registry::remove(reinterpret_cast<uintptr_t>(arena_.base())); }

}  // namespace wisp::jit
