// Shapes of calls, loops, branches and traps; see function_generator.h.
#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

using jit::Opcode;
using jit::ValueType;

namespace {

constexpr Opcode kDivide32[] = {Opcode::kI32DivS, Opcode::kI32DivU, Opcode::kI32RemS,
                                Opcode::kI32RemU};
constexpr Opcode kDivide64[] = {Opcode::kI64DivS, Opcode::kI64DivU, Opcode::kI64RemS,
                                Opcode::kI64RemU};
constexpr Opcode kTruncate[] = {Opcode::kI32TruncF32S, Opcode::kI32TruncF32U, Opcode::kI32TruncF64S,
                                Opcode::kI32TruncF64U, Opcode::kI64TruncF32S, Opcode::kI64TruncF32U,
                                Opcode::kI64TruncF64S, Opcode::kI64TruncF64U};

Node open_block(Node::Kind kind, uint32_t label, const Types& results) {
  Node node;
  node.kind = kind;
  node.label = label;
  node.type = {{}, results};
  node.results = results;
  return node;
}

}  // namespace

// Branches that are taken always, or never, where the first walk cannot know; blocks behind them.
Node FunctionGenerator::constant_branch() {
  if (labels_.size() > 8) return set_from_own_value();
  const Types types = percent(60) ? Types{} : some_types(2);
  Node outside = open_block(Node::Kind::kBlock, next_label_++, types);
  labels_.push_back({outside.label, types, false});
  std::vector<Node> operands = values(types);
  const bool is_taken = percent(65);
  Node known = i32_const(is_taken ? 1 + random_.below(3) : 0);
  if (percent(30)) {
    const uint32_t number = random_.below(100);
    known =
        Numeric{is_taken ? Opcode::kI32Eq : Opcode::kI32Ne, i32_const(number), i32_const(number)};
  }
  operands.push_back(std::move(known));
  Node branch = instruction(Opcode::kBrIf, types, std::move(operands));
  branch.labels = {outside.label};
  outside.body.push_back(consume(std::move(branch)));
  for (uint32_t count = random_.below(3); count > 0; --count)
    outside.body.push_back(percent(60) ? block_statement() : statement());
  for (Node& node : values(types)) outside.body.push_back(std::move(node));
  labels_.pop_back();
  std::vector<Node> nodes = List{consume(std::move(outside))};
  if (percent(70)) nodes.push_back(block_statement());
  return sequence(std::move(nodes), {});
}

// A call whose arguments are locals, in another order than they are likely to be in registers.
Node FunctionGenerator::permuted_call() {
  const uint32_t callee = pick_callee();
  Node node = percent(30) ? call_indirect(callee) : call(callee);
  const Types& params = module_.function_type(callee).params;
  for (size_t i = 0; i < params.size(); ++i) {
    if (percent(80)) node.operands[i] = leaf(params[i]);
  }
  return consume(std::move(node));
}

// Locals that live across a call, in a loop.
Node FunctionGenerator::loop_with_call() {
  if (rounds_ > 16 || labels_.size() > 8) return any_call();
  const Counter counter = new_counter();
  std::vector<Node> nodes = List{begin_count(counter)};
  Node node = open_block(Node::Kind::kLoop, next_label_++, {});
  const uint32_t rounds_outside = rounds_;
  rounds_ *= counter.rounds;
  labels_.push_back({node.label, {}, true});
  const ValueType type = number_type();
  const uint32_t first = writable_or_new(type);
  const uint32_t second = writable_or_new(type);
  if (percent(60)) node.body.push_back(set_local(first, computed(type)));
  Node waiting = get(second);
  Node called = percent(50) ? call_of(type) : sequence(List{any_call(), get(first)}, {type});
  node.body.push_back(
      set_local(second, Numeric{binary_opcode(type), std::move(waiting), std::move(called)}));
  if (percent(50)) node.body.push_back(statement());
  node.body.push_back(set_local(first, Numeric{binary_opcode(type), get(first), get(second)}));
  node.body.push_back(back_edge(node.label, {}, counter));
  labels_.pop_back();
  rounds_ = rounds_outside;
  is_counting_[counter.local] = false;
  nodes.push_back(std::move(node));
  return sequence(std::move(nodes), {});
}

// State changes, a trap perhaps, state changes again.
Node FunctionGenerator::trap_between_states() {
  std::vector<Node> nodes = List{percent(50) ? store() : global_set()};
  switch (weighted({3, 2, 2, 2})) {
    case 0: {
      Node test = open_block(Node::Kind::kIf, next_label_++, {});
      // Rarely true.
      test.operands =
          List{Numeric{Opcode::kI32Eq, value(ValueType::kI32), i32_const(random_.below(4))}};
      test.body = List{percent(50) ? store() : Node{}, instruction(Opcode::kUnreachable, {})};
      nodes.push_back(std::move(test));
      break;
    }
    case 1: {
      const ValueType type = int_type();
      const bool is_i32 = type == ValueType::kI32;
      Node lhs = value(type);
      Node rhs = percent(60) ? leaf(type) : computed(type);
      const Opcode opcode = is_i32 ? pick(kDivide32) : pick(kDivide64);
      nodes.push_back(set_some(Numeric{opcode, std::move(lhs), std::move(rhs)}));
      break;
    }
    case 2: {
      const Opcode opcode = pick(kTruncate);
      const jit::OpcodeEffect& effect = jit::kOpcodeEffects[static_cast<size_t>(opcode)];
      Node node = Numeric{opcode, leaf(effect.operands[1])};
      nodes.push_back(set_some(std::move(node)));
      break;
    }
    default:
      nodes.push_back(any_call());
  }
  nodes.push_back(percent(50) ? store() : global_set());
  return sequence(std::move(nodes), {});
}

