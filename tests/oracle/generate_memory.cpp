// Loads and stores with addresses of every class, bulk memory, tables; see function_generator.h.
#include <algorithm>

#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

namespace {

using jit::Opcode;
using jit::ValueType;

struct Access {
  Opcode opcode;
  uint8_t size_bytes;
};

constexpr Access kLoads32[] = {{Opcode::kI32Load, 4},   {Opcode::kI32Load, 4},
                               {Opcode::kI32Load, 4},   {Opcode::kI32Load8S, 1},
                               {Opcode::kI32Load8U, 1}, {Opcode::kI32Load16S, 2},
                               {Opcode::kI32Load16U, 2}};
constexpr Access kLoads64[] = {
    {Opcode::kI64Load, 8},    {Opcode::kI64Load, 8},    {Opcode::kI64Load, 8},
    {Opcode::kI64Load8S, 1},  {Opcode::kI64Load8U, 1},  {Opcode::kI64Load16S, 2},
    {Opcode::kI64Load16U, 2}, {Opcode::kI64Load32S, 4}, {Opcode::kI64Load32U, 4}};
constexpr Access kStores32[] = {{Opcode::kI32Store, 4},
                                {Opcode::kI32Store, 4},
                                {Opcode::kI32Store8, 1},
                                {Opcode::kI32Store16, 2}};
constexpr Access kStores64[] = {{Opcode::kI64Store, 8},
                                {Opcode::kI64Store, 8},
                                {Opcode::kI64Store8, 1},
                                {Opcode::kI64Store16, 2},
                                {Opcode::kI64Store32, 4}};

}  // namespace

// ---- Addresses ----

// Small, since the index alone is a good address. Large ones trap, unless the index wraps, which
// it must not.
uint32_t FunctionGenerator::offset() {
  switch (weighted({40, 40, 12, 2})) {
    case 0:
      return 0;
    case 1:
      return random_.below(64);
    case 2:
      return random_.below(0x4000);
    default:
      break;
  }
  switch (random_.below(5)) {
    case 0:
      return 0x7fffffff - random_.below(8);
    case 1:
      return 0x80000000 + random_.below(8);
    case 2:
      return 0xffffffff - random_.below(16);
    case 3:
      return 65536 * static_cast<uint32_t>(module_.memory->type.limits.min) - random_.below(16);
    default:
      return static_cast<uint32_t>(random_.word());
  }
}

Node FunctionGenerator::small_index(uint32_t size_bytes) {
  constexpr uint32_t kMasks[] = {0x7fff, 0x7ff8, 0xff, 0xfffc & 0x7fff};
  switch (weighted({35, 12, 25, 14, 8})) {
    case 0:
      // The bare local, so that the access uses its home.
      for (uint32_t tries = 0; tries < 4; ++tries) {
        const auto local = readable(ValueType::kI32);
        if (local.has_value() && small_[*local]) return get(*local);
      }
      break;
    case 1:
      return i32_const(random_.below(0x8000));
    case 2:
      break;
    case 3: {  // scaled
      Node count = i32_const(1 + random_.below(3));
      Node index = Numeric{Opcode::kI32And, value(ValueType::kI32), i32_const(0x3ff)};
      Node scaled = Numeric{Opcode::kI32Shl, std::move(index), std::move(count)};
      return Numeric{Opcode::kI32Add, small_index(size_bytes), std::move(scaled)};
    }
    default:
      return Numeric{Opcode::kI32Load8U, small_index(1)};
  }
  Node masked = Numeric{Opcode::kI32And, value(ValueType::kI32),
                        i32_const(kMasks[random_.below(std::size(kMasks))])};
  if (percent(70)) return masked;
  return tee_local(writable_or_new(ValueType::kI32), std::move(masked));
}

FunctionGenerator::Address FunctionGenerator::address(uint32_t size_bytes) {
  const auto end = static_cast<uint32_t>(65536 * module_.memory->type.limits.min);
  switch (weighted({94, 3, 1, 1})) {
    case 1: {  // the last bytes of the memory, and the first behind it
      const uint32_t at = end - size_bytes + (percent(15) ? 1 : 0);
      const uint32_t part = percent(50) ? 0 : random_.below(64);
      return {i32_const(at - part), part};
    }
    case 2:
      return {value(ValueType::kI32), offset()};
    case 3:
      return {i32_const(0 - random_.below(64)), offset()};
    default:
      break;
  }
  Node index = small_index(size_bytes);
  return {std::move(index), offset()};
}

Node FunctionGenerator::access(Opcode opcode, Types results, std::vector<Node> operands,
                               uint32_t offset_of_access) {
  Node node = instruction(opcode, std::move(results), std::move(operands), offset_of_access);
  const uint8_t natural = jit::kOpcodeEffects[static_cast<size_t>(opcode)].align_log2;
  node.align_log2 = percent(70) ? natural : static_cast<uint8_t>(random_.below(natural + 1));
  return node;
}

Node FunctionGenerator::load(ValueType type) {
  if (!module_.memory.has_value()) return leaf(type);
  Access chosen{};
  switch (type) {
    case ValueType::kI32:
      chosen = pick(kLoads32);
      break;
    case ValueType::kI64:
      chosen = pick(kLoads64);
      break;
    default:
      chosen = type == ValueType::kF32 ? Access{Opcode::kF32Load, 4} : Access{Opcode::kF64Load, 8};
  }
  Address place = address(chosen.size_bytes);
  return access(chosen.opcode, {type}, List{std::move(place.index)}, place.offset);
}

