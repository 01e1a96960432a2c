// Delta debugging on the tree; see shrinker.h.
#include "tests/oracle/shrinker.h"

#include <algorithm>
#include <utility>

#include "jit/engine.h"
#include "tests/oracle/module_encoder.h"
#include "tests/oracle/nodes.h"

namespace wisp::oracle {

namespace {

using jit::Opcode;

bool is_constant(const Node& node) {
  if (node.kind != Node::Kind::kInstruction || node.results.size() != 1) return false;
  return (node.opcode >= Opcode::kI32Const && node.opcode <= Opcode::kF64Const) ||
         node.opcode == Opcode::kRefNull;
}
Node zeros(const Types& types) {
  if (types.size() == 1) return constant(types[0], 0);
  std::vector<Node> nodes;
  for (jit::ValueType type : types) nodes.push_back(constant(type, 0));
  return sequence(std::move(nodes), types);
}

// Instructions.
size_t size_of(const Node& node) {
  size_t size = node.kind == Node::Kind::kSequence || node.kind == Node::Kind::kIncoming ? 0 : 1;
  for (const std::vector<Node>* list : {&node.operands, &node.body, &node.else_body}) {
    for (const Node& part : *list) size += size_of(part);
  }
  return size;
}
// The parts of a node, and their parts, to a depth.
void add_parts(const Node& node, uint32_t depth, std::vector<const Node*>& parts) {
  for (const std::vector<Node>* list : {&node.operands, &node.body, &node.else_body}) {
    for (const Node& part : *list) {
      parts.push_back(&part);
      if (depth > 1) add_parts(part, depth - 1, parts);
    }
  }
}
// A node whose results are dropped, and zeros in their place.
Node instead(Node part, const Types& results) {
  for (size_t left = part.results.size(); left != 0; --left) {
    const Types below(part.results.begin(), part.results.end() - 1);
    part = instruction(Opcode::kDrop, below, List{std::move(part)});
  }
  return sequence(List{std::move(part), zeros(results)}, results);
}

class Shrinker {
 public:
  Shrinker(GeneratedCase original, const Fails& fails, uint32_t max_attempts)
      : case_(std::move(original)), fails_(fails), attempts_left_(max_attempts) {}

  GeneratedCase run() {
    do {
      has_progress_ = false;
      remove_some(case_.calls);
      for (size_t i = case_.module.functions.size(); i-- > 0;) shrink_function(i);
      shrink_items();
    } while (has_progress_ && attempts_left_ != 0);
    return std::move(case_);
  }

 private:
  bool still_fails() {
    if (attempts_left_ == 0) return false;
    const auto bytes = encode(case_.module);
    if (!bytes.has_value() || !jit::Engine::validate(*bytes).has_value()) return false;
    --attempts_left_;
    if (!fails_(*bytes, case_.calls)) return false;
    has_progress_ = true;
    return true;
  }
  // Another value in the place of one, if the case fails with it.
  template <class T>
  bool try_instead(T& place, T other) {
    std::swap(place, other);
    if (still_fails()) return true;
    std::swap(place, other);
    return false;
  }

  // Parts of a list: halves, quarters, ..., single ones.
  template <class T>
  void remove_some(std::vector<T>& list) {
    for (size_t size = list.size(); size != 0; size /= 2) {
      for (size_t first = 0; first < list.size();) {
        const size_t last = std::min(first + size, list.size());
        std::vector<T> fewer(list.begin(), list.begin() + static_cast<ptrdiff_t>(first));
        fewer.insert(fewer.end(), list.begin() + static_cast<ptrdiff_t>(last), list.end());
        if (!try_instead(list, std::move(fewer))) first = last;
      }
    }
  }

  // The function, and with it the calls of it.
  bool try_without_function(size_t index) {
    const std::string name = "f" + std::to_string(case_.module.imported_functions.size() + index);
    std::vector<Call> calls = case_.calls;
    std::erase_if(calls, [&name](const Call& call) { return call.name == name; });
    std::swap(calls, case_.calls);
    if (try_instead(case_.module.functions[index].is_removed, true)) return true;
    std::swap(calls, case_.calls);
    return false;
  }

