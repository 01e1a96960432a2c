#include "jit/wasm/section_decoder.h"

#include <fmt/format.h>

#include <algorithm>

#include "jit/wasm/const_expr.h"
#include "jit/wasm/limits.h"

namespace wisp::jit {

Result<void> SectionDecoder::decode(SectionId id) {
  switch (id) {
    case SectionId::kCustom:
      return decode_custom();
    case SectionId::kType:
      return decode_types();
    case SectionId::kImport:
      return decode_imports();
    case SectionId::kFunction:
      return decode_functions();
    case SectionId::kTable:
      return decode_tables();
    case SectionId::kMemory:
      return decode_memories();
    case SectionId::kGlobal:
      return decode_globals();
    case SectionId::kExport:
      return decode_exports();
    case SectionId::kStart:
      return decode_start();
    case SectionId::kElement:
      return decode_elements();
    case SectionId::kCode:
      return decode_code();
    case SectionId::kData:
      return decode_data();
    case SectionId::kDataCount:
      return decode_data_count();
    case SectionId::kTag:
      break;
  }
  return unsupported("exceptions", reader_.offset());
}

Error SectionDecoder::unsupported(const char* feature, uint64_t offset) const {
  return Error(ErrorCode::kUnsupported, fmt::format("needs {}: not supported yet", feature),
               offset);
}

// The length of a vector whose items take at least one byte each.
Result<uint32_t> SectionDecoder::read_count(const char* what, uint32_t limit) {
  const uint64_t offset = reader_.offset();
  const uint32_t count = WISP_TRY(reader_.read_u32());
  if (count > reader_.remaining()) {
    return Error(ErrorCode::kMalformed,
                 fmt::format("length out of bounds: unexpected end after {} {}", count, what),
                 offset);
  }
  if (count > limit) {
    return Error(ErrorCode::kLimit,
                 fmt::format("{} {}, at most {} are possible", count, what, limit), offset);
  }
  return count;
}

Result<uint32_t> SectionDecoder::read_index(size_t limit, const char* what) {
  const uint64_t offset = reader_.offset();
  const uint32_t index = WISP_TRY(reader_.read_u32());
  if (index >= limit) return invalid(fmt::format("unknown {} {}", what, index), offset);
  return index;
}

// Types.

Result<ValueType> SectionDecoder::read_value_type() {
  const uint64_t offset = reader_.offset();
  const uint8_t code = WISP_TRY(reader_.read_byte());
  if (std::optional<ValueType> type = value_type_of(code)) return *type;
  if (const char* feature = unsupported_type_feature(code)) return unsupported(feature, offset);
  return Error(ErrorCode::kMalformed, fmt::format("malformed value type {:#04x}", code), offset);
}

Result<ValueType> SectionDecoder::read_reference_type() {
  const uint64_t offset = reader_.offset();
  auto type = read_value_type();
  const bool simd =
      !type && type.error().code() == ErrorCode::kUnsupported && *(reader_.position() - 1) == 0x7b;
  if (simd || (type && !is_reference(*type)) ||
      (!type && type.error().code() == ErrorCode::kMalformed)) {
    return Error(ErrorCode::kMalformed, "malformed reference type", offset);
  }
  return type;
}

Result<std::vector<ValueType>> SectionDecoder::read_result_type(const char* what, uint32_t limit) {
  const uint32_t count = WISP_TRY(read_count(what, limit));
  std::vector<ValueType> types;
  types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) types.push_back(WISP_TRY(read_value_type()));
  return types;
}

Result<FuncType> SectionDecoder::read_func_type() {
  const uint64_t offset = reader_.offset();
  const uint8_t form = WISP_TRY(reader_.read_byte());
  switch (form) {
    case 0x60:
      break;
    case 0x4d:
    case 0x4c:
      return unsupported("custom-descriptors", offset);
    case 0x4e:
    case 0x4f:
    case 0x50:
    case 0x5e:
    case 0x5f:
      return unsupported("gc", offset);
    case 0x5d:
      return unsupported("stack-switching", offset);
    case 0x65:
      return unsupported("shared-everything-threads", offset);
    default:
      return Error(ErrorCode::kMalformed, fmt::format("malformed definition type {:#04x}", form),
                   offset);
  }
  FuncType type;
  type.params = WISP_TRY(read_result_type("parameters", kMaxParams));
  type.results = WISP_TRY(read_result_type("results", kMaxResults));
  return type;
}

// Limits of a table or memory, after the flags; `max` is what the type allows.
Result<Limits> SectionDecoder::read_limits(uint8_t flags, uint64_t max, const char* error) {
  const uint64_t offset = reader_.offset();
  Limits limits;
  limits.min = WISP_TRY(reader_.read_u64());
  if ((flags & 1) != 0) limits.max = WISP_TRY(reader_.read_u64());
  if (limits.min > max || (limits.max && *limits.max > max)) return invalid(error, offset);
  if (limits.max && limits.min > *limits.max) {
    return invalid("size minimum must not be greater than maximum", offset);
  }
  return limits;
}

