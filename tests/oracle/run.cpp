#include "tests/oracle/run.h"

#include <algorithm>

namespace wisp::oracle {

std::optional<uint32_t> exported_function(const jit::Module& module, const std::string& name) {
  const auto found =
      std::find_if(module.exports.begin(), module.exports.end(), [&name](const jit::Export& item) {
        return item.kind == jit::ExternKind::kFunc && item.name == name;
      });
  if (found == module.exports.end()) return std::nullopt;
  return found->index;
}

void number_functions(Outcome& outcome, const FunctionNumbers& numbers) {
  const auto visit = [&numbers](std::vector<Value>& values) {
    for (Value& value : values) {
      const bool is_function = value.type == jit::ValueType::kFuncRef && value.bits != 0;
      if (is_function) value.bits = numbers.of(value.bits);
    }
  };
  for (Completion& call : outcome.calls) visit(call.results);
  for (HostCall& call : outcome.host_calls) visit(call.arguments);
  for (State& state : outcome.states) {
    visit(state.globals);
    for (std::vector<Value>& table : state.tables) visit(table);
  }
}

}  // namespace wisp::oracle