// Blocks inside each other, a table that leaves them with values, and what each makes of them.
Node FunctionGenerator::value_switch() {
  if (labels_.size() > 6) return set_from_own_value();
  const uint32_t cases = 1 + random_.below(5);
  const Types types = some_types(3);
  std::vector<Node> blocks;
  const auto outer = labels_.size();
  for (uint32_t i = 0; i < cases; ++i) {
    blocks.push_back(open_block(Node::Kind::kBlock, next_label_++, types));
    labels_.push_back({blocks.back().label, types, false});
  }
  // Operands below the branch, which it drops.
  std::vector<Node> inner;
  std::vector<Node> dropped = values(percent(50) ? Types{} : some_types(3));
  Node table = branch_table(types, types);
  for (Node& node : dropped) inner.push_back(std::move(node));
  inner.push_back(std::move(table));
  blocks.back().body = std::move(inner);
  Node node = std::move(blocks.back());
  labels_.pop_back();
  for (size_t i = blocks.size() - 1; i-- > 0;) {
    Node around = std::move(blocks[i]);
    around.body.push_back(consume(std::move(node)));
    if (percent(60)) around.body.push_back(statement());
    for (Node& result : values(types)) around.body.push_back(std::move(result));
    labels_.pop_back();
    node = std::move(around);
  }
  labels_.resize(outer);
  return consume(std::move(node));
}

// More locals than there are registers, all alive in a loop.
Node FunctionGenerator::many_homes() {
  if (rounds_ > 16 || labels_.size() > 8) return rotated_locals();
  const ValueType type = number_type();
  std::vector<uint32_t> locals;
  for (uint32_t count = 3 + random_.below(14); count > 0; --count)
    locals.push_back(percent(50) ? writable_or_new(type) : new_local(type));
  const Counter counter = new_counter();
  std::vector<Node> nodes;
  // Homes that a call has clobbered, and that are needed again in the loop only.
  if (percent(40)) nodes.push_back(any_call());
  nodes.push_back(begin_count(counter));
  Node node = open_block(Node::Kind::kLoop, next_label_++, {});
  const uint32_t rounds_outside = rounds_;
  rounds_ *= counter.rounds;
  labels_.push_back({node.label, {}, true});
  for (size_t i = 0; i < locals.size(); ++i) {
    Node own = get(locals[i]);
    Node other = percent(80) ? get(locals[(i + 1) % locals.size()]) : any_constant(type);
    node.body.push_back(
        set_local(locals[i], Numeric{binary_opcode(type), std::move(own), std::move(other)}));
    if (percent(12)) node.body.push_back(statement());
  }
  node.body.push_back(back_edge(node.label, {}, counter));
  labels_.pop_back();
  rounds_ = rounds_outside;
  is_counting_[counter.local] = false;
  nodes.push_back(std::move(node));
  return sequence(std::move(nodes), {});
}

// Locals as compilers make them: set, kept over something, read a few times, and then dead. Nothing
// else reads or writes them. What lives across a single call is not worth a callee-saved register,
// and where many do there are too few.
Node FunctionGenerator::short_lives() {
  std::vector<uint32_t> locals;
  std::vector<Node> nodes;
  for (uint32_t count = 1 + random_.below(percent(70) ? 4 : 9); count > 0; --count) {
    const ValueType type = number_type();
    Node set = percent(60) ? computed(type) : value(type);
    locals.push_back(new_local(type));
    is_private_[locals.back()] = true;
    nodes.push_back(set_local(locals.back(), std::move(set)));
  }
  nodes.push_back(percent(50) ? permuted_call() : percent(60) ? any_call() : statement());
  for (uint32_t uses = percent(20) ? 1 : 2 + random_.below(2); uses > 0; --uses) {
    for (uint32_t local : locals) {
      const ValueType type = locals_[local];
      Node own = get(local);
      Node result = Numeric{binary_opcode(type), std::move(own), leaf(type)};
      nodes.push_back(percent(30)   ? set_local(local, std::move(result))
                      : percent(50) ? show(std::move(result))
                                    : set_some(std::move(result)));
    }
    if (percent(20)) nodes.push_back(percent(50) ? any_call() : statement());
  }
  return sequence(std::move(nodes), {});
}

}  // namespace wisp::oracle
