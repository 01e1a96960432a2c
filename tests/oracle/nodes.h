// Small functions that make nodes of a ModuleTree.
//
// External interface: `List`, `instruction`, `Numeric`, `constant`, `i32_const`, `local_get`,
// `sequence`.
#pragma once

#include <utility>
#include <vector>

#include "tests/oracle/module_tree.h"

namespace wisp::oracle {

// Nodes in the order in which they are made: braces, so that all compilers agree on it.
struct List : std::vector<Node> {
  template <class... Nodes>
  explicit List(Nodes&&... nodes) {
    reserve(sizeof...(nodes));
    (push_back(std::forward<Nodes>(nodes)), ...);
  }
};

inline Node instruction(jit::Opcode opcode, Types results, std::vector<Node> operands = {},
                        uint64_t immediate = 0) {
  Node node;
  node.opcode = opcode;
  node.results = std::move(results);
  node.operands = std::move(operands);
  node.immediate = immediate;
  return node;
}

// An opcode with a signature; the type of its result follows from it.
struct Numeric : Node {
  template <class... Operands>
  explicit Numeric(jit::Opcode number, Operands&&... nodes)
      : Node(instruction(number, {}, List{std::forward<Operands>(nodes)...})) {
    const jit::OpcodeEffect& effect = jit::kOpcodeEffects[static_cast<size_t>(number)];
    results.assign(effect.pushes, effect.result);
  }
};

inline Node constant(jit::ValueType type, uint64_t bits) {
  using jit::Opcode;
  using jit::ValueType;
  const Opcode opcode = type == ValueType::kI32   ? Opcode::kI32Const
                        : type == ValueType::kI64 ? Opcode::kI64Const
                        : type == ValueType::kF32 ? Opcode::kF32Const
                        : type == ValueType::kF64 ? Opcode::kF64Const
                                                  : Opcode::kRefNull;
  return instruction(opcode, {type}, {}, bits);
}
inline Node i32_const(uint32_t value) { return constant(jit::ValueType::kI32, value); }

inline Node local_get(uint32_t local, jit::ValueType type) {
  return instruction(jit::Opcode::kLocalGet, {type}, {}, local);
}

inline Node sequence(std::vector<Node> nodes, Types results) {
  Node node;
  node.kind = Node::Kind::kSequence;
  node.operands = std::move(nodes);
  node.results = std::move(results);
  return node;
}

}  // namespace wisp::oracle