Node FunctionGenerator::store() {
  if (!module_.memory.has_value()) return variable();
  ValueType type = any_type();
  if (jit::is_reference(type)) type = ValueType::kI32;
  Access chosen{};
  switch (type) {
    case ValueType::kI32:
      chosen = pick(kStores32);
      break;
    case ValueType::kI64:
      chosen = pick(kStores64);
      break;
    default:
      chosen =
          type == ValueType::kF32 ? Access{Opcode::kF32Store, 4} : Access{Opcode::kF64Store, 8};
  }
  Address place = address(chosen.size_bytes);
  Node stored = percent(20)                          ? any_constant(type)
                : jit::is_float(type) && percent(90) ? exact_real(type)
                                                     : value(type);
  return access(chosen.opcode, {}, List{std::move(place.index), std::move(stored)}, place.offset);
}

// ---- Bulk memory ----

uint32_t FunctionGenerator::small_size() { return percent(25) ? 0 : random_.below(100); }

Node FunctionGenerator::memory_grow() {
  // Where there is no maximum, only what fits the limits of a run or nothing.
  const bool has_maximum = module_.memory->type.limits.max.has_value();
  Node pages = percent(80)   ? i32_const(random_.below(3))
               : has_maximum ? value(ValueType::kI32)
                             : i32_const(~0u - random_.below(2));
  return instruction(Opcode::kMemoryGrow, {ValueType::kI32}, List{std::move(pages)});
}

Node FunctionGenerator::memory_block() {
  const auto end = static_cast<uint32_t>(65536 * module_.memory->type.limits.min);
  auto place = [&]() -> Node {
    return percent(94) ? small_index(1) : i32_const(end - random_.below(32));
  };
  Node to = place();
  switch (weighted({3, 3, module_.data.empty() ? 0u : 2u, module_.data.empty() ? 0u : 1u})) {
    case 0: {
      Node byte = value(ValueType::kI32);
      return instruction(Opcode::kMemoryFill, {},
                         List{std::move(to), std::move(byte), i32_const(small_size())});
    }
    case 1: {
      Node from = place();
      return instruction(Opcode::kMemoryCopy, {},
                         List{std::move(to), std::move(from), i32_const(small_size())});
    }
    case 2: {
      const uint32_t segment = random_.below(static_cast<uint32_t>(module_.data.size()));
      const auto size = static_cast<uint32_t>(module_.data[segment].bytes.size());
      Node from = i32_const(random_.below(size / 2 + 1));
      Node count = i32_const(percent(5) ? size : random_.below(size / 2 + 1));
      return instruction(Opcode::kMemoryInit, {},
                         List{std::move(to), std::move(from), std::move(count)}, segment);
    }
    default: {
      const uint32_t segment = random_.below(static_cast<uint32_t>(module_.data.size()));
      return sequence(List{instruction(Opcode::kDrop, {}, List{std::move(to)}),
                           instruction(Opcode::kDataDrop, {}, {}, segment)},
                      {});
    }
  }
}

// ---- Tables ----

Node FunctionGenerator::table_get(ValueType type) {
  for (uint32_t table = 0; table < module_.tables.size(); ++table) {
    if (module_.tables[table].type.element != type) continue;
    Node index = index_below(static_cast<uint32_t>(module_.tables[table].type.limits.min));
    return instruction(Opcode::kTableGet, {type}, List{std::move(index)}, table);
  }
  return leaf(type);
}

Node FunctionGenerator::table_statement() {
  const uint32_t table = random_.below(static_cast<uint32_t>(module_.tables.size()));
  const jit::TableType& type = module_.tables[table].type;
  const auto size = static_cast<uint32_t>(type.limits.min);
  const bool has_segments = type.element == ValueType::kFuncRef && !module_.elements.empty();
  Node to = index_below(size);
  switch (weighted({5, 3, 3, has_segments ? 2u : 0u, has_segments ? 1u : 0u})) {
    case 0: {
      Node set = value(type.element);
      return instruction(Opcode::kTableSet, {}, List{std::move(to), std::move(set)}, table);
    }
    case 1: {
      Node filled = value(type.element);
      return instruction(Opcode::kTableFill, {},
                         List{std::move(to), std::move(filled), i32_const(random_.below(3))},
                         table);
    }
    case 2: {
      Node from = index_below(size);
      Node copy =
          instruction(Opcode::kTableCopy, {},
                      List{std::move(to), std::move(from), i32_const(random_.below(3))}, table);
      copy.second_immediate = table;
      return copy;
    }
    case 3: {
      const uint32_t segment = random_.below(static_cast<uint32_t>(module_.elements.size()));
      Node init = instruction(
          Opcode::kTableInit, {},
          List{std::move(to), i32_const(random_.below(2)), i32_const(random_.below(3))}, segment);
      init.second_immediate = table;
      return init;
    }
    default: {
      const uint32_t segment = random_.below(static_cast<uint32_t>(module_.elements.size()));
      return sequence(List{instruction(Opcode::kDrop, {}, List{std::move(to)}),
                           instruction(Opcode::kElemDrop, {}, {}, segment)},
                      {});
    }
  }
}

}  // namespace wisp::oracle