Result<TableType> SectionDecoder::read_table_type() {
  const uint64_t start = reader_.offset();
  if (WISP_TRY(reader_.peek_byte()) == 0x40) return unsupported("function-references", start);
  TableType type;
  type.element = WISP_TRY(read_reference_type());
  const uint64_t offset = reader_.offset();
  const uint8_t flags = WISP_TRY(reader_.read_byte());
  if (flags > 7) return Error(ErrorCode::kMalformed, "malformed limits flags", offset);
  if ((flags & 4) != 0) return unsupported("memory64", offset);
  if ((flags & 2) != 0) return unsupported("shared-everything-threads", offset);
  type.limits =
      WISP_TRY(read_limits(flags, UINT32_MAX, "table size must be at most 2^32-1 elements"));
  return type;
}

Result<MemoryType> SectionDecoder::read_memory_type() {
  const uint64_t offset = reader_.offset();
  const uint8_t flags = WISP_TRY(reader_.read_byte());
  // The suite has one with a page size that ends after the flags.
  if (flags > 15 || (flags > 7 && reader_.at_end())) {
    return Error(ErrorCode::kMalformed, "malformed limits flags", offset);
  }
  if ((flags & 8) != 0) return unsupported("custom-page-sizes", offset);
  if ((flags & 4) != 0) return unsupported("memory64", offset);
  if ((flags & 2) != 0) return unsupported("threads", offset);
  MemoryType type;
  type.limits = WISP_TRY(
      read_limits(flags, kMaxMemoryPages, "memory size must be at most 65536 pages (4 GiB)"));
  return type;
}

Result<GlobalType> SectionDecoder::read_global_type() {
  GlobalType type;
  type.value = WISP_TRY(read_value_type());
  const uint64_t offset = reader_.offset();
  const uint8_t mutability = WISP_TRY(reader_.read_byte());
  if (mutability == 3) return unsupported("shared-everything-threads", offset);
  if (mutability == 2) {  // malformed without that proposal, says the suite; immutable with it
    return Error(ErrorCode::kMalformed,
                 "malformed mutability: 2 belongs to shared-everything-threads", offset);
  }
  if (mutability > 1) return Error(ErrorCode::kMalformed, "malformed mutability", offset);
  type.mutability = mutability == 1 ? Mutability::kVar : Mutability::kConst;
  return type;
}

Result<uint32_t> SectionDecoder::read_type_index() {
  return read_index(module_.types.size(), "type");
}

// Sections, in the order in which they stand in a module.

Result<void> SectionDecoder::decode_custom() {
  const std::string_view name = WISP_TRY(reader_.read_name());
  auto content = WISP_TRY(reader_.read_bytes(reader_.remaining()));
  if (name == "name") module_.name_section = content;
  return {};
}

Result<void> SectionDecoder::decode_types() {
  const uint32_t count = WISP_TRY(read_count("types", kMaxTypes));
  module_.types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) module_.types.push_back(WISP_TRY(read_func_type()));
  return {};
}

Result<void> SectionDecoder::decode_imports() {
  const uint32_t count = WISP_TRY(read_count("imports", kMaxImports));
  module_.imports.reserve(count);
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_import());
  module_.imported_functions = static_cast<uint32_t>(module_.functions.size());
  module_.imported_tables = static_cast<uint32_t>(module_.tables.size());
  module_.imported_memories = static_cast<uint32_t>(module_.memories.size());
  module_.imported_globals = static_cast<uint32_t>(module_.globals.size());
  return {};
}

Result<void> SectionDecoder::read_import() {
  const std::string_view module = WISP_TRY(reader_.read_name());
  const std::string_view name = WISP_TRY(reader_.read_name());
  const uint64_t offset = reader_.offset();
  const uint8_t kind = WISP_TRY(reader_.read_byte());
  Import import{module, name, ExternKind(kind), {}};
  switch (kind) {
    case 0:
      import.type = WISP_TRY(read_type_index());
      module_.functions.push_back(std::get<uint32_t>(import.type));
      break;
    case 1:
      import.type = WISP_TRY(read_table_type());
      module_.tables.push_back(std::get<TableType>(import.type));
      break;
    case 2:
      import.type = WISP_TRY(read_memory_type());
      WISP_TRY(add_memory(std::get<MemoryType>(import.type), offset));
      break;
    case 3:
      import.type = WISP_TRY(read_global_type());
      module_.globals.push_back(std::get<GlobalType>(import.type));
      break;
    case 4:
      return unsupported("exceptions", offset);
    case 0x20:
      return unsupported("custom-descriptors", offset);  // a function of an exact type
    case 0x7e:
    case 0x7f:  // several items, with or without a type in common
      if (name.empty()) return unsupported("compact-imports", offset);
      [[fallthrough]];
    default:
      return Error(ErrorCode::kMalformed, "malformed import kind", offset);
  }
  module_.imports.push_back(import);
  return {};
}

