#include <algorithm>

#include "platform/check.h"
#include "tests/oracle/run.h"
#include "tests/oracle/world.h"

namespace wisp::oracle {
namespace {

class InterpreterRun {
 public:
  InterpreterRun(const jit::Module& module, const Plan& plan)
      : module_(module), plan_(plan), store_(plan.limits) {}

  Outcome run() {
    std::vector<Extern> imports;
    for (const jit::Import& import : module_.imports) {
      if (!supply(import, imports)) {
        outcome_.instantiation.ending = Ending::kLimit;
        return std::move(outcome_);
      }
    }
    Store::Instantiation made = store_.instantiate(module_, imports).value();
    instance_ = made.instance;
    outcome_.instantiation = std::move(made.completion);
    if (outcome_.instantiation.ending == Ending::kReturned) {
      make_calls();
      read_state();
    }
    number_functions(outcome_, [this](uint64_t address) { return number(address); });
    return std::move(outcome_);
  }

 private:
  bool supply(const jit::Import& import, std::vector<Extern>& imports) {
    switch (import.kind) {
      case jit::ExternKind::kFunc: {
        const jit::FuncType& type = module_.types[std::get<uint32_t>(import.type)];
        const uint32_t index = functions_++;
        imports.push_back(
            store_.add_host_function(type, [this, &type, index](std::span<const Value> arguments) {
              outcome_.host_calls.push_back({index, {arguments.begin(), arguments.end()}});
              return host_results(type, plan_.seed, index, outcome_.host_calls.size());
            }));
        return true;
      }
      case jit::ExternKind::kTable: {
        TableInstance* table = store_.add_table(std::get<jit::TableType>(import.type));
        imports.push_back(table);
        return table != nullptr;
      }
      case jit::ExternKind::kMemory: {
        MemoryInstance* memory = store_.add_memory(std::get<jit::MemoryType>(import.type));
        imports.push_back(memory);
        return memory != nullptr;
      }
      case jit::ExternKind::kGlobal: {
        const auto& type = std::get<jit::GlobalType>(import.type);
        imports.push_back(store_.add_global(type, imported_global(type, plan_.seed, globals_++)));
        return true;
      }
    }
    return false;
  }

  void make_calls() {
    for (const Call& call : plan_.calls) {
      const uint32_t function = exported_function(module_, call.name);
      outcome_.calls.push_back(store_.invoke(*instance_->functions[function], call.arguments));
      if (!is_conclusive(outcome_.calls.back().ending)) return;
    }
  }

  void read_state() {
    State& state = outcome_.state;
    for (MemoryInstance* memory : instance_->memories) {
      state.memories.push_back({memory->bytes, memory->unknown});
    }
    for (const GlobalInstance* global : instance_->globals) state.globals.push_back(global->value);
    for (const TableInstance* table : instance_->tables) state.tables.push_back(table->elements);
  }

  // Without an instance to look in, some function.
  uint64_t number(uint64_t address) const {
    if (outcome_.instantiation.ending != Ending::kReturned) return 1;
    const auto& functions = instance_->functions;
    const auto found = std::find(functions.begin(), functions.end(),
                                 reinterpret_cast<const FunctionInstance*>(address));
    WISP_CHECK(found != functions.end());
    return static_cast<uint64_t>(found - functions.begin()) + 1;
  }

  const jit::Module& module_;
  const Plan& plan_;
  Store store_;
  Instance* instance_ = nullptr;
  uint32_t functions_ = 0;  // imported so far
  uint32_t globals_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome run_in_interpreter(const jit::Module& module, const Plan& plan) {
  return InterpreterRun(module, plan).run();
}

uint32_t exported_function(const jit::Module& module, const std::string& name) {
  const auto found =
      std::find_if(module.exports.begin(), module.exports.end(), [&name](const jit::Export& item) {
        return item.kind == jit::ExternKind::kFunc && item.name == name;
      });
  WISP_CHECK(found != module.exports.end());
  return found->index;
}

}  // namespace wisp::oracle
