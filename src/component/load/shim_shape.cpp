#include "component/load/shim_shape.h"

#include "platform/byte_reader.h"

namespace wisp::component {
namespace {

constexpr uint8_t kLocalGet = 0x20;
constexpr uint8_t kI32Const = 0x41;
constexpr uint8_t kCallIndirect = 0x11;
constexpr uint8_t kEnd = 0x0b;

bool skip_byte(ByteReader& reader, uint8_t expected) {
  Result<uint8_t> byte = reader.read_byte();
  return byte.has_value() && *byte == expected;
}

// The operand of an instruction.
std::optional<uint32_t> read_index(ByteReader& reader, uint8_t opcode) {
  if (!skip_byte(reader, opcode)) return std::nullopt;
  Result<uint32_t> index = reader.read_u32();
  return index.has_value() ? std::optional<uint32_t>(*index) : std::nullopt;
}
std::optional<uint32_t> read_constant(ByteReader& reader) {
  if (!skip_byte(reader, kI32Const)) return std::nullopt;
  Result<int32_t> value = reader.read_s32();
  return value.has_value() ? std::optional<uint32_t>(static_cast<uint32_t>(*value)) : std::nullopt;
}

std::optional<uint32_t> forwarded_entry(const jit::Module& module, uint32_t function) {
  const jit::FuncType& type = module.function_type(function);
  ByteReader reader(module.bodies[function].code);
  if (!skip_byte(reader, 0)) return std::nullopt;  // no locals
  for (uint32_t i = 0; i < type.params.size(); i++) {
    if (read_index(reader, kLocalGet) != i) return std::nullopt;
  }
  const std::optional<uint32_t> entry = read_constant(reader);
  const std::optional<uint32_t> called = read_index(reader, kCallIndirect);
  if (!entry || !called || *called >= module.types.size()) return std::nullopt;
  if (!(module.types[*called] == type)) return std::nullopt;
  const bool is_whole = skip_byte(reader, 0) && skip_byte(reader, kEnd) && reader.at_end();
  return is_whole ? entry : std::nullopt;
}

}  // namespace

std::vector<uint32_t> function_imports(const jit::Module& module) {
  std::vector<uint32_t> positions;
  for (uint32_t i = 0; i < module.imports.size(); i++) {
    if (module.imports[i].kind == jit::ExternKind::kFunc) positions.push_back(i);
  }
  return positions;
}

std::optional<std::vector<uint32_t>> shim_entries(const jit::Module& module) {
  const bool is_bare = module.imports.empty() && module.tables.size() == 1 &&
                       module.memories.empty() && module.globals.empty() && !module.start &&
                       module.elements.empty() && module.data.empty();
  if (!is_bare || module.bodies.empty()) return std::nullopt;
  if (module.tables[0].element != jit::ValueType::kFuncRef) return std::nullopt;
  std::vector<uint32_t> entries;
  for (uint32_t i = 0; i < module.bodies.size(); i++) {
    const std::optional<uint32_t> entry = forwarded_entry(module, i);
    if (!entry) return std::nullopt;
    entries.push_back(*entry);
  }
  return entries;
}

std::optional<TableFilling> table_filling(const jit::Module& module) {
  const bool is_bare = module.bodies.empty() && module.tables.size() == 1 &&
                       module.imported_tables == 1 && module.memories.empty() &&
                       module.globals.empty() && module.exports.empty() && !module.start &&
                       module.elements.size() == 1 && module.data.empty();
  if (!is_bare) return std::nullopt;
  const jit::ElementSegment& segment = module.elements[0];
  if (segment.mode != jit::SegmentMode::kActive || segment.functions.empty()) return std::nullopt;
  ByteReader offset(segment.offset.code);
  const std::optional<uint32_t> first_entry = read_constant(offset);
  if (!first_entry || !offset.at_end()) return std::nullopt;
  const std::vector<uint32_t> positions = function_imports(module);
  TableFilling filling{*first_entry, {}};
  for (const uint32_t function : segment.functions) {
    if (function >= positions.size()) return std::nullopt;
    filling.imports.push_back(positions[function]);
  }
  return filling;
}

}  // namespace wisp::component
