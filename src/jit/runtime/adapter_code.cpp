// AdapterCode: see adapter_context.h. All of it may be unwound, as exit trampolines may.
#include "jit/runtime/adapter_context.h"

namespace wisp::jit {

AdapterCode::AdapterCode(CodeArena arena, std::vector<uint32_t> offsets)
    : code_(std::move(arena)), offsets_(std::move(offsets)) {
  code_.allow_unwinding(0, static_cast<uint32_t>(code_.size_bytes()));
}

}  // namespace wisp::jit
