// Statements, locals, calls, and the function as a whole; see function_generator.h.
#include <algorithm>

#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

using jit::Opcode;
using jit::ValueType;

namespace {

uint32_t first_own_global(const ModuleTree& module) {
  uint32_t global = 0;
  while (module.globals[global].is_imported) ++global;
  return global;
}

}  // namespace

FunctionGenerator::FunctionGenerator(test::RandomSource& random, const Profile& profile,
                                     const ModuleTree& module, uint32_t function)
    : random_(random),
      profile_(profile),
      module_(module),
      function_(function),
      fuel_(first_own_global(module)) {}

void FunctionGenerator::generate(Function& function) {
  locals_ = function.type.params;
  small_.assign(locals_.size(), false);
  is_counter_.assign(locals_.size(), false);
  is_counting_.assign(locals_.size(), false);
  is_private_.assign(locals_.size(), false);
  // Few locals, so that the same ones are written and read; at times very many.
  const uint32_t count = percent(85) ? random_.below(8) : percent(90) ? random_.below(60) : 1100;
  for (uint32_t i = 0; i < count; ++i) new_local(any_type());
  labels_.push_back({kFunctionLabel, function.type.results, false});
  budget_ = static_cast<int32_t>(5 + random_.below(profile_.max_nodes));
  while (budget_ > 0) {
    function.body.push_back(statement());
    if (random_.below(profile_.max_nodes) < 8) break;
  }
  for (Node& result : values(function.type.results)) function.body.push_back(std::move(result));
  if (takes_fuel_) function.body.insert(function.body.begin(), fuel_check());
  function.locals.assign(locals_.begin() + static_cast<ptrdiff_t>(function.type.params.size()),
                         locals_.end());
}

Node FunctionGenerator::statement() {
  --budget_;
  switch (weighted({profile_.variables, profile_.stores, profile_.calls, profile_.blocks,
                    profile_.branches, profile_.bulk, profile_.shapes, 1, 1})) {
    case 0:
      return variable();
    case 1:
      return store();
    case 2:
      return any_call();
    case 3:
      return block_statement();
    case 4:
      return branch_statement();
    case 5:
      return bulk();
    case 6:
      return shape();
    case 7:
      return instruction(Opcode::kDrop, {}, List{value(any_type())});
    default:
      return Node{};
  }
}

std::vector<Node> FunctionGenerator::statements(uint32_t count) {
  std::vector<Node> result;
  const Nesting nesting(depth_);
  for (uint32_t i = 0; i < count && budget_ > 0; ++i) result.push_back(statement());
  return result;
}

Node FunctionGenerator::bulk() {
  const bool has_tables = !module_.tables.empty();
  if (has_tables && percent(50)) return table_statement();
  if (!module_.memory.has_value()) return variable();
  return percent(15) ? consume(memory_grow()) : memory_block();
}

// ---- Locals and globals ----

uint32_t FunctionGenerator::new_local(ValueType type) {
  locals_.push_back(type);
  small_.push_back(type == ValueType::kI32);  // zero
  is_counter_.push_back(false);
  is_counting_.push_back(false);
  is_private_.push_back(false);
  return static_cast<uint32_t>(locals_.size() - 1);
}

// One of those that were written last, or any; the first ones more often than the last.
std::optional<uint32_t> FunctionGenerator::readable(ValueType type) {
  if (last_written_.has_value() && locals_[*last_written_] == type &&
      !is_private_[*last_written_] && percent(30))
    return last_written_;
  const auto count = static_cast<uint32_t>(locals_.size());
  if (count == 0) return {};
  const uint32_t start = std::min(random_.below(count), random_.below(count));
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t local = (start + i) % count;
    if (locals_[local] == type && !is_private_[local]) return local;
  }
  return {};
}

// One that was just read, and may still wait on the stack, or any.
std::optional<uint32_t> FunctionGenerator::writable(ValueType type) {
  if (last_read_.has_value() && locals_[*last_read_] == type && may_write(*last_read_) &&
      percent(40))
    return last_read_;
  const auto count = static_cast<uint32_t>(locals_.size());
  if (count == 0) return {};
  const uint32_t start = std::min(random_.below(count), random_.below(count));
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t local = (start + i) % count;
    if (locals_[local] == type && may_write(local)) return local;
  }
  return {};
}
uint32_t FunctionGenerator::writable_or_new(ValueType type) {
  const auto local = writable(type);
  return local.has_value() ? *local : new_local(type);
}

Node FunctionGenerator::get(uint32_t local) {
  last_read_ = local;
  return local_get(local, locals_[local]);
}
void FunctionGenerator::note_written(uint32_t local, bool is_small_now) {
  last_written_ = local;
  small_[local] = is_small_now;
}

