#include "jit/wasm/opcodes.h"

namespace wisp::jit {

const char* to_string(Opcode opcode) {
  switch (opcode) {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  case Opcode::k##Name:                                               \
    return text;
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  case Opcode::k##Name:                                                  \
    return text;
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  case Opcode::k##Name:                                                 \
    return text;
#include "jit/wasm/opcodes.def"
  }
  return "unknown";
}

const char* unsupported_feature(uint32_t prefix, uint32_t code) {
  struct Range {
    uint32_t prefix, first, last;
    const char* feature;
  };
  static constexpr Range kRanges[] = {
#define WISP_OPCODE_UNSUPPORTED(prefix, first, last, feature) {prefix, first, last, feature},
#include "jit/wasm/opcodes.def"
  };
  for (const Range& range : kRanges) {
    if (range.prefix == prefix && range.first <= code && code <= range.last) return range.feature;
  }
  return nullptr;
}

}  // namespace wisp::jit
