// ValueNode: where an operand of the WebAssembly stack is, or how it will be computed. 16 bytes.
//
// External interface: ValueNode. Const, Local, Reg, FReg and Slot may lie anywhere on the stack.
// Scaled, Cmp and Load are only made when the next opcode consumes them, so nothing can come
// between them and their use.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "jit/compiler/value_class.h"

namespace wisp::jit {

struct ValueNode {
  // Those that own no register come first; pop() and release() rely on it.
  enum class Kind : uint8_t {
    kConst,   // bits in `imm`; 32-bit values are zero-extended
    kSlot,    // operand slot `index`
    kLocal,   // the present value of local `index`
    kCmp,     // the flags hold condition `aux`; the value is 1 or 0, or any non-zero for tests of a
              // mask
    kReg,     // temporary Gpr `reg`, owned
    kFReg,    // temporary Fpr `reg`, owned
    kScaled,  // (Gpr `reg`) << aux
    kLoad,    // memory at Gpr `reg` (none: 0xff) + base `index` + imm, read by LoadOp `aux`
  };

  Kind kind = Kind::kConst;
  ValueType type = ValueType::kI32;
  uint8_t reg = 0xff;
  uint8_t aux = 0;  // kScaled: shift; kCmp: Cond; kLoad: LoadOp
  uint32_t index = 0;
  int64_t imm = 0;

  // To be stored on the operand stack: as two words, since a load of a node that was just stored
  // byte by byte would have to wait until all of them are in the cache.
  static ValueNode make(Kind kind, ValueType type, uint8_t reg, uint8_t aux, uint32_t index,
                        int64_t imm) {
    const uint64_t head = static_cast<uint64_t>(kind) | static_cast<uint64_t>(type) << 8 |
                          uint64_t{reg} << 16 | uint64_t{aux} << 24 | uint64_t{index} << 32;
    return std::bit_cast<ValueNode>(std::array<uint64_t, 2>{head, static_cast<uint64_t>(imm)});
  }

  // Const, Slot, Local, Reg, FReg: may lie anywhere on the stack.
  bool is_lasting() const { return kind != Kind::kCmp && kind <= Kind::kFReg; }
  bool is_const() const { return kind == Kind::kConst; }
  Gpr gpr() const { return Gpr{reg}; }
  Fpr fpr() const { return Fpr{reg}; }
  Cond cond() const { return static_cast<Cond>(aux); }
  // The temporary that it owns, which a result may take over; or none.
  Gpr owned_gpr() const { return kind == Kind::kReg ? gpr() : kNoGpr; }
  Fpr owned_fpr() const { return kind == Kind::kFReg ? fpr() : kNoFpr; }
};
static_assert(sizeof(ValueNode) == 16 && std::endian::native == std::endian::little);

}  // namespace wisp::jit
