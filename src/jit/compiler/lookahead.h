// Lookahead: what the opcode behind the one at work will take from it, so that the value goes there
// straight away.
//
// External interface: Lookahead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/module_context.h"
#include "jit/wasm/function_decoder.h"

namespace wisp::jit {

// Of the opcodes without a prefix.
class OpcodeSet {
 public:
  // Ranges with their last ones.
  constexpr OpcodeSet(std::initializer_list<std::pair<Opcode, Opcode>> ranges) {
    for (auto [first, last] : ranges) {
      for (auto opcode = static_cast<size_t>(first); opcode <= static_cast<size_t>(last); ++opcode)
        contains_[opcode] = true;
    }
  }
  bool contains(Opcode opcode) const { return contains_[static_cast<size_t>(opcode)]; }

 private:
  std::array<bool, 256> contains_{};
};

class Lookahead {
 public:
  Lookahead(const BodyCursor& cursor, const CompilerOptions& options)
      : cursor_(cursor), options_(options) {}

  bool is(Opcode opcode) const { return cursor_.peek_opcode() == opcode; }

  // The local that the next opcode sets, or kNone32.
  uint32_t set_local() const {
    Opcode next = cursor_.peek_opcode();
    if (next != Opcode::kLocalSet && next != Opcode::kLocalTee) return kNone32;
    if (!options_.folding) [[unlikely]]
      return kNone32;
    return cursor_.peek_index();
  }

  // Whether it takes a condition from the flags.
  bool takes_flags() const {
    if (!options_.fusion) return false;
    switch (cursor_.peek_opcode()) {
      case Opcode::kBrIf:
      case Opcode::kIf:
      case Opcode::kI32Eqz:
      case Opcode::kSelect:
      case Opcode::kSelectTyped:
        return true;
      default:
        return false;
    }
  }

  // Whether it takes its right operand from memory, where the machine can.
  bool takes_memory() const { return is_in(kTakesMemory); }
  bool takes_float_memory() const { return is_in(kTakesFloatMemory); }

 private:
  static constexpr OpcodeSet kTakesMemory{{Opcode::kI32Eqz, Opcode::kI64GeU},
                                          {Opcode::kI32Add, Opcode::kI32Mul},
                                          {Opcode::kI32And, Opcode::kI32Xor},
                                          {Opcode::kI64Add, Opcode::kI64Mul},
                                          {Opcode::kI64And, Opcode::kI64Xor}};
  static constexpr OpcodeSet kTakesFloatMemory{{Opcode::kF32Add, Opcode::kF32Div},
                                               {Opcode::kF64Add, Opcode::kF64Div}};

  bool is_in(const OpcodeSet& set) const {
    return set.contains(cursor_.peek_opcode()) && options_.folding;
  }

  const BodyCursor& cursor_;
  const CompilerOptions& options_;
};

}  // namespace wisp::jit
