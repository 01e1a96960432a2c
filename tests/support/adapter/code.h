// Code of a function body, an instruction at a time; and the opcodes that guests of tests need.
#pragma once

#include "tests/support/module_builder.h"

namespace wisp::test {

class Code {
 public:
  Code& op(uint8_t opcode) {
    bytes_.push_back(opcode);
    return *this;
  }
  Code& constant(uint32_t value) { return op(0x41).signed_leb(static_cast<int32_t>(value)); }
  Code& constant64(uint64_t value) { return op(0x42).signed_leb(static_cast<int64_t>(value)); }
  Code& get(uint32_t local) { return op(0x20).leb(local); }
  Code& set(uint32_t local) { return op(0x21).leb(local); }
  Code& call(uint32_t function) { return op(0x10).leb(function); }
  // Alignment 0: nothing is promised.
  Code& memory(uint8_t opcode, uint32_t offset) { return op(opcode).op(0).leb(offset); }
  Code& leb(uint32_t value) {
    append_u32(bytes_, value);
    return *this;
  }
  Code& raw(const Bytes& more) {
    append(bytes_, more);
    return *this;
  }
  // `if` without a result, on what is on the stack.
  Code& begin_if() { return op(0x04).op(0x40); }
  Code& end() { return op(0x0b); }
  const Bytes& bytes() const { return bytes_; }

 private:
  Code& signed_leb(int64_t rest) {
    for (;; rest >>= 7) {
      const auto low = static_cast<uint8_t>(rest & 0x7f);
      const bool is_last = rest >> 6 == 0 || rest >> 6 == -1;
      op(is_last ? low : low | 0x80);
      if (is_last) return *this;
    }
  }

  Bytes bytes_;
};

struct Op {
  enum : uint8_t {
    kUnreachable = 0x00,
    kLoop = 0x03,
    kElse = 0x05,
    kBranchIf = 0x0d,
    kReturn = 0x0f,
    kDrop = 0x1a,
    kSelect = 0x1b,
    kI32Load = 0x28,
    kI64Load = 0x29,
    kI32Store = 0x36,
    kI64Store = 0x37,
    kMemorySize = 0x3f,
    kMemoryGrow = 0x40,
    kI32Eq = 0x46,
    kI32LtU = 0x49,
    kI32GtU = 0x4b,
    kI32LeU = 0x4d,
    kI32GeU = 0x4f,
    kI64GtU = 0x56,
    kI64LeU = 0x58,
    kI32Add = 0x6a,
    kI32Sub = 0x6b,
    kI32Mul = 0x6c,
    kI32And = 0x71,
    kI32Shl = 0x74,
    kI64Add = 0x7c,
    kI64Mul = 0x7e,
    kI64Xor = 0x85,
    kI64ExtendI32U = 0xad,
  };
};

inline uint8_t load_opcode(jit::ValueType type) {
  switch (type) {
    case jit::ValueType::kI64:
      return 0x29;
    case jit::ValueType::kF32:
      return 0x2a;
    case jit::ValueType::kF64:
      return 0x2b;
    default:
      return 0x28;
  }
}
inline uint8_t store_opcode(jit::ValueType type) {
  return static_cast<uint8_t>(load_opcode(type) + (Op::kI32Store - Op::kI32Load));
}

}  // namespace wisp::test
