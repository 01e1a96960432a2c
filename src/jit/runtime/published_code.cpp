#include "jit/runtime/published_code.h"

#include "jit/runtime/code_registry.h"

namespace wisp::jit {

void PublishedCode::allow_unwinding(uint32_t begin, uint32_t end) {
  if (begin == end) return;
  const auto base = reinterpret_cast<uintptr_t>(arena_.base());
  code_registry::add({base + begin, base + end, nullptr});
  ranges_.push_back(base + begin);
}

PublishedCode::~PublishedCode() {
  for (uintptr_t begin : ranges_) code_registry::remove(begin);
}

}  // namespace wisp::jit
