// Code: a function body or a constant expression as a list of instructions, each with its place in
// the file, and each block with where it ends.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/wasm/immediates.h"
#include "jit/wasm/module.h"
#include "jit/wasm/opcodes.h"

namespace wisp::oracle {

struct Instruction {
  jit::Opcode opcode;
  uint64_t offset = 0;  // of the opcode, in the file
  // Immediates, in their order: an index, a label, a constant; of a memory access the offset.
  uint64_t first = 0;
  uint64_t second = 0;
  jit::ValueType type = jit::ValueType::kI32;  // of ref.null and select
  jit::BlockType block;
  std::vector<uint32_t> labels;  // of br_table, the default one last
  // Of block, loop, if and else: the index of the matching `end`, and of the `else`, which is that
  // of the `end` where there is none.
  size_t end = 0;
  size_t otherwise = 0;
};

struct Code {
  std::vector<jit::ValueType> locals;  // without the parameters
  std::vector<Instruction> instructions;
};

// The module was validated, with this body.
Code read_body(const jit::Module& module, const jit::FunctionBody& body);
Code read_expression(const jit::Module& module, const jit::ConstExpr& expression);

}  // namespace wisp::oracle
