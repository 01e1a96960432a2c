// ModuleTree: a core module as the generator makes it and the shrinker takes it apart.
//
// External interface: Node, Function, ModuleTree. A function body is a list of nodes. A node is an
// instruction with what computes its operands, in the order of execution; what it leaves on the
// stack are operands for its parent, so that any well-typed stack code is a tree. Branches name
// their blocks, types are written out: parts can be taken away without numbering the rest anew.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "jit/wasm/opcodes.h"
#include "jit/wasm/types.h"

namespace wisp::oracle {

using Types = std::vector<jit::ValueType>;

struct Node {
  enum class Kind : uint8_t {
    kInstruction,
    kSequence,  // its operands one after the other, and nothing else
    kIncoming,  // the parameters of the block around it: on the stack already
    kBlock,
    kLoop,
    kIf,
  };

  Kind kind = Kind::kInstruction;
  jit::Opcode opcode = jit::Opcode::kNop;
  bool has_else = false;
  uint8_t align_log2 = 0;         // loads and stores
  uint32_t label = 0;             // of a block, unique in its function
  uint32_t second_immediate = 0;  // the other index of table.copy, table.init, call_indirect
  uint64_t immediate = 0;         // bits of a constant, an index, the offset of an access
  Types results;                  // what it leaves on the stack, below it as well
  jit::FuncType type;             // of a block or of call_indirect
  std::vector<uint32_t> labels;   // targets of a branch, the default one last
  std::vector<Node> operands;
  std::vector<Node> body;
  std::vector<Node> else_body;
};

// What the immediates of an opcode without a special form are.
constexpr bool is_access(jit::Opcode opcode) {
  return opcode >= jit::Opcode::kI32Load && opcode <= jit::Opcode::kI64Store32;
}
constexpr bool takes_index(jit::Opcode opcode) {
  using jit::Opcode;
  return (opcode >= Opcode::kLocalGet && opcode <= Opcode::kTableSet) ||
         opcode == Opcode::kDataDrop || opcode == Opcode::kElemDrop ||
         (opcode >= Opcode::kTableGrow && opcode <= Opcode::kTableFill);
}

// The label that a branch to the function's own end has.
constexpr uint32_t kFunctionLabel = 0;

struct Function {
  jit::FuncType type;
  Types locals;
  std::vector<Node> body;
  bool is_removed = false;  // nothing may name it
};

struct Global {
  jit::GlobalType type;
  bool is_imported = false;  // imported ones come first
  uint64_t bits = 0;         // its initial value; 0 for a reference: null
};

struct Table {
  jit::TableType type;
  bool is_imported = false;
};

struct Memory {
  jit::MemoryType type;
  bool is_imported = false;
};

struct Elements {
  bool is_active = true;
  uint32_t table = 0;
  uint32_t offset = 0;
  std::vector<std::optional<uint32_t>> functions;  // nothing: null
};

struct Data {
  bool is_active = true;
  uint32_t offset = 0;
  std::vector<uint8_t> bytes;
};

struct ModuleTree {
  std::vector<jit::FuncType> imported_functions;
  std::vector<Function> functions;
  std::vector<Table> tables;
  std::optional<Memory> memory;
  std::vector<Global> globals;
  std::vector<Elements> elements;
  std::vector<Data> data;

  uint32_t function_count() const {
    return static_cast<uint32_t>(imported_functions.size() + functions.size());
  }
  const jit::FuncType& function_type(uint32_t function) const {
    const size_t imported = imported_functions.size();
    return function < imported ? imported_functions[function] : functions[function - imported].type;
  }
};

}  // namespace wisp::oracle
