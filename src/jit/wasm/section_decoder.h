// SectionDecoder: one function per section of a core module (core specification, section 5.5).
// Private to module_decoder, which knows the order of the sections.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "jit/wasm/module.h"
#include "platform/byte_reader.h"
#include "platform/result.h"

namespace wisp::jit {

enum class SectionId : uint8_t {
  kCustom,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElement,
  kCode,
  kData,
  kDataCount,
  kTag,
};

// Decodes the content of one section into `module`; the caller checks that all of it was read.
class SectionDecoder {
 public:
  SectionDecoder(ByteReader& reader, Module& module) : reader_(reader), module_(module) {}

  Result<void> decode(SectionId id);

 private:
  Result<void> decode_custom();
  Result<void> decode_types();
  Result<void> decode_imports();
  Result<void> decode_functions();
  Result<void> decode_tables();
  Result<void> decode_memories();
  Result<void> decode_globals();
  Result<void> decode_exports();
  Result<void> decode_start();
  Result<void> decode_elements();
  Result<void> decode_code();
  Result<void> decode_data();
  Result<void> decode_data_count();

  Result<uint32_t> read_count(const char* what, uint32_t limit);
  Result<ValueType> read_value_type();
  Result<ValueType> read_reference_type();
  Result<FuncType> read_func_type();
  Result<std::vector<ValueType>> read_result_type(const char* what, uint32_t limit);
  Result<Limits> read_limits(uint8_t flags, uint64_t max, const char* error);
  Result<TableType> read_table_type();
  Result<MemoryType> read_memory_type();
  Result<GlobalType> read_global_type();
  Result<uint32_t> read_type_index();
  Result<void> read_import();
  Result<void> add_memory(const MemoryType& type, uint64_t offset);
  Result<void> read_export();
  Result<ElementSegment> read_element_segment();
  Result<void> read_element_expressions(ElementSegment& segment);
  Result<void> read_element_functions(ElementSegment& segment);
  Result<DataSegment> read_data_segment();
  Result<uint32_t> read_index(size_t limit, const char* what);

  Error invalid(std::string text, uint64_t offset) const {
    return Error(ErrorCode::kInvalid, std::move(text), offset);
  }
  Error unsupported(const char* feature, uint64_t offset) const;

  ByteReader& reader_;
  Module& module_;
};

}  // namespace wisp::jit
