#include "jit/compiler/emit_buffer.h"

#include <algorithm>

#include "platform/check.h"

namespace wisp::jit {

EmitBuffer::EmitBuffer(asmjit::BaseAssembler& assembler, const asmjit::Environment& environment)
    : assembler_(assembler) {
  WISP_CHECK(code_.init(environment) == asmjit::kErrorOk);
  code_.setErrorHandler(this);
  WISP_CHECK(code_.attach(&assembler_) == asmjit::kErrorOk);
  WISP_CHECK(code_.reserveBuffer(&code_.textSection()->_buffer, kInitialBytes) == asmjit::kErrorOk);
}

EmitBuffer::~EmitBuffer() { code_.detach(&assembler_); }

void EmitBuffer::expect(size_t bytes) {
  compat::sync_size(assembler_);
  // If it fails, growing will say so.
  (void)compat::reserve(code_, assembler_, std::min(bytes, kMaxBytes));
}

void EmitBuffer::reset() {
  error_ = nullptr;
  truncate(0);
  compat::sync_size(assembler_);
}

void EmitBuffer::handleError(asmjit::Error error, const char*, asmjit::BaseEmitter*) {
  if (error_ == nullptr) error_ = asmjit::DebugUtils::errorAsString(error);
}

void EmitBuffer::grow() {
  const size_t used = offset();
  if (used >= kMaxBytes) {
    // Still promise the headroom: start over, the latched error keeps the result from being used.
    if (error_ == nullptr) error_ = "code of more than 1 GiB";
    truncate(0);
    return;
  }
  compat::sync_size(assembler_);
  const size_t capacity = static_cast<size_t>(compat::end(assembler_) - compat::begin(assembler_));
  // Doubling keeps the copying linear. Without memory there is nothing sensible to return to.
  WISP_CHECK(compat::grow(code_, assembler_, capacity) == asmjit::kErrorOk);
}

}  // namespace wisp::jit
