// Blocks, loops, branches, fuel; see function_generator.h.
#include <algorithm>

#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

using jit::Opcode;
using jit::ValueType;

namespace {

constexpr uint32_t kMaxOpenLabels = 12;
// Rounds of loops inside each other, multiplied.
constexpr uint32_t kMaxRounds = 60;
constexpr uint32_t kFuel = 50;

Node incoming(const Types& params) {
  Node node;
  node.kind = Node::Kind::kIncoming;
  node.results = params;
  return node;
}
Node block_node(Node::Kind kind, uint32_t label, const Types& params, const Types& results) {
  Node node;
  node.kind = kind;
  node.label = label;
  node.type = {params, results};
  node.results = results;
  return node;
}
void append(std::vector<Node>& list, std::vector<Node> more) {
  for (Node& node : more) list.push_back(std::move(node));
}

}  // namespace

// ---- Blocks ----

Node FunctionGenerator::block_statement() {
  if (labels_.size() > kMaxOpenLabels) return variable();
  const Types params = percent(75) ? Types{} : some_types(3);
  const Types results = percent(70) ? Types{} : percent(50) ? params : some_types(4);
  switch (weighted({3, 4, 4})) {
    case 0:
      return consume(block(params, results));
    case 1:
      return consume(if_else(params, results));
    default:
      return consume(loop(params, results));
  }
}

// The label is open already.
std::vector<Node> FunctionGenerator::block_body(const Types& params, const Types& results) {
  std::vector<Node> body;
  Node taken = incoming(params);
  if (params.size() > 1 && percent(30)) {
    // The lowest parameter waits for what follows.
    while (taken.results.size() > 1) taken = consume_one(std::move(taken));
    std::vector<Node> waiting = List{std::move(taken)};
    append(waiting, statements(1 + random_.below(2)));
    taken = sequence(std::move(waiting), {params[0]});
  }
  if (!params.empty()) body.push_back(consume(std::move(taken)));
  append(body, statements(random_.below(4)));
  if (percent(results.empty() ? 6 : 10)) {
    body.push_back(jump(results));
    // What follows cannot be reached.
    append(body, statements(percent(50) ? 1 + random_.below(3) : 0));
  } else {
    append(body, values(results));
  }
  return body;
}

Node FunctionGenerator::block(const Types& params, const Types& results) {
  Node node = block_node(Node::Kind::kBlock, next_label_++, params, results);
  node.operands = values(params);
  labels_.push_back({node.label, results, false});
  node.body = block_body(params, results);
  labels_.pop_back();
  return node;
}

Node FunctionGenerator::if_else(const Types& params, const Types& results) {
  Node node = block_node(Node::Kind::kIf, next_label_++, params, results);
  node.operands = values(params);
  node.operands.push_back(percent(4) ? i32_const(random_.below(2)) : condition());
  labels_.push_back({node.label, results, false});
  node.body = block_body(params, results);
  node.has_else = params != results || percent(50);
  if (node.has_else) node.else_body = block_body(params, results);
  labels_.pop_back();
  return node;
}

// ---- Loops ----

Node FunctionGenerator::loop(const Types& params, const Types& results) {
  if (rounds_ > kMaxRounds || labels_.size() > kMaxOpenLabels) return block(params, results);
  if (params.empty() && results.empty() && percent(25)) return while_loop();
  if (percent(88)) return counted_loop(params, results);
  // One that nothing goes back to.
  Node node = block_node(Node::Kind::kLoop, next_label_++, params, results);
  node.operands = values(params);
  labels_.push_back({node.label, params, true});
  node.body = block_body(params, results);
  labels_.pop_back();
  return node;
}

FunctionGenerator::Counter FunctionGenerator::new_counter() {
  Counter counter;
  counter.style = static_cast<Counter::Style>(random_.below(Counter::kStyles));
  counter.rounds = 2 + random_.below(4);
  const ValueType type = counter.style == Counter::kDownI64 ? ValueType::kI64
                         : counter.style == Counter::kUpF64 ? ValueType::kF64
                                                            : ValueType::kI32;
  counter.local = kNoCounter;
  for (uint32_t local = 0; local < locals_.size() && percent(50); ++local) {
    if (is_counter_[local] && !is_counting_[local] && locals_[local] == type) counter.local = local;
  }
  if (counter.local == kNoCounter) counter.local = new_local(type);
  is_counter_[counter.local] = is_counting_[counter.local] = true;
  return counter;
}

Node FunctionGenerator::begin_count(const Counter& counter) {
  const bool counts_down = counter.style <= Counter::kDownI64;
  Node start = constant(locals_[counter.local], counts_down ? counter.rounds : 0);
  if (counter.style == Counter::kDownSigned && percent(40)) {
    start = Numeric{Opcode::kI32Add, Numeric{Opcode::kI32And, leaf(ValueType::kI32), i32_const(3)},
                    i32_const(1)};
  }
  return set_local(counter.local, std::move(start));
}

