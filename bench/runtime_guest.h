// The instance that the benches of calls and traps run: tests/jit/runtime/guest.wat.
#pragma once

#include <fstream>
#include <iterator>
#include <memory>
#include <string_view>
#include <vector>

#include "jit/engine.h"

namespace wisp::jit {

class RuntimeGuest {
 public:
  RuntimeGuest() {
    std::ifstream file(WISP_SOURCE_DIR "/tests/jit/runtime/guest.wasm", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
    module_ = engine_->compile(bytes_).value();
    store_ = std::make_unique<Store>(engine_);
    auto host = [](void*, uint64_t* values) {
      values[0] += values[1];
      return TrapCode::kNone;
    };
    Extern imports[] = {store_->add_host_function(
        {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, host, nullptr)};
    instance_ = store_->instantiate(module_, imports).value();
  }

  Store& store() { return *store_; }
  const std::shared_ptr<Engine>& engine() { return engine_; }
  const std::shared_ptr<const CompiledModule>& module() { return module_; }
  const FuncRef& function(std::string_view name) {
    return *std::get<FuncRef*>(*instance_->find_export(name));
  }

 private:
  std::shared_ptr<Engine> engine_ = Engine::create().value();
  std::vector<uint8_t> bytes_;
  std::shared_ptr<const CompiledModule> module_;
  std::unique_ptr<Store> store_;
  Instance* instance_ = nullptr;
};

}  // namespace wisp::jit