  void shrink_function(size_t index) {
    Function& function = case_.module.functions[index];
    if (function.is_removed || try_without_function(index)) return;
    std::vector<Node> nothing;
    if (!function.type.results.empty()) nothing.push_back(zeros(function.type.results));
    if (function.body.size() > nothing.size() && try_instead(function.body, std::move(nothing)))
      return;
    shrink_list(function.body);
    // Behind the last local that is used.
    while (
        !function.locals.empty() &&
        try_instead(function.locals, Types(function.locals.begin(), function.locals.end() - 1))) {
    }
  }

  void shrink_items() {
    ModuleTree& module = case_.module;
    remove_some(module.data);
    remove_some(module.elements);
    for (Elements& elements : module.elements) remove_some(elements.functions);
    for (Data& data : module.data) remove_some(data.bytes);
    if (module.memory.has_value()) try_instead(module.memory, {});
    while (!module.tables.empty() &&
           try_instead(module.tables, {module.tables.begin(), module.tables.end() - 1})) {
    }
    while (!module.globals.empty() &&
           try_instead(module.globals, {module.globals.begin(), module.globals.end() - 1})) {
    }
  }

  void shrink_list(std::vector<Node>& list) {
    remove_some(list);
    for (Node& node : list) shrink_node(node);
  }

  void shrink_node(Node& node) {
    if (attempts_left_ == 0) return;
    if (!node.results.empty() && !is_constant(node) && node.kind != Node::Kind::kIncoming &&
        try_instead(node, zeros(node.results)))
      return;
    while (try_without_block(node) || try_part(node)) {
    }
    if (node.has_else) try_instead(node.has_else, false);
    if (node.kind == Node::Kind::kLoop) try_instead(node.kind, Node::Kind::kBlock);
    if (node.labels.size() > 1) remove_some(node.labels);
    if (node.immediate != 0) {
      if (is_constant(node)) {
        if (!try_instead(node.immediate, uint64_t{0})) try_instead(node.immediate, uint64_t{1});
      } else if (is_access(node.opcode)) {
        try_instead(node.immediate, uint64_t{0});
      }
    }
    if (node.kind == Node::Kind::kSequence) return shrink_list(node.operands);
    for (Node& operand : node.operands) shrink_node(operand);
    shrink_list(node.body);
    shrink_list(node.else_body);
  }

  // One of its parts in its place; with zeros, if the types differ.
  bool try_part(Node& node) {
    std::vector<const Node*> parts;
    add_parts(node, 3, parts);
    const size_t size = size_of(node);
    for (const Node* part : parts) {
      Node other = part->results == node.results ? *part : instead(*part, node.results);
      if (size_of(other) < size && try_instead(node, std::move(other))) return true;
    }
    return false;
  }
  // What is in a block in the place of the block; of an if, one arm, its condition dropped.
  bool try_without_block(Node& node) {
    switch (node.kind) {
      case Node::Kind::kBlock:
      case Node::Kind::kLoop:
        return try_body(node, node.body, node.operands.size());
      case Node::Kind::kIf:
        return try_body(node, node.body, node.operands.size() - 1) ||
               (node.has_else && try_body(node, node.else_body, node.operands.size() - 1));
      default:
        return false;
    }
  }
  bool try_body(Node& node, const std::vector<Node>& body, size_t operand_count) {
    std::vector<Node> nodes(node.operands.begin(),
                            node.operands.begin() + static_cast<ptrdiff_t>(operand_count));
    nodes.insert(nodes.end(), body.begin(), body.end());
    return try_instead(node, sequence(std::move(nodes), node.results));
  }

  GeneratedCase case_;
  const Fails& fails_;
  uint32_t attempts_left_;
  bool has_progress_ = false;
};

}  // namespace

GeneratedCase shrink(GeneratedCase original, const Fails& fails, uint32_t max_attempts) {
  return Shrinker(std::move(original), fails, max_attempts).run();
}

}  // namespace wisp::oracle
