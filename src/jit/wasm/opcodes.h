// Opcode: every opcode that Wisp runs, and constexpr tables made out of opcodes.def.
//
// Interface: `Opcode`, `opcode_value` (prefix and code -> Opcode), `to_string`, `parse_signature`,
// `unsupported_feature`. The values are dense (prefixed opcodes follow the others), so that a
// switch over them is one jump table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "jit/wasm/types.h"

namespace wisp::jit {

constexpr uint8_t kMiscPrefix = 0xfc;
// 0xfb gc, 0xfc numeric and bulk memory, 0xfd simd, 0xfe threads.
constexpr bool is_prefix(uint32_t byte) { return byte >= 0xfb && byte <= 0xfe; }

// 0 means no prefix. Only prefix 0xfc has opcodes that Wisp runs.
constexpr uint32_t opcode_value(uint32_t prefix, uint32_t code) {
  return prefix == 0 ? code : 0x100 + code;
}
constexpr uint32_t kOpcodeLimit = 0x112;

enum class Opcode : uint16_t {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  k##Name = opcode_value(prefix, code),
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) k##Name = code,
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  k##Name = opcode_value(prefix, code),
#include "jit/wasm/opcodes.def"
};

// The text format's name; "unknown" for a value that is no opcode.
const char* to_string(Opcode opcode);

// The later feature that an opcode belongs to, such as "simd"; nullptr if the code is assigned to
// nothing.
const char* unsupported_feature(uint32_t prefix, uint32_t code);

// The type of an opcode without context: at most two operands, at most one result.
struct OpcodeSignature {
  uint8_t operand_count = 0;
  uint8_t result_count = 0;
  ValueType operands[2] = {};
  ValueType result = {};
};

constexpr ValueType value_type_of_letter(char letter) {
  switch (letter) {
    case 'i':
      return ValueType::kI32;
    case 'l':
      return ValueType::kI64;
    case 'f':
      return ValueType::kF32;
    default:
      return ValueType::kF64;
  }
}

// "l_ii": results, underscore, operands; v is nothing.
constexpr OpcodeSignature parse_signature(const char* text) {
  OpcodeSignature signature;
  if (text[0] != 'v') {
    signature.result = value_type_of_letter(text[0]);
    signature.result_count = 1;
  }
  for (const char* letter = text + 2; *letter != '\0'; ++letter) {
    signature.operands[signature.operand_count++] = value_type_of_letter(*letter);
  }
  return signature;
}

// A signature, laid out so that two operands can be compared however many it has.
struct OpcodeEffect {
  ValueType operands[2] = {};  // the topmost one last
  uint8_t mask[2] = {};        // 0xff for each operand that there is
  uint8_t pops = 0;
  uint8_t pushes = 0;
  ValueType result = {};
  uint8_t align_log2 = 0;  // natural, of loads and stores
};

constexpr OpcodeEffect make_effect(const OpcodeSignature& signature, uint8_t align_log2 = 0) {
  OpcodeEffect effect;
  effect.pops = signature.operand_count;
  effect.pushes = signature.result_count;
  effect.result = signature.result;
  effect.align_log2 = align_log2;
  for (size_t i = 0; i < signature.operand_count; ++i) {
    const size_t place = 2 - signature.operand_count + i;
    effect.operands[place] = signature.operands[i];
    effect.mask[place] = 0xff;
  }
  return effect;
}

// By opcode, of those that have a signature.
constexpr auto kOpcodeEffects = [] {
  std::array<OpcodeEffect, kOpcodeLimit> effects{};
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  effects[opcode_value(prefix, code)] = make_effect(parse_signature(#signature));
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  effects[code] = make_effect(parse_signature(#signature), log2_size);
#include "jit/wasm/opcodes.def"
  return effects;
}();

}  // namespace wisp::jit
