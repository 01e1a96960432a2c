// The oracle's interpreter as the engine of core scripts: what is compared with Wisp elsewhere is
// itself held to the suite here.
#include <list>

#include "jit/wasm/function_validator.h"
#include "jit/wasm/module_decoder.h"
#include "tests/oracle/interpreter.h"
#include "tests/spec/core_engine.h"

namespace wisp::spec {
namespace {

// The suite has loops and recursions that are longer than random programs need, and memories of
// 4 GiB only as maxima.
constexpr oracle::Limits kLimits{.fuel = 1'000'000'000,
                                 .max_values = 10'000'000,
                                 .max_call_depth = 20'000,
                                 .max_memory_bytes = uint64_t{1} << 30,
                                 .max_table_elements = 20'000'000};

class InterpretedModule : public CoreModule {
 public:
  explicit InterpretedModule(jit::Module module) : module_(std::move(module)) {}
  const jit::Module& module() const override { return module_; }

 private:
  jit::Module module_;
};

oracle::Extern to_extern(const CoreItem& item) {
  switch (item.kind) {
    case jit::ExternKind::kFunc:
      return static_cast<oracle::FunctionInstance*>(item.item);
    case jit::ExternKind::kTable:
      return static_cast<oracle::TableInstance*>(item.item);
    case jit::ExternKind::kMemory:
      return static_cast<oracle::MemoryInstance*>(item.item);
    case jit::ExternKind::kGlobal:
      return static_cast<oracle::GlobalInstance*>(item.item);
  }
  return {};
}

CoreItem to_item(const oracle::Extern& item) {
  const auto kind = static_cast<jit::ExternKind>(item.index());
  return {kind, std::visit([](auto* pointer) -> void* { return pointer; }, item)};
}

Result<void> to_result(const oracle::Completion& completion) {
  switch (completion.ending) {
    case oracle::Ending::kReturned:
      return {};
    case oracle::Ending::kTrapped:
    case oracle::Ending::kTooDeep:
      return Error(ErrorCode::kTrap, to_string(completion.trap));
    default:
      return Error(ErrorCode::kLimit, oracle::to_string(completion.ending));
  }
}

class InterpreterEngine : public CoreEngine {
 public:
  Result<std::shared_ptr<const CoreModule>> compile(std::span<const uint8_t> bytes) override {
    WISP_TRY(jit::validate_module(bytes));
    return std::shared_ptr<const CoreModule>(modules_.emplace_back(
        std::make_shared<InterpretedModule>(WISP_TRY(jit::decode_module(bytes)))));
  }

  Result<CoreInstance> instantiate(const std::shared_ptr<const CoreModule>& module,
                                   std::span<const CoreItem> imports) override {
    std::vector<oracle::Extern> given;
    for (const CoreItem& item : imports) given.push_back(to_extern(item));
    const auto made = WISP_TRY(store_.instantiate(module->module(), given));
    WISP_TRY(to_result(made.completion));
    CoreInstance instance{made.instance, {}};
    for (const jit::Export& item : module->module().exports) {
      instance.exports.emplace(item.name, to_item(made.instance->item(item.kind, item.index)));
    }
    return instance;
  }

  jit::FuncType type_of(const CoreItem& function) override {
    return static_cast<oracle::FunctionInstance*>(function.item)->type;
  }
  Result<void> call(const CoreItem& function, std::span<uint64_t> slots) override {
    const auto& callee = *static_cast<oracle::FunctionInstance*>(function.item);
    std::vector<oracle::Value> arguments;
    for (size_t i = 0; i < callee.type.params.size(); ++i) {
      arguments.push_back({callee.type.params[i], {}, slots[i]});
    }
    const oracle::Completion completion = store_.invoke(callee, arguments);
    WISP_TRY(to_result(completion));
    for (size_t i = 0; i < completion.results.size(); ++i) slots[i] = completion.results[i].bits;
    return {};
  }
  CoreGlobalValue value_of(const CoreItem& global) override {
    const oracle::Value& value = static_cast<oracle::GlobalInstance*>(global.item)->value;
    return {value.type, value.bits};
  }

  CoreItem add_host_function(std::vector<jit::ValueType> params) override {
    const auto do_nothing = [](auto) { return std::vector<oracle::Value>(); };
    return to_item(store_.add_host_function({std::move(params), {}}, do_nothing));
  }
  CoreItem add_global(const jit::GlobalType& type, uint64_t value) override {
    return to_item(store_.add_global(type, {type.value, {}, value}));
  }
  CoreItem add_table(const jit::TableType& type) override {
    return to_item(store_.add_table(type));
  }
  CoreItem add_memory(const jit::MemoryType& type) override {
    return to_item(store_.add_memory(type));
  }

 private:
  std::list<std::shared_ptr<const CoreModule>> modules_;  // instances are made of them
  oracle::Store store_{kLimits};
};

}  // namespace

std::unique_ptr<CoreEngine> make_interpreter_engine() {
  return std::make_unique<InterpreterEngine>();
}

}  // namespace wisp::spec
