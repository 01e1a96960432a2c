#include "tests/oracle/machine.h"

#include <algorithm>

#include "platform/check.h"
#include "tests/oracle/numeric.h"

namespace wisp::oracle {

using jit::Opcode;
using jit::TrapCode;
using jit::ValueType;

Value Frame::pop() {
  // Validation has made sure that no block takes what lies below it.
  WISP_CHECK(operands.size() > (labels.empty() ? 0 : labels.back().height));
  const Value value = operands.back();
  operands.pop_back();
  return value;
}

Value Frame::pop(ValueType type) {
  const Value value = pop();
  WISP_CHECK(value.type == type);
  return value;
}

// --- calls

Completion Machine::call(const FunctionInstance& function, std::span<const Value> arguments) {
  Step stop = enter(function, {arguments.begin(), arguments.end()});
  if (!stop) stop = run();
  if (!stop) return {Ending::kReturned, std::move(results_), TrapCode::kNone, {}};
  return {stop->ending, {}, stop->trap, trap_frames()};
}

Value Machine::evaluate(Instance& instance, const jit::ConstExpr& expression) {
  const Code code = read_expression(*instance.module, expression);
  frames_.emplace_back();
  frame().instance = &instance;
  frame().code = &code;
  for (const Instruction& instruction : code.instructions) {
    const Step stop = execute(instruction);
    WISP_CHECK(!stop);
  }
  return frame().pop();
}

// Section 4.4.10.1, "Invocation of function address".
Step Machine::enter(const FunctionInstance& function, std::vector<Value> arguments) {
  WISP_CHECK(arguments.size() == function.type.params.size());
  for (size_t i = 0; i < arguments.size(); ++i) {
    WISP_CHECK(arguments[i].type == function.type.params[i]);
  }
  if (function.instance == nullptr) return call_host(function, arguments);

  Instance& instance = *function.instance;
  const uint32_t body = function.index - instance.module->imported_functions;
  std::shared_ptr<const Code>& code = instance.bodies[body];
  if (code == nullptr) {
    code = std::make_shared<Code>(read_body(*instance.module, instance.module->bodies[body]));
  }
  Frame entered;
  entered.function = &function;
  entered.instance = &instance;
  entered.code = code.get();
  entered.locals = std::move(arguments);
  for (const ValueType type : code->locals) entered.locals.push_back({type, Certainty::kExact, 0});
  entered.labels.push_back({code->instructions.size(), function.type.results.size(), 0});

  values_ += entered.locals.size() + (frames_.empty() ? 0 : frame().operands.size());
  if (frames_.size() >= budget_.limits.max_call_depth || values_ > budget_.limits.max_values) {
    return Stop{Ending::kTooDeep, TrapCode::kStackExhausted};
  }
  frames_.push_back(std::move(entered));
  return std::nullopt;
}

Step Machine::call_host(const FunctionInstance& function, std::span<const Value> arguments) {
  std::vector<Value> results = function.host(arguments);
  WISP_CHECK(results.size() == function.type.results.size());
  if (frames_.empty()) {
    results_ = std::move(results);
    return std::nullopt;
  }
  frame().operands.insert(frame().operands.end(), results.begin(), results.end());
  return std::nullopt;
}

// Section 4.4.10.2, "Returning from a function": its results are all that is left.
void Machine::leave() {
  const Frame left = std::move(frames_.back());
  frames_.pop_back();
  const std::vector<ValueType>& types = left.function->type.results;
  WISP_CHECK(left.operands.size() == types.size());
  for (size_t i = 0; i < types.size(); ++i) WISP_CHECK(left.operands[i].type == types[i]);
  values_ -= left.locals.size();
  if (frames_.empty()) {
    results_ = left.operands;
    return;
  }
  values_ -= frame().operands.size();
  frame().operands.insert(frame().operands.end(), left.operands.begin(), left.operands.end());
}

std::vector<TrapFrame> Machine::trap_frames() const {
  std::vector<TrapFrame> frames;
  for (auto at = frames_.rbegin(); at != frames_.rend(); ++at) {
    frames.push_back({at->function->index, at->next == 0 ? 0 : at->current().offset});
  }
  return frames;
}

// --- steps

Step Machine::run() {
  while (!frames_.empty()) {
    if (fuel_-- == 0) return Stop{Ending::kOutOfFuel};
    if (const Step stop = step()) return stop;
  }
  return std::nullopt;
}

Step Machine::step() {
  if (frame().next == frame().code->instructions.size()) {
    leave();
    return std::nullopt;
  }
  return execute(frame().code->instructions[frame().next++]);
}

Step Machine::execute(const Instruction& instruction) {
  if (is_memory_instruction(instruction.opcode)) {
    return execute_memory(instruction, frame(), budget_.limits);
  }
  if (is_table_instruction(instruction.opcode)) {
    return execute_table(instruction, frame(), budget_);
  }
  return execute_control(instruction);
}

// --- control: section 4.4.8

// Section 4.4.9.1, "Entering instruction sequence with label": parameters stay above the label.
void Machine::enter_block(const Instruction& instruction, size_t continuation, size_t arity) {
  const size_t params = instruction.block.params().size();
  frame().labels.push_back({continuation, arity, frame().operands.size() - params});
}

// Its values are carried over what lies between them and the label.
void Machine::branch(size_t depth) {
  Frame& in = frame();
  const Label target = in.labels[in.labels.size() - 1 - depth];
  const auto carried = in.operands.end() - static_cast<ptrdiff_t>(target.arity);
  in.operands.erase(in.operands.begin() + static_cast<ptrdiff_t>(target.height), carried);
  in.labels.resize(in.labels.size() - 1 - depth);
  in.next = target.continuation;
}

Step Machine::execute_control(const Instruction& instruction) {
  Frame& in = frame();
  const jit::BlockType& block = instruction.block;
  switch (instruction.opcode) {
    case Opcode::kUnreachable:
      return trap(TrapCode::kUnreachable);
    case Opcode::kNop:
      return std::nullopt;
    case Opcode::kBlock:
      enter_block(instruction, instruction.end + 1, block.results().size());
      return std::nullopt;
    case Opcode::kLoop:
      // A branch to it runs the instruction itself once more, which makes the label anew.
      enter_block(instruction, in.next - 1, block.params().size());
      return std::nullopt;
    case Opcode::kIf: {
      const Value condition = in.pop(ValueType::kI32);
      if (!condition.is_exact()) return not_determined();
      enter_block(instruction, instruction.end + 1, block.results().size());
      const bool has_else = instruction.otherwise != instruction.end;
      if (condition.bits == 0) in.next = has_else ? instruction.otherwise + 1 : instruction.end;
      return std::nullopt;
    }
    case Opcode::kElse:  // the end of the first part
      in.next = instruction.end;
      return std::nullopt;
    case Opcode::kEnd:
      in.labels.pop_back();
      return std::nullopt;
    case Opcode::kBr:
    case Opcode::kBrIf:
    case Opcode::kBrTable:
    case Opcode::kReturn:
      return execute_branch(instruction);
    case Opcode::kCall:
    case Opcode::kCallIndirect:
      return execute_call(instruction);
    default:
      return execute_variable(instruction);
  }
}

Step Machine::execute_branch(const Instruction& instruction) {
  Frame& in = frame();
  switch (instruction.opcode) {
    case Opcode::kBr:
      branch(instruction.first);
      return std::nullopt;
    case Opcode::kBrIf: {
      const Value condition = in.pop(ValueType::kI32);
      if (!condition.is_exact()) return not_determined();
      if (condition.bits != 0) branch(instruction.first);
      return std::nullopt;
    }
    case Opcode::kBrTable: {
      const Value index = in.pop(ValueType::kI32);
      if (!index.is_exact()) return not_determined();
      const size_t last = instruction.labels.size() - 1;
      branch(instruction.labels[std::min<uint64_t>(index.bits, last)]);
      return std::nullopt;
    }
    default:  // return
      branch(in.labels.size() - 1);
      return std::nullopt;
  }
}

Step Machine::execute_call(const Instruction& instruction) {
  Frame& in = frame();
  const FunctionInstance* callee = nullptr;
  if (instruction.opcode == Opcode::kCall) {
    callee = in.instance->functions[instruction.first];
  } else {
    const TableInstance& table = *in.instance->tables[instruction.second];
    const Value index = in.pop(ValueType::kI32);
    if (!index.is_exact()) return not_determined();
    if (index.bits >= table.elements.size()) return trap(TrapCode::kUndefinedElement);
    callee = reinterpret_cast<const FunctionInstance*>(table.elements[index.bits].bits);
    if (callee == nullptr) return trap(TrapCode::kUninitializedElement);
    if (callee->type != in.instance->module->types[instruction.first]) {
      return trap(TrapCode::kIndirectCallTypeMismatch);
    }
  }
  const auto count = static_cast<ptrdiff_t>(callee->type.params.size());
  std::vector<Value> arguments(in.operands.end() - count, in.operands.end());
  in.operands.resize(in.operands.size() - static_cast<size_t>(count));
  return enter(*callee, std::move(arguments));
}

// --- sections 4.4.1 to 4.4.5

Step Machine::select() {
  Frame& in = frame();
  const Value condition = in.pop(ValueType::kI32);
  const Value second = in.pop();
  const Value first = in.pop(second.type);
  if (!condition.is_exact()) return not_determined();
  in.push(condition.bits != 0 ? first : second);
  return std::nullopt;
}

// clang-format off
Step Machine::execute_variable(const Instruction& instruction) {
  Frame& in = frame();
  const uint64_t index = instruction.first;
  switch (instruction.opcode) {
    case Opcode::kDrop: (void)in.pop(); return std::nullopt;
    case Opcode::kSelect: case Opcode::kSelectTyped: return select();
    case Opcode::kLocalGet: in.push(in.locals[index]); return std::nullopt;
    case Opcode::kLocalSet: in.locals[index] = in.pop(in.locals[index].type); return std::nullopt;
    case Opcode::kLocalTee:
      in.locals[index] = in.pop(in.locals[index].type);
      in.push(in.locals[index]);
      return std::nullopt;
    case Opcode::kGlobalGet: in.push(in.instance->globals[index]->value); return std::nullopt;
    case Opcode::kGlobalSet: {
      GlobalInstance& global = *in.instance->globals[index];
      global.value = in.pop(global.type.value);
      return std::nullopt;
    }
    case Opcode::kI32Const: in.push({ValueType::kI32, {}, index}); return std::nullopt;
    case Opcode::kI64Const: in.push({ValueType::kI64, {}, index}); return std::nullopt;
    case Opcode::kF32Const: in.push({ValueType::kF32, {}, index}); return std::nullopt;
    case Opcode::kF64Const: in.push({ValueType::kF64, {}, index}); return std::nullopt;
    case Opcode::kRefNull: in.push({instruction.type, {}, 0}); return std::nullopt;
    case Opcode::kRefIsNull: {
      const bool is_null = in.pop().bits == 0;
      in.push(i32(is_null));
      return std::nullopt;
    }
    case Opcode::kRefFunc: {
      const auto address = reinterpret_cast<uint64_t>(in.instance->functions[index]);
      in.push({ValueType::kFuncRef, {}, address});
      return std::nullopt;
    }
    default: return execute_numeric(instruction);
  }
}
// clang-format on

Step Machine::execute_numeric(const Instruction& instruction) {
  Frame& in = frame();
  const size_t count = jit::kOpcodeEffects[static_cast<size_t>(instruction.opcode)].pops;
  Value operands[2];
  for (size_t i = count; i-- > 0;) operands[i] = in.pop();
  const NumericResult result = apply_numeric(instruction.opcode, {operands, count});
  if (!result.is_determined) return not_determined();
  if (result.trap != TrapCode::kNone) return trap(result.trap);
  in.push(result.value);
  return std::nullopt;
}

}  // namespace wisp::oracle