// A condition that holds as often as the counter says.
Node FunctionGenerator::count(const Counter& counter) {
  const uint32_t local = counter.local;
  const ValueType type = locals_[local];
  switch (counter.style) {
    case Counter::kDown:
      return tee_local(local, Numeric{Opcode::kI32Sub, get(local), i32_const(1)});
    case Counter::kDownSigned:
      return sequence(List{set_local(local, Numeric{Opcode::kI32Add, get(local), i32_const(~0u)}),
                           Numeric{Opcode::kI32GtS, get(local), i32_const(0)}},
                      {ValueType::kI32});
    case Counter::kDownI64: {
      Node next = Numeric{Opcode::kI64Sub, get(local), constant(type, 1)};
      return Numeric{Opcode::kI64Ne, tee_local(local, std::move(next)), constant(type, 0)};
    }
    case Counter::kUp: {
      Node next = Numeric{Opcode::kI32Add, get(local), i32_const(1)};
      return Numeric{percent(50) ? Opcode::kI32LtU : Opcode::kI32Ne,
                     tee_local(local, std::move(next)), i32_const(counter.rounds)};
    }
    case Counter::kUpF64: {
      constexpr uint64_t kOne = 0x3ff0000000000000;
      constexpr uint64_t kFour = 0x4010000000000000;
      Node next = Numeric{Opcode::kF64Add, get(local), constant(type, kOne)};
      return Numeric{Opcode::kF64Lt, tee_local(local, std::move(next)), constant(type, kFour)};
    }
    case Counter::kFuel:
      return sequence(
          List{take_fuel(), Numeric{Opcode::kI32GtS,
                                    instruction(Opcode::kGlobalGet, {ValueType::kI32}, {}, fuel_),
                                    i32_const(0)}},
          {ValueType::kI32});
  }
  return i32_const(0);
}

Node FunctionGenerator::back_edge(uint32_t label, const Types& params, const Counter& counter) {
  std::vector<Node> carried = values(params);
  Node goes_on = count(counter);
  if (percent(20)) goes_on = Numeric{Opcode::kI32Eqz, Numeric{Opcode::kI32Eqz, std::move(goes_on)}};
  if (percent(8)) goes_on = Numeric{Opcode::kI32And, std::move(goes_on), i32_const(~0u)};
  if (percent(75)) {
    carried.push_back(std::move(goes_on));
    Node node = instruction(Opcode::kBrIf, params, std::move(carried));
    node.labels = {label};
    return node;
  }
  // By a jump in an if. What is carried is dropped, and made anew for the way out.
  Node taken = block_node(Node::Kind::kIf, next_label_++, params, params);
  taken.operands = std::move(carried);
  taken.operands.push_back(std::move(goes_on));
  Node jump = instruction(Opcode::kBr, params, List{incoming(params)});
  jump.labels = {label};
  taken.body.push_back(std::move(jump));
  return taken;
}

Node FunctionGenerator::counted_loop(const Types& params, const Types& results) {
  const Counter counter = new_counter();
  Node begin = begin_count(counter);
  Node node = block_node(Node::Kind::kLoop, next_label_++, params, results);
  node.operands = values(params);
  const uint32_t rounds_outside = rounds_;
  rounds_ *= counter.rounds;
  labels_.push_back({node.label, params, true});
  if (!params.empty()) node.body.push_back(consume(incoming(params)));
  append(node.body, statements(1 + random_.below(3)));
  Node edge = back_edge(node.label, params, counter);
  if (results == params && percent(80)) {
    node.body.push_back(std::move(edge));
  } else {
    node.body.push_back(consume(std::move(edge)));
    append(node.body, values(results));
  }
  labels_.pop_back();
  rounds_ = rounds_outside;
  is_counting_[counter.local] = false;
  return sequence(List{std::move(begin), std::move(node)}, results);
}

// (block (loop (br_if out of it) ... (br back))), or back by a table.
Node FunctionGenerator::while_loop() {
  const Counter counter = new_counter();
  Node begin = begin_count(counter);
  Node outside = block_node(Node::Kind::kBlock, next_label_++, {}, {});
  Node node = block_node(Node::Kind::kLoop, next_label_++, {}, {});
  const uint32_t rounds_outside = rounds_;
  rounds_ *= counter.rounds;
  labels_.push_back({outside.label, {}, false});
  labels_.push_back({node.label, {}, true});
  if (percent(70)) {
    Node leave = instruction(Opcode::kBrIf, {}, List{Numeric{Opcode::kI32Eqz, count(counter)}});
    leave.labels = {outside.label};
    node.body.push_back(std::move(leave));
    append(node.body, statements(1 + random_.below(3)));
    Node back = instruction(Opcode::kBr, {});
    back.labels = {node.label};
    node.body.push_back(std::move(back));
  } else {
    append(node.body, statements(1 + random_.below(3)));
    Node table = instruction(Opcode::kBrTable, {}, List{Numeric{Opcode::kI32Eqz, count(counter)}});
    table.labels = {node.label, outside.label};
    for (uint32_t more = random_.below(4); more > 0; --more) table.labels.push_back(outside.label);
    node.body.push_back(std::move(table));
  }
  labels_.resize(labels_.size() - 2);
  rounds_ = rounds_outside;
  is_counting_[counter.local] = false;
  outside.body.push_back(std::move(node));
  return sequence(List{std::move(begin), std::move(outside)}, {});
}

