// Numeric instructions: core specification 2.0, section 4.3 ("Numerics").
#pragma once

#include <span>

#include "jit/runtime/trap.h"
#include "jit/wasm/opcodes.h"
#include "tests/oracle/value.h"

namespace wisp::oracle {

struct Computed {
  uint64_t bits = 0;
  jit::TrapCode trap = jit::TrapCode::kNone;
};

// By operand, what the instructions do with the bits of their operands (one or two). Each knows the
// opcodes whose operands are of its kind.
Computed compute_integer(jit::Opcode opcode, jit::ValueType type, uint64_t left, uint64_t right);
Computed compute_float(jit::Opcode opcode, jit::ValueType type, uint64_t left, uint64_t right);

// What becomes of an instruction with operands that may not be exact.
struct NumericResult {
  Value value;
  jit::TrapCode trap = jit::TrapCode::kNone;
  bool is_determined = true;  // false: whether it traps depends on the bits of a NaN
};
NumericResult apply_numeric(jit::Opcode opcode, std::span<const Value> operands);

}  // namespace wisp::oracle
