// Table instructions: core specification 2.0, section 4.4.6.
#include <algorithm>

#include "platform/check.h"
#include "tests/oracle/transfer.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;
using jit::TrapCode;
using jit::ValueType;

// Above this a table cannot grow: an index has 32 bits.
constexpr uint64_t kMaxTableElements = 0xffffffff;

Step get(const TableInstance& table, Frame& frame) {
  const Value index = frame.pop(ValueType::kI32);
  if (!index.is_exact()) return not_determined();
  if (index.bits >= table.elements.size()) return trap(TrapCode::kTableOutOfBounds);
  frame.push(table.elements[index.bits]);
  return std::nullopt;
}

Step set(TableInstance& table, Frame& frame) {
  const Value value = frame.pop(table.type.element);
  const Value index = frame.pop(ValueType::kI32);
  if (!index.is_exact()) return not_determined();
  if (index.bits >= table.elements.size()) return trap(TrapCode::kTableOutOfBounds);
  table.elements[index.bits] = value;
  return std::nullopt;
}

Step grow(TableInstance& table, Frame& frame, const Budget& budget) {
  const Value delta = frame.pop(ValueType::kI32);
  const Value value = frame.pop(table.type.element);
  if (!delta.is_exact()) return not_determined();
  const uint64_t before = table.elements.size();
  if (before + delta.bits > table.type.limits.max.value_or(kMaxTableElements) ||
      delta.bits > budget.table_elements_left) {
    frame.push(i32(~uint32_t{0}));
    return std::nullopt;
  }
  budget.table_elements_left -= delta.bits;
  table.elements.resize(before + delta.bits, value);
  table.type.limits.min = table.elements.size();
  frame.push(i32(static_cast<uint32_t>(before)));
  return std::nullopt;
}

Step fill(TableInstance& table, Frame& frame) {
  const Value count = frame.pop(ValueType::kI32);
  const Value value = frame.pop(table.type.element);
  const Value to = frame.pop(ValueType::kI32);
  if (!count.is_exact() || !to.is_exact()) return not_determined();
  if (!fits(to.bits, count.bits, table.elements.size())) {
    return trap(TrapCode::kTableOutOfBounds);
  }
  std::fill_n(table.elements.begin() + static_cast<ptrdiff_t>(to.bits), count.bits, value);
  return std::nullopt;
}

TrapCode copy_table(TableInstance& target, const TableInstance& source, const Transfer& range) {
  const bool is_done =
      transfer(range, target.elements.size(), source.elements.size(),
               [&](uint64_t to, uint64_t from) { target.elements[to] = source.elements[from]; });
  return is_done ? TrapCode::kNone : TrapCode::kTableOutOfBounds;
}

}  // namespace

TrapCode init_table(TableInstance& table, std::span<const Value> elements, const Transfer& range) {
  const bool is_done =
      transfer(range, table.elements.size(), elements.size(),
               [&](uint64_t to, uint64_t from) { table.elements[to] = elements[from]; });
  return is_done ? TrapCode::kNone : TrapCode::kTableOutOfBounds;
}

// clang-format off
bool is_table_instruction(Opcode opcode) {
  switch (opcode) {
    case Opcode::kTableGet: case Opcode::kTableSet: case Opcode::kTableSize:
    case Opcode::kTableGrow: case Opcode::kTableFill: case Opcode::kTableCopy:
    case Opcode::kTableInit: case Opcode::kElemDrop:
      return true;
    default: return false;
  }
}
// clang-format on

Step execute_table(const Instruction& instruction, Frame& frame, const Budget& budget) {
  const std::vector<TableInstance*>& tables = frame.instance->tables;
  switch (instruction.opcode) {
    case Opcode::kTableGet:
      return get(*tables[instruction.first], frame);
    case Opcode::kTableSet:
      return set(*tables[instruction.first], frame);
    case Opcode::kTableSize: {
      const size_t size = tables[instruction.first]->elements.size();
      frame.push(i32(static_cast<uint32_t>(size)));
      return std::nullopt;
    }
    case Opcode::kTableGrow:
      return grow(*tables[instruction.first], frame, budget);
    case Opcode::kTableFill:
      return fill(*tables[instruction.first], frame);
    case Opcode::kTableCopy:
      return execute_transfer(frame, [&](const Transfer& range) {
        return copy_table(*tables[instruction.first], *tables[instruction.second], range);
      });
    case Opcode::kTableInit:
      return execute_transfer(frame, [&](const Transfer& range) {
        return init_table(*tables[instruction.second], frame.instance->elements[instruction.first],
                          range);
      });
    case Opcode::kElemDrop:
      frame.instance->elements[instruction.first].clear();
      return std::nullopt;
    default:
      WISP_CHECK(false);
  }
  return std::nullopt;
}

}  // namespace wisp::oracle
