// Machine: executes instructions, core specification 2.0, section 4.4.
//
// One machine makes one call, or evaluates one constant expression. The stack of the specification
// is a list of frames here, each with its own operands and labels, so that guests do not recurse on
// the host. private: everything but `call` and `evaluate`.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "tests/oracle/code.h"
#include "tests/oracle/interpreter.h"

namespace wisp::oracle {

// Why an instruction does not let the next one run; nothing: it does.
struct Stop {
  Ending ending;
  jit::TrapCode trap = jit::TrapCode::kNone;
};
using Step = std::optional<Stop>;

inline Step trap(jit::TrapCode code) { return Stop{Ending::kTrapped, code}; }
inline Step not_determined() { return Stop{Ending::kNotDetermined}; }

// A block that was entered: where a branch to it goes, with how many values, and how many operands
// lie below them.
struct Label {
  size_t continuation = 0;
  size_t arity = 0;
  size_t height = 0;
};

struct Frame {
  const FunctionInstance* function = nullptr;  // null: a constant expression
  Instance* instance = nullptr;
  const Code* code = nullptr;
  size_t next = 0;  // the instruction that runs next
  std::vector<Value> locals;
  std::vector<Value> operands;
  std::vector<Label> labels;

  const Instruction& current() const { return code->instructions[next - 1]; }
  void push(const Value& value) { operands.push_back(value); }
  Value pop();
  // Exact, or nothing may depend on it.
  Value pop(jit::ValueType type);
};

// What a store lets a machine use and how far both may grow.
struct Budget {
  const Limits& limits;
  uint64_t& table_elements_left;
};

class Machine {
 public:
  explicit Machine(const Budget& budget) : budget_(budget), fuel_(budget.limits.fuel) {}

  Completion call(const FunctionInstance& function, std::span<const Value> arguments);
  Value evaluate(Instance& instance, const jit::ConstExpr& expression);

 private:
  Step run();
  Step step();
  Step enter(const FunctionInstance& function, std::vector<Value> arguments);
  Step call_host(const FunctionInstance& function, std::span<const Value> arguments);
  void leave();
  void enter_block(const Instruction& instruction, size_t continuation, size_t arity);
  void branch(size_t depth);

  Step execute(const Instruction& instruction);
  Step execute_control(const Instruction& instruction);
  Step execute_branch(const Instruction& instruction);
  Step execute_call(const Instruction& instruction);
  Step execute_variable(const Instruction& instruction);
  Step execute_numeric(const Instruction& instruction);
  Step select();

  std::vector<TrapFrame> trap_frames() const;
  Frame& frame() { return frames_.back(); }

  Budget budget_;
  uint64_t fuel_;
  uint64_t values_ = 0;  // in frames that are not the innermost one, and its locals
  std::vector<Frame> frames_;
  std::vector<Value> results_;
};

// Section 4.4.7. Operands are those of the frame.
Step execute_memory(const Instruction& instruction, Frame& frame, const Limits& limits);
bool is_memory_instruction(jit::Opcode opcode);

// Sections 4.4.2 and 4.4.6.
Step execute_table(const Instruction& instruction, Frame& frame, const Budget& budget);
bool is_table_instruction(jit::Opcode opcode);

// Items that go from one place to another.
struct Transfer {
  uint64_t to = 0, from = 0, count = 0;
};
// Parts that instantiation uses too. The ranges are checked; kNone: done.
jit::TrapCode init_table(TableInstance& table, std::span<const Value> elements,
                         const Transfer& range);
jit::TrapCode init_memory(MemoryInstance& memory, std::span<const uint8_t> data,
                          const Transfer& range);

}  // namespace wisp::oracle
