#include <algorithm>
#include <list>
#include <optional>

#include "platform/check.h"
#include "tests/oracle/run.h"
#include "tests/oracle/world.h"

namespace wisp::oracle {
namespace {

// Far more than frames of max_values and max_call_depth take: only endless recursion uses it up.
constexpr uint64_t kStackBytes = uint64_t{64} << 20;

class WispRun {
 public:
  WispRun(const std::shared_ptr<jit::Engine>& engine, const Plan& plan)
      : engine_(engine), plan_(plan), store_(engine, store_limits(plan.limits)) {}

  Result<Outcome> run(std::span<const Bytes> modules) {
    for (const Bytes bytes : modules) modules_.push_back(WISP_TRY(engine_->compile(bytes)));
    for (size_t i = 0; i < modules_.size(); ++i) {
      Completion completion = WISP_TRY(instantiate(i));
      const bool returned = completion.ending == Ending::kReturned;
      outcome_.instantiations.push_back(std::move(completion));
      if (!returned) break;
    }
    make_calls();
    WISP_TRY(store_.set_deadline(0));
    for (jit::Instance* instance : instances_) read_state(*instance);
    number_all_functions();
    return std::move(outcome_);
  }

 private:
  struct HostImport {
    WispRun* run;
    const jit::FuncType* type;
    uint32_t index;
  };

  static jit::StoreLimits store_limits(const Limits& limits) {
    jit::StoreLimits result;
    result.max_memory_bytes = limits.max_memory_bytes;
    result.max_table_elements = limits.max_table_elements;
    result.max_stack_bytes = kStackBytes;
    return result;
  }

  // The instance is kept if all went well.
  Result<Completion> instantiate(size_t index) {
    const jit::Module& module = modules_[index]->module();
    std::vector<jit::Extern> imports;
    for (size_t i = 0; i < module.imports.size(); ++i) {
      const std::optional<Supplier>& supplier = plan_.linking[index][i];
      const jit::Import& import = module.imports[i];
      imports.push_back(supplier ? instances_[supplier->module]->item(import.kind, supplier->index)
                                 : WISP_TRY(make_host_item(module, import)));
    }
    WISP_TRY(store_.set_deadline(plan_.deadline_ns));
    Result<jit::Instance*> made = store_.instantiate(modules_[index], imports);
    if (made.has_value()) {
      instances_.push_back(made.value());
      return Completion();
    }
    if (made.error().code() == ErrorCode::kTrap) return trapped();
    return std::move(made).error();
  }

  Result<jit::Extern> make_host_item(const jit::Module& module, const jit::Import& import) {
    switch (import.kind) {
      case jit::ExternKind::kFunc: {
        const jit::FuncType& type = module.types[std::get<uint32_t>(import.type)];
        const auto index = static_cast<uint32_t>(host_imports_.size());
        HostImport& host = host_imports_.emplace_back(HostImport{this, &type, index});
        return jit::Extern(store_.add_host_function(type, &answer, &host));
      }
      case jit::ExternKind::kTable:
        return jit::Extern(WISP_TRY(store_.add_table(std::get<jit::TableType>(import.type))));
      case jit::ExternKind::kMemory:
        return jit::Extern(WISP_TRY(store_.add_memory(std::get<jit::MemoryType>(import.type))));
      case jit::ExternKind::kGlobal: {
        const auto& type = std::get<jit::GlobalType>(import.type);
        const Value value = host_global(type, plan_.seed, globals_++);
        return jit::Extern(store_.add_global(type, value.bits));
      }
    }
    return Error(ErrorCode::kUnsupported, "an import of an unknown kind");
  }

  static jit::TrapCode answer(void* environment, uint64_t* slots) {
    const HostImport& host = *static_cast<HostImport*>(environment);
    WispRun& run = *host.run;
    HostCall& call = run.outcome_.host_calls.emplace_back(HostCall{host.index, {}});
    call.arguments = values_of(host.type->params, slots);
    const std::vector<Value> results =
        host_results(*host.type, run.plan_.seed, host.index, run.outcome_.host_calls.size());
    for (size_t i = 0; i < results.size(); ++i) slots[i] = results[i].bits;
    return jit::TrapCode::kNone;
  }