Node FunctionGenerator::set_local(uint32_t local, Node value) {
  note_written(local, is_small(value, small_));
  return instruction(Opcode::kLocalSet, {}, List{std::move(value)}, local);
}
Node FunctionGenerator::set_some(Node value) {
  const uint32_t local = writable_or_new(value.results.back());
  return set_local(local, std::move(value));
}
Node FunctionGenerator::tee_local(uint32_t local, Node value) {
  note_written(local, is_small(value, small_));
  return instruction(Opcode::kLocalTee, {locals_[local]}, List{std::move(value)}, local);
}

Node FunctionGenerator::variable() {
  if (percent(12)) return global_set();
  const ValueType type = any_type();
  Node set = value(type);
  return set_some(std::move(set));
}

Node FunctionGenerator::global_set(std::optional<ValueType> type) {
  const auto count = static_cast<uint32_t>(module_.globals.size());
  const uint32_t start = random_.below(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t global = (start + i) % count;
    const jit::GlobalType& global_type = module_.globals[global].type;
    if (global == fuel_ || global_type.mutability != jit::Mutability::kVar) continue;
    if (type.has_value() && global_type.value != *type) continue;
    Node set = percent(10) ? any_constant(global_type.value) : value(global_type.value);
    return instruction(Opcode::kGlobalSet, {}, List{std::move(set)}, global);
  }
  return Node{};
}

Node FunctionGenerator::consume_one(Node node) {
  const ValueType type = node.results.back();
  Types below(node.results.begin(), node.results.end() - 1);
  if (percent(25)) return instruction(Opcode::kDrop, std::move(below), List{std::move(node)});
  const uint32_t local = writable_or_new(type);
  note_written(local, false);
  return instruction(Opcode::kLocalSet, std::move(below), List{std::move(node)}, local);
}
Node FunctionGenerator::consume(Node node) {
  while (!node.results.empty()) node = consume_one(std::move(node));
  return node;
}

// ---- Calls ----

// Mostly of functions behind this one, so that most calls end by themselves.
uint32_t FunctionGenerator::pick_callee() {
  const uint32_t count = module_.function_count();
  const auto imported = static_cast<uint32_t>(module_.imported_functions.size());
  if (imported != 0 && percent(20)) return random_.below(imported);
  if (percent(10) || function_ + 1 == count) return random_.below(count);
  return function_ + 1 + random_.below(count - function_ - 1);
}

Node FunctionGenerator::call(uint32_t callee) {
  takes_fuel_ = takes_fuel_ || callee >= module_.imported_functions.size();
  const jit::FuncType& type = module_.function_type(callee);
  return instruction(Opcode::kCall, type.results, values(type.params), callee);
}

// Through the table: a good entry mostly; else null, of another type, or none.
Node FunctionGenerator::call_indirect(uint32_t callee) {
  if (module_.elements.empty() || !module_.elements[0].is_active) return call(callee);
  takes_fuel_ = true;
  const auto& functions = module_.elements[0].functions;
  const auto found = std::find(functions.begin(), functions.end(), callee);
  if (found == functions.end()) return call(callee);
  const uint32_t good =
      module_.elements[0].offset + static_cast<uint32_t>(found - functions.begin());
  const jit::FuncType& type = module_.function_type(callee);
  std::vector<Node> operands = values(type.params);
  switch (weighted({60, 25, 3, 1})) {
    case 0:
      operands.push_back(i32_const(good));
      break;
    case 1: {  // the same, but not known to the compiler
      Node zero = Numeric{Opcode::kI32And, value(ValueType::kI32), i32_const(0)};
      operands.push_back(Numeric{Opcode::kI32Add, std::move(zero), i32_const(good)});
      break;
    }
    case 2:
      operands.push_back(index_below(static_cast<uint32_t>(functions.size())));
      break;
    default:
      operands.push_back(value(ValueType::kI32));
  }
  const uint32_t table = module_.elements[0].table;
  Node node = instruction(Opcode::kCallIndirect, type.results, std::move(operands), table);
  node.type = type;
  return node;
}

Node FunctionGenerator::any_call() {
  const uint32_t callee = pick_callee();
  return consume(percent(35) ? call_indirect(callee) : call(callee));
}

// A call whose first result is of this type; the others go elsewhere.
Node FunctionGenerator::call_of(ValueType first_result) {
  for (int tries = 0; tries < 6; ++tries) {
    const uint32_t callee = pick_callee();
    const Types& results = module_.function_type(callee).results;
    if (results.empty() || results[0] != first_result) continue;
    Node node = percent(35) ? call_indirect(callee) : call(callee);
    while (node.results.size() > 1) node = consume_one(std::move(node));
    return node;
  }
  return leaf(first_result);
}

}  // namespace wisp::oracle
