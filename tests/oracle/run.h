// Runs of a module in the engines that are compared: instantiation and calls of exports, with the
// world of world.h for imports.
#pragma once

#include <memory>
#include <span>

#include "jit/engine.h"
#include "tests/oracle/interpreter.h"
#include "tests/oracle/outcome.h"

namespace wisp::oracle {

struct Plan {
  std::span<const Call> calls;  // of exported functions, with arguments of their types
  uint64_t seed = 0;
  Limits limits;
  uint64_t deadline_ns = 0;  // of Wisp, for each call
};

// `module` was validated with all its functions.
Outcome run_in_interpreter(const jit::Module& module, const Plan& plan);

// Error: it could not be compiled or instantiated for another reason than a trap.
Result<Outcome> run_in_wisp(const std::shared_ptr<jit::Engine>& engine,
                            std::span<const uint8_t> bytes, const Plan& plan);

// The index of the exported function.
uint32_t exported_function(const jit::Module& module, const std::string& name);

// Gives funcrefs in all values of an outcome the numbers that Value wants: `number` makes them of
// the engine's.
template <class Number>
void number_functions(Outcome& outcome, Number number) {
  const auto visit = [&number](std::vector<Value>& values) {
    for (Value& value : values) {
      const bool is_function = value.type == jit::ValueType::kFuncRef && value.bits != 0;
      if (is_function) value.bits = number(value.bits);
    }
  };
  for (Completion& call : outcome.calls) visit(call.results);
  for (HostCall& call : outcome.host_calls) visit(call.arguments);
  visit(outcome.state.globals);
  for (std::vector<Value>& table : outcome.state.tables) visit(table);
}

}  // namespace wisp::oracle