  static std::vector<Value> values_of(const std::vector<jit::ValueType>& types,
                                      const uint64_t* slots) {
    std::vector<Value> values;
    for (size_t i = 0; i < types.size(); ++i) {
      values.push_back({types[i], Certainty::kExact, slots[i]});
    }
    return values;
  }

  Completion trapped() const {
    const jit::Trap& trap = store_.last_trap();
    Completion completion{Ending::kTrapped, {}, trap.code, {}};
    for (const jit::Frame& frame : trap.backtrace) {
      completion.frames.push_back({frame.function_index, frame.wasm_offset});
    }
    return completion;
  }

  void make_calls() {
    for (const Call& call : plan_.calls) {
      Completion& completion = outcome_.calls.emplace_back();
      if (call.module < instances_.size()) completion = make(call);
    }
  }
  Completion make(const Call& call) {
    const jit::Module& module = modules_[call.module]->module();
    const uint32_t function = exported_function(module, call.name).value();
    const jit::FuncType& type = module.function_type(function);
    std::vector<uint64_t> slots;
    for (const Value& argument : call.arguments) slots.push_back(argument.bits);
    slots.resize(std::max(type.params.size(), type.results.size()));
    WISP_CHECK(store_.set_deadline(plan_.deadline_ns).has_value());
    const jit::FuncRef& callee = *instances_[call.module]->reference_to(function);
    if (!store_.call(callee, slots).has_value()) return trapped();
    return {Ending::kReturned, values_of(type.results, slots.data()), jit::TrapCode::kNone, {}};
  }

  void read_state(jit::Instance& instance) {
    const jit::Module& module = instance.module();
    State& state = outcome_.states.emplace_back();
    for (uint32_t i = 0; i < module.memories.size(); ++i) {
      const std::span<const uint8_t> bytes = instance.memory(i).bytes();
      state.memories.push_back({{bytes.begin(), bytes.end()}, {}});
    }
    for (uint32_t i = 0; i < module.globals.size(); ++i) {
      const auto* global =
          std::get<jit::GlobalInstance*>(instance.item(jit::ExternKind::kGlobal, i));
      state.globals.push_back({global->type.value, Certainty::kExact, *global->value});
    }
    for (uint32_t i = 0; i < module.tables.size(); ++i) {
      const jit::Table& table = instance.table(i);
      std::vector<Value>& elements = state.tables.emplace_back();
      for (uint32_t at = 0; at < table.size(); ++at) {
        elements.push_back({module.tables[i].element, Certainty::kExact, table.get(at)});
      }
    }
  }

  // `ref.func` of an import yields the instance's copy of the reference, which is as good to a
  // guest: both have the number of what it was copied from.
  void number_all_functions() {
    FunctionNumbers numbers;
    for (jit::Instance* instance : instances_) {
      for (uint32_t i = 0; i < instance->module().functions.size(); ++i) {
        const auto reference = reinterpret_cast<uint64_t>(instance->reference_to(i));
        numbers.add(reference);
        if (i >= instance->module().imported_functions) continue;
        const jit::FuncRef& copy = instance->context()->functions[i];
        numbers.add_alias(reinterpret_cast<uint64_t>(&copy), reference);
      }
    }
    number_functions(outcome_, numbers);
  }

  std::shared_ptr<jit::Engine> engine_;
  std::vector<std::shared_ptr<const jit::CompiledModule>> modules_;
  const Plan& plan_;
  jit::Store store_;
  std::vector<jit::Instance*> instances_;
  std::list<HostImport> host_imports_;
  uint32_t globals_ = 0;  // of the host, so far
  Outcome outcome_;
};

}  // namespace

Result<Outcome> run_in_wisp(const std::shared_ptr<jit::Engine>& engine,
                            std::span<const Bytes> modules, const Plan& plan) {
  return WispRun(engine, plan).run(modules);
}

}  // namespace wisp::oracle
