#include <optional>

#include "platform/check.h"
#include "tests/oracle/run.h"
#include "tests/oracle/world.h"

namespace wisp::oracle {
namespace {

class InterpreterRun {
 public:
  InterpreterRun(std::span<const jit::Module> modules, const Plan& plan)
      : modules_(modules), plan_(plan), store_(plan.limits) {}

  Outcome run() {
    for (size_t i = 0; i < modules_.size(); ++i) {
      Completion completion = instantiate(i);
      const bool returned = completion.ending == Ending::kReturned;
      outcome_.instantiations.push_back(std::move(completion));
      if (!returned) break;
    }
    if (is_conclusive(outcome_.instantiations.back().ending)) make_calls();
    for (const Instance* instance : instances_) read_state(*instance);
    number_all_functions();
    return std::move(outcome_);
  }

 private:
  // The instance is kept if all went well.
  Completion instantiate(size_t index) {
    const jit::Module& module = modules_[index];
    std::vector<Extern> imports;
    for (size_t i = 0; i < module.imports.size(); ++i) {
      const std::optional<Supplier>& supplier = plan_.linking[index][i];
      const jit::Import& import = module.imports[i];
      const std::optional<Extern> given =
          supplier ? instances_[supplier->module]->item(import.kind, supplier->index)
                   : make_host_item(module, import);
      if (!given) return {Ending::kLimit, {}, {}, {}};
      imports.push_back(*given);
    }
    Store::Instantiation made = store_.instantiate(module, imports).value();
    if (made.completion.ending == Ending::kReturned) instances_.push_back(made.instance);
    return std::move(made.completion);
  }

  // Nothing: it would be above the limits.
  std::optional<Extern> make_host_item(const jit::Module& module, const jit::Import& import) {
    switch (import.kind) {
      case jit::ExternKind::kFunc: {
        const jit::FuncType& type = module.types[std::get<uint32_t>(import.type)];
        const uint32_t index = functions_++;
        return store_.add_host_function(
            type, [this, &type, index](std::span<const Value> arguments) {
              outcome_.host_calls.push_back({index, {arguments.begin(), arguments.end()}});
              return host_results(type, plan_.seed, index, outcome_.host_calls.size());
            });
      }
      case jit::ExternKind::kTable: {
        TableInstance* table = store_.add_table(std::get<jit::TableType>(import.type));
        if (table == nullptr) return std::nullopt;
        return table;
      }
      case jit::ExternKind::kMemory: {
        MemoryInstance* memory = store_.add_memory(std::get<jit::MemoryType>(import.type));
        if (memory == nullptr) return std::nullopt;
        return memory;
      }
      case jit::ExternKind::kGlobal: {
        const auto& type = std::get<jit::GlobalType>(import.type);
        return store_.add_global(type, host_global(type, plan_.seed, globals_++));
      }
    }
    return std::nullopt;
  }

  void make_calls() {
    for (const Call& call : plan_.calls) {
      Completion& completion = outcome_.calls.emplace_back();
      if (call.module >= instances_.size()) continue;
      const uint32_t function = exported_function(modules_[call.module], call.name).value();
      const FunctionInstance& callee = *instances_[call.module]->functions[function];
      completion = store_.invoke(callee, call.arguments);
      if (!is_conclusive(completion.ending)) return;
    }
  }

  void read_state(const Instance& instance) {
    State& state = outcome_.states.emplace_back();
    for (MemoryInstance* memory : instance.memories) {
      state.memories.push_back({memory->bytes, memory->unknown});
    }
    for (const GlobalInstance* global : instance.globals) state.globals.push_back(global->value);
    for (const TableInstance* table : instance.tables) state.tables.push_back(table->elements);
  }

  void number_all_functions() {
    FunctionNumbers numbers;
    for (const Instance* instance : instances_) {
      for (const FunctionInstance* function : instance->functions) {
        numbers.add(reinterpret_cast<uint64_t>(function));
      }
    }
    number_functions(outcome_, numbers);
  }

  std::span<const jit::Module> modules_;
  const Plan& plan_;
  Store store_;
  std::vector<Instance*> instances_;
  uint32_t functions_ = 0;  // of the host, so far
  uint32_t globals_ = 0;
  Outcome outcome_;
};

}  // namespace

Outcome run_in_interpreter(std::span<const jit::Module> modules, const Plan& plan) {
  return InterpreterRun(modules, plan).run();
}

}  // namespace wisp::oracle
