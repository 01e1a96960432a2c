// Queries on a CodeImage; see code_image.h.
#include "jit/compiler/code_image.h"

namespace wisp::jit {

int64_t CodeImage::function_at(uint32_t code_offset) const {
  auto behind = std::upper_bound(
      functions_by_offset.begin(), functions_by_offset.end(), code_offset,
      [this](uint32_t offset, uint32_t function) { return offset < function_offsets[function]; });
  if (behind == functions_by_offset.begin()) return -1;
  uint32_t function = *(behind - 1);
  return code_offset < function_ends[function] ? int64_t{function} : -1;
}

}  // namespace wisp::jit
