// How a value of WebAssembly travels in machine code: in which class of registers, how wide.
//
// External interface: width_of, is_in_float_register, int_type, float_type.
#pragma once

#include "jit/compiler/machine_types.h"
#include "jit/wasm/types.h"

namespace wisp::jit {

constexpr Width width_of(ValueType type) {
  return type == ValueType::kI32 || type == ValueType::kF32 ? Width::k32 : Width::k64;
}
// References travel as integers.
constexpr bool is_in_float_register(ValueType type) { return is_float(type); }

constexpr ValueType int_type(Width width) {
  return width == Width::k32 ? ValueType::kI32 : ValueType::kI64;
}
constexpr ValueType float_type(Width width) {
  return width == Width::k32 ? ValueType::kF32 : ValueType::kF64;
}

}  // namespace wisp::jit
