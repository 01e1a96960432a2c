// Module: what a core module declares, decoded; immutable. Function bodies stay bytes until they
// are compiled.
//
// Names and byte ranges are views into the bytes that were decoded: whoever owns a Module keeps
// those bytes alive. Offsets are offsets in the *file*: a module inside a component reports where
// it stands in the component.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "jit/wasm/types.h"

namespace wisp::jit {

// A constant expression that was validated: its bytes without the final `end`.
struct ConstExpr {
  std::span<const uint8_t> code;
  uint64_t file_offset = 0;
};

// What an import asks for, or what an item of an index space is
// (of a function: its type index).
using ExternType = std::variant<uint32_t, TableType, MemoryType, GlobalType>;

struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind;
  ExternType type;
};

struct Export {
  std::string_view name;
  ExternKind kind;
  uint32_t index;
};

enum class SegmentMode : uint8_t { kActive, kPassive, kDeclarative };

struct ElementSegment {
  SegmentMode mode = SegmentMode::kPassive;
  ValueType type = ValueType::kFuncRef;
  uint32_t table = 0;
  ConstExpr offset;
  // One of the two is used: plain function indices (the common form), or expressions.
  std::vector<uint32_t> functions;
  std::vector<ConstExpr> expressions;
};

struct DataSegment {
  SegmentMode mode = SegmentMode::kPassive;
  uint32_t memory = 0;
  ConstExpr offset;
  std::span<const uint8_t> bytes;
};

struct FunctionBody {
  std::span<const uint8_t> code;  // from the local declarations to the final `end`, inclusive
  uint64_t file_offset = 0;       // of code[0]
};

struct Module {
  std::span<const uint8_t> bytes;
  uint64_t file_offset = 0;

  std::vector<FuncType> types;
  std::vector<Import> imports;
  // Index spaces: imported items first, then defined ones.
  std::vector<uint32_t> functions;  // type index of each function
  std::vector<TableType> tables;
  std::vector<MemoryType> memories;
  std::vector<GlobalType> globals;
  uint32_t imported_functions = 0;
  uint32_t imported_tables = 0;
  uint32_t imported_memories = 0;
  uint32_t imported_globals = 0;

  std::vector<ConstExpr> global_inits;  // of the defined globals
  std::vector<Export> exports;
  std::optional<uint32_t> start;
  std::vector<ElementSegment> elements;
  std::optional<uint32_t> data_count;
  std::vector<DataSegment> data;
  std::vector<FunctionBody> bodies;  // of the defined functions
  // Functions of which a reference may be taken outside the table initialisers: exports, elements,
  // globals, ref.func.
  std::vector<bool> declared_function_references;
  // Content of the custom section "name"; parsed only for backtraces.
  std::span<const uint8_t> name_section;
  uint64_t code_section_size = 0;

  const FuncType& function_type(uint32_t function) const { return types[functions[function]]; }
  // For the decoder, once all functions are known.
  void declare_function_reference(uint32_t function) {
    declared_function_references.resize(functions.size());
    declared_function_references[function] = true;
  }
};

}  // namespace wisp::jit