// ---- Branches ----

const FunctionGenerator::OpenLabel& FunctionGenerator::pick_label() {
  const auto count = static_cast<uint32_t>(labels_.size());
  const uint32_t start = percent(50) ? count - 1 : random_.below(count);
  for (uint32_t i = 0; i < count; ++i) {
    const OpenLabel& label = labels_[(start + count - i) % count];
    if (!label.is_loop) return label;
  }
  return labels_[0];
}

Node FunctionGenerator::branch_if(const OpenLabel& target) {
  const Types types = target.types;
  const uint32_t label = target.label;
  std::vector<Node> operands = values(types);
  operands.push_back(percent(6) ? i32_const(random_.below(2)) : condition());
  Node node = instruction(Opcode::kBrIf, types, std::move(operands));
  node.labels = {label};
  return node;
}

Node FunctionGenerator::branch_statement() {
  switch (weighted({50, 25, labels_.size() > 1 ? 5u : 1u})) {
    case 0:
      return consume(branch_if(pick_label()));
    case 1: {
      if (labels_.size() > kMaxOpenLabels) return variable();
      Node node = block_node(Node::Kind::kIf, next_label_++, {}, {});
      node.operands = List{condition()};
      labels_.push_back({node.label, {}, false});
      node.body = statements(random_.below(2));
      node.body.push_back(jump({}));
      labels_.pop_back();
      return node;
    }
    default:
      return jump({});
  }
}

// Code behind it is not reached: it may claim to leave any values.
Node FunctionGenerator::jump(const Types& claimed) {
  switch (weighted({50, 15, 5, 25})) {
    case 0: {
      const OpenLabel& target = pick_label();
      const uint32_t label = target.label;
      Node node = instruction(Opcode::kBr, claimed, values(Types(target.types)));
      node.labels = {label};
      return node;
    }
    case 1:
      return instruction(Opcode::kReturn, claimed, values(Types(labels_[0].types)));
    case 2:
      return instruction(Opcode::kUnreachable, claimed);
    default:
      return branch_table(Types(pick_label().types), claimed);
  }
}

Node FunctionGenerator::branch_table(const Types& types, const Types& claimed) {
  std::vector<uint32_t> candidates;
  for (const OpenLabel& label : labels_) {
    if (!label.is_loop && label.types == types) candidates.push_back(label.label);
  }
  const uint32_t count = percent(45) ? random_.below(4) : percent(90) ? random_.below(24) : 300;
  std::vector<uint32_t> labels(count + 1);
  for (uint32_t& label : labels) label = pick(candidates);
  std::vector<Node> operands = values(types);
  operands.push_back(index_below(count + 2));
  Node node = instruction(Opcode::kBrTable, claimed, std::move(operands));
  node.labels = std::move(labels);
  return node;
}

// A conditional branch that takes a value along, which stays if it is not taken.
Node FunctionGenerator::branch_if_value(ValueType type) {
  for (size_t i = labels_.size(); i-- > 0;) {
    if (!labels_[i].is_loop && labels_[i].types == Types{type}) return branch_if(labels_[i]);
  }
  return if_else({}, {type});
}

// ---- Fuel ----

Node FunctionGenerator::take_fuel() const {
  Node fuel = instruction(Opcode::kGlobalGet, {ValueType::kI32}, {}, fuel_);
  return instruction(Opcode::kGlobalSet, {},
                     List{Numeric{Opcode::kI32Sub, std::move(fuel), i32_const(1)}}, fuel_);
}

Node FunctionGenerator::fuel_check() {
  Node fuel = instruction(Opcode::kGlobalGet, {ValueType::kI32}, {}, fuel_);
  Node empty = block_node(Node::Kind::kIf, next_label_++, {}, {});
  empty.operands = List{Numeric{Opcode::kI32LeS, std::move(fuel), i32_const(0)}};
  empty.body = List{instruction(Opcode::kGlobalSet, {}, List{i32_const(kFuel)}, fuel_),
                    instruction(Opcode::kUnreachable, {})};
  return sequence(List{std::move(empty), take_fuel()}, {});
}

}  // namespace wisp::oracle
