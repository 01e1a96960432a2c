// CoreEngine: what runs the core modules of a script, Wisp or the oracle's interpreter.
//
// Items are pointers that belong to the engine, which lives as long as the script. Values are in
// slots as jit::HostCode has them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "jit/engine.h"
#include "jit/wasm/module.h"
#include "platform/result.h"

namespace wisp::spec {

// A module that may be instantiated.
class CoreModule {
 public:
  virtual ~CoreModule() = default;
  virtual const jit::Module& module() const = 0;
};

struct CoreItem {
  jit::ExternKind kind = jit::ExternKind::kFunc;
  void* item = nullptr;
};

// Items of an instance by name; what `register` binds.
using Namespace = std::map<std::string, CoreItem, std::less<>>;

struct CoreInstance {
  const void* identity = nullptr;
  Namespace exports;
};

struct CoreGlobalValue {
  jit::ValueType type = jit::ValueType::kI32;
  uint64_t slot = 0;
};

class CoreEngine {
 public:
  virtual ~CoreEngine() = default;

  // `bytes` outlive the engine. Errors as jit::Engine::compile.
  virtual Result<std::shared_ptr<const CoreModule>> compile(std::span<const uint8_t> bytes) = 0;
  // One item for each import, in their order. Errors as jit::Store::instantiate.
  virtual Result<CoreInstance> instantiate(const std::shared_ptr<const CoreModule>& module,
                                           std::span<const CoreItem> imports) = 0;

  virtual jit::FuncType type_of(const CoreItem& function) = 0;
  // `slots` has room for the larger of arguments and results. Error kTrap.
  virtual Result<void> call(const CoreItem& function, std::span<uint64_t> slots) = 0;
  virtual CoreGlobalValue value_of(const CoreItem& global) = 0;

  // Items of the host. The function takes these and does nothing.
  virtual CoreItem add_host_function(std::vector<jit::ValueType> params) = 0;
  virtual CoreItem add_global(const jit::GlobalType& type, uint64_t value) = 0;
  virtual CoreItem add_table(const jit::TableType& type) = 0;
  virtual CoreItem add_memory(const jit::MemoryType& type) = 0;
};

std::unique_ptr<CoreEngine> make_wisp_engine(const std::shared_ptr<jit::Engine>& engine);
std::unique_ptr<CoreEngine> make_interpreter_engine();

}  // namespace wisp::spec
