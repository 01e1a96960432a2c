#include "jit/compiler/emit_buffer.h"

#include <algorithm>

#include "platform/check.h"

namespace wisp::jit {

EmitBuffer::EmitBuffer(asmjit::BaseAssembler& assembler, const asmjit::Environment& environment,
                       size_t max_bytes)
    : max_bytes_(max_bytes), assembler_(assembler) {
  WISP_CHECK(code_.init(environment) == asmjit::kErrorOk);
  code_.setErrorHandler(this);
  WISP_CHECK(code_.attach(&assembler_) == asmjit::kErrorOk);
  // Less where the process has little address space.
  for (size_t size = max_bytes_; memory_.base() == nullptr; size /= 2) {
    WISP_CHECK(size >= kPageGranule);
    Result<Reservation> memory = Reservation::reserve(size);
    if (memory.has_value()) memory_ = std::move(memory).value();
  }
  // Without memory there is nothing sensible to return to.
  WISP_CHECK(open(kPageGranule, Touch::kLater));
}

EmitBuffer::~EmitBuffer() { code_.detach(&assembler_); }

uint32_t EmitBuffer::extend(size_t size_bytes, uint32_t alignment) {
  const size_t begin = (size_t{offset()} + alignment - 1) / alignment * alignment;
  if (!open(begin + size_bytes, Touch::kLater)) {
    fail(refusal(begin + size_bytes));
    return 0;
  }
  commit(at(static_cast<uint32_t>(begin + size_bytes)));
  return static_cast<uint32_t>(begin);
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
  const size_t step = std::min(opened_bytes_, kMaxStepBytes);
  if (open(opened_bytes_ + step, Touch::kNow)) return;
  // Still promise the headroom: start over, the latched error keeps the result from being used.
  fail(refusal(opened_bytes_ + step));
  truncate(0);
}

const char* EmitBuffer::refusal(size_t size_bytes) const {
  return size_bytes > max_bytes_ ? "more machine code than a call can cross"
                                 : "no memory for the machine code";
}

bool EmitBuffer::open(size_t size_bytes, Touch touch) {
  if (size_bytes <= opened_bytes_) return true;
  const size_t end = round_up_to_granule(size_bytes);
  if (end > memory_.size_bytes()) return false;
  const size_t step = end - opened_bytes_;
  if (!memory_.protect(opened_bytes_, step, PageAccess::kReadWrite).has_value()) return false;
  // Small modules touch what they need; in large ones a fault per page would cost a tenth of all.
  if (touch == Touch::kNow) memory_.populate(opened_bytes_, step);
  opened_bytes_ = end;
  compat::use_memory(assembler_, memory_.base(), opened_bytes_);
  return true;
}

}  // namespace wisp::jit