Result<void> SectionDecoder::add_memory(const MemoryType& type, uint64_t offset) {
  if (!module_.memories.empty()) return unsupported("multi-memory", offset);
  module_.memories.push_back(type);
  return {};
}

Result<void> SectionDecoder::decode_functions() {
  const uint32_t count = WISP_TRY(read_count("functions", kMaxFunctions));
  module_.functions.reserve(module_.functions.size() + count);
  for (uint32_t i = 0; i < count; ++i) module_.functions.push_back(WISP_TRY(read_type_index()));
  return {};
}

Result<void> SectionDecoder::decode_tables() {
  const uint32_t count = WISP_TRY(read_count("tables", kMaxTables));
  for (uint32_t i = 0; i < count; ++i) module_.tables.push_back(WISP_TRY(read_table_type()));
  return {};
}

Result<void> SectionDecoder::decode_memories() {
  const uint32_t count = WISP_TRY(read_count("memories", UINT32_MAX));
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t offset = reader_.offset();
    const MemoryType type = WISP_TRY(read_memory_type());
    WISP_TRY(add_memory(type, offset));
  }
  return {};
}

Result<void> SectionDecoder::decode_globals() {
  const uint32_t count = WISP_TRY(read_count("globals", kMaxGlobals));
  for (uint32_t i = 0; i < count; ++i) {
    const GlobalType type = WISP_TRY(read_global_type());
    // Before the global itself exists: it may only refer to earlier ones.
    module_.global_inits.push_back(WISP_TRY(decode_const_expr(reader_, module_, type.value)));
    module_.globals.push_back(type);
  }
  return {};
}

Result<void> SectionDecoder::decode_exports() {
  const uint32_t count = WISP_TRY(read_count("exports", kMaxExports));
  module_.exports.reserve(count);
  const uint64_t offset = reader_.offset();
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_export());

  std::vector<std::string_view> names;
  names.reserve(count);
  for (const Export& item : module_.exports) names.push_back(item.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return {};
  return invalid(fmt::format("duplicate export name \"{}\"", *twice), offset);
}

Result<void> SectionDecoder::read_export() {
  const std::string_view name = WISP_TRY(reader_.read_name());
  const uint64_t offset = reader_.offset();
  const uint8_t kind = WISP_TRY(reader_.read_byte());
  const size_t limits[] = {module_.functions.size(), module_.tables.size(), module_.memories.size(),
                           module_.globals.size()};
  if (kind == 4) return unsupported("exceptions", offset);
  if (kind > 4) return Error(ErrorCode::kMalformed, "malformed export kind", offset);
  const uint32_t index = WISP_TRY(read_index(limits[kind], to_string(ExternKind(kind))));
  if (ExternKind(kind) == ExternKind::kFunc) module_.declare_function_reference(index);
  module_.exports.push_back({name, ExternKind(kind), index});
  return {};
}

Result<void> SectionDecoder::decode_start() {
  const uint64_t offset = reader_.offset();
  const uint32_t function = WISP_TRY(read_index(module_.functions.size(), "function"));
  const FuncType& type = module_.function_type(function);
  if (!type.params.empty() || !type.results.empty()) {
    return invalid(fmt::format("start function {} has type {}", function, to_string(type)), offset);
  }
  module_.start = function;
  return {};
}

Result<void> SectionDecoder::decode_data_count() {
  module_.data_count = WISP_TRY(reader_.read_u32());
  return {};
}

Result<void> SectionDecoder::decode_code() {
  module_.code_section_size = reader_.remaining();
  const uint64_t offset = reader_.offset();
  const uint32_t count = WISP_TRY(reader_.read_u32());
  if (count != module_.functions.size() - module_.imported_functions) {
    return Error(ErrorCode::kMalformed, "function and code section have inconsistent lengths",
                 offset);
  }
  module_.bodies.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t size = WISP_TRY(reader_.read_u32());
    const uint64_t start = reader_.offset();
    if (size > kMaxBodySizeBytes) {
      return Error(ErrorCode::kLimit,
                   fmt::format("a function body of {} bytes, at most {} are possible", size,
                               kMaxBodySizeBytes),
                   start);
    }
    module_.bodies.push_back({WISP_TRY(reader_.read_bytes(size)), start});
  }
  return {};
}

}  // namespace wisp::jit
