// What memory.copy, memory.init, table.copy and table.init have in common, and the instantiation of
// active segments: core specification 2.0, sections 4.4.6 and 4.4.7.
//
// External interface: fits, Transfer, transfer, execute_transfer.
#pragma once

#include <cstdint>

#include "tests/oracle/machine.h"

namespace wisp::oracle {

inline bool fits(uint64_t from, uint64_t count, uint64_t size) {
  return from <= size && count <= size - from;
}

// Moves the items one by one, in the order in which those that overlap are read before they are
// written. False: a range does not fit, and nothing moves.
template <class MoveItem>
bool transfer(const Transfer& range, uint64_t target_size, uint64_t source_size,
              MoveItem move_item) {
  if (!fits(range.from, range.count, source_size) || !fits(range.to, range.count, target_size))
    return false;
  for (uint64_t i = 0; i < range.count; ++i) {
    const uint64_t at = range.to <= range.from ? i : range.count - 1 - i;
    move_item(range.to + at, range.from + at);
  }
  return true;
}

// An instruction whose operands are a range; `move` says how it ends.
template <class Move>
Step execute_transfer(Frame& frame, Move move) {
  const Value count = frame.pop(jit::ValueType::kI32);
  const Value from = frame.pop(jit::ValueType::kI32);
  const Value to = frame.pop(jit::ValueType::kI32);
  if (!count.is_exact() || !from.is_exact() || !to.is_exact()) return not_determined();
  const jit::TrapCode code = move(Transfer{to.bits, from.bits, count.bits});
  if (code != jit::TrapCode::kNone) return trap(code);
  return std::nullopt;
}

}  // namespace wisp::oracle
