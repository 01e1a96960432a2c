// Wisp as the engine of core scripts.
#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "tests/spec/core_engine.h"

namespace wisp::spec {
namespace {

class WispModule : public CoreModule {
 public:
  explicit WispModule(std::shared_ptr<const jit::CompiledModule> compiled)
      : compiled_(std::move(compiled)) {}
  const jit::Module& module() const override { return compiled_->module(); }
  const std::shared_ptr<const jit::CompiledModule>& compiled() const { return compiled_; }

 private:
  std::shared_ptr<const jit::CompiledModule> compiled_;
};

jit::Extern to_extern(const CoreItem& item) {
  switch (item.kind) {
    case jit::ExternKind::kFunc:
      return static_cast<jit::FuncRef*>(item.item);
    case jit::ExternKind::kTable:
      return static_cast<jit::Table*>(item.item);
    case jit::ExternKind::kMemory:
      return static_cast<jit::Memory*>(item.item);
    case jit::ExternKind::kGlobal:
      return static_cast<jit::GlobalInstance*>(item.item);
  }
  return {};
}

CoreItem to_item(const jit::Extern& item) {
  const auto kind = static_cast<jit::ExternKind>(item.index());
  return {kind, std::visit([](auto* pointer) -> void* { return pointer; }, item)};
}

jit::TrapCode do_nothing(void*, uint64_t*) { return jit::TrapCode::kNone; }

class WispEngine : public CoreEngine {
 public:
  explicit WispEngine(const std::shared_ptr<jit::Engine>& engine)
      : engine_(engine), store_(engine) {}

  Result<std::shared_ptr<const CoreModule>> compile(std::span<const uint8_t> bytes) override {
    auto compiled = WISP_TRY(engine_->compile(bytes));
    return std::shared_ptr<const CoreModule>(std::make_shared<WispModule>(std::move(compiled)));
  }

  Result<CoreInstance> instantiate(const std::shared_ptr<const CoreModule>& module,
                                   std::span<const CoreItem> imports) override {
    std::vector<jit::Extern> given;
    for (const CoreItem& item : imports) given.push_back(to_extern(item));
    const auto& compiled = static_cast<const WispModule&>(*module).compiled();
    jit::Instance* instance = WISP_TRY(store_.instantiate(compiled, given));
    CoreInstance made{instance, {}};
    for (const jit::Export& item : module->module().exports) {
      made.exports.emplace(item.name, to_item(instance->item(item.kind, item.index)));
    }
    return made;
  }

  jit::FuncType type_of(const CoreItem& function) override {
    return store_.type_of(*static_cast<jit::FuncRef*>(function.item));
  }
  Result<void> call(const CoreItem& function, std::span<uint64_t> slots) override {
    return store_.call(*static_cast<jit::FuncRef*>(function.item), slots);
  }
  CoreGlobalValue value_of(const CoreItem& global) override {
    const auto& instance = *static_cast<jit::GlobalInstance*>(global.item);
    return {instance.type.value, *instance.value};
  }

  CoreItem add_host_function(std::vector<jit::ValueType> params) override {
    return to_item(store_.add_host_function({std::move(params), {}}, &do_nothing, nullptr));
  }
  CoreItem add_global(const jit::GlobalType& type, uint64_t value) override {
    return to_item(store_.add_global(type, value));
  }
  CoreItem add_table(const jit::TableType& type) override {
    return to_item(store_.add_table(type).value());
  }
  CoreItem add_memory(const jit::MemoryType& type) override {
    return to_item(store_.add_memory(type).value());
  }

 private:
  std::shared_ptr<jit::Engine> engine_;
  jit::Store store_;
};

}  // namespace

std::unique_ptr<CoreEngine> make_wisp_engine(const std::shared_ptr<jit::Engine>& engine) {
  return std::make_unique<WispEngine>(engine);
}

}  // namespace wisp::spec
