// Constant expressions: initial values of globals, offsets and elements of segments. Core
// specification, section 3.4.11, with extended-const and with the rule of 3.0 for global.get:
// any earlier immutable global.
//
// Interface: `decode_const_expr` validates one while the module is being decoded; `evaluate` gives
// its value when the module is instantiated, and trusts it.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/wasm/immediates.h"
#include "jit/wasm/module.h"
#include "platform/byte_reader.h"
#include "platform/result.h"

namespace wisp::jit {

// Reads up to and including `end`. `module` holds what was declared before: global.get sees its
// `globals` so far, ref.func its `functions` (and is recorded as a declared reference).
Result<ConstExpr> decode_const_expr(ByteReader& reader, Module& module, ValueType expected);

// The value in a slot of 64 bits: i32 and f32 in the low half, zero-extended.
// `Context` gives the items: `uint64_t global(uint32_t)`, `uint64_t function_reference(uint32_t)`.
template <class Context>
uint64_t evaluate(const Module& module, const ConstExpr& expression, Context&& context) {
  // Nearly all are one operand: what is below the top allocates only where there is something.
  uint64_t top = 0;
  std::vector<uint64_t> below;
  bool is_empty = true;
  const auto push = [&](uint64_t value) {
    if (!is_empty) below.push_back(top);
    is_empty = false;
    top = value;
  };
  const auto left = [&below] {
    const uint64_t value = below.back();
    below.pop_back();
    return value;
  };
  const uint8_t* const end = expression.code.data() + expression.code.size();
  TrustedImmediates code(module, expression.code.data(), end);
  while (code.at() < end) {
    switch (code.read_opcode()) {
      case Opcode::kI32Const:
        push(uint32_t(std::get<0>(code.read_i32())));
        break;
      case Opcode::kI64Const:
        push(uint64_t(std::get<0>(code.read_i64())));
        break;
      case Opcode::kF32Const:
        push(std::get<0>(code.read_f32()));
        break;
      case Opcode::kF64Const:
        push(std::get<0>(code.read_f64()));
        break;
      case Opcode::kGlobalGet:
        push(context.global(std::get<0>(code.read_global())));
        break;
      case Opcode::kRefFunc:
        push(context.function_reference(std::get<0>(code.read_func())));
        break;
      case Opcode::kRefNull:
        (void)code.read_ref_type(), push(0);
        break;
      case Opcode::kI32Add:
        top = uint32_t(left() + top);
        break;
      case Opcode::kI32Mul:
        top = uint32_t(left() * top);
        break;
      case Opcode::kI32Sub:
        top = uint32_t(left() - top);
        break;
      case Opcode::kI64Add:
        top = left() + top;
        break;
      case Opcode::kI64Mul:
        top = left() * top;
        break;
      case Opcode::kI64Sub:
        top = left() - top;
        break;
      default:
        WISP_CHECK(false);
    }
  }
  return top;
}

}  // namespace wisp::jit
