// Hand-assembled guests: modules whose functions are written with the host's Masm, so that the
// runtime is tested without the compiler, and with instructions that it would never emit.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "jit/engine.h"
#include "jit/x64/masm.h"

namespace wisp::jit {

class GuestBuilder {
 public:
  using Masm = x64::Masm;

  explicit GuestBuilder(Engine& engine) : engine_(engine), masm_(CpuFeatures{}) {}

  // Imports come first. Returns the function index.
  uint32_t import_function(FuncType type) {
    module_.types.push_back(std::move(type));
    auto index = static_cast<uint32_t>(module_.types.size() - 1);
    module_.imports.push_back({"host", "f", ExternKind::kFunc, index});
    module_.functions.push_back(index);
    return module_.imported_functions++;
  }
  uint32_t add_function(FuncType type, const std::function<void(Masm&)>& body) {
    module_.types.push_back(std::move(type));
    module_.functions.push_back(static_cast<uint32_t>(module_.types.size() - 1));
    module_.bodies.emplace_back();
    code_.functions_by_offset.push_back(static_cast<uint32_t>(code_.function_offsets.size()));
    code_.function_offsets.push_back(masm_.offset());
    body(masm_);
    return static_cast<uint32_t>(module_.functions.size() - 1);
  }
  // At the next instruction.
  void site(TrapCode code, uint32_t wasm_offset, uint8_t divisor = TrapSite::kNoDivisor) {
    code_.trap_sites.push_back({masm_.offset(), wasm_offset, code, divisor});
  }
  Module& module() { return module_; }

  std::shared_ptr<const CompiledModule> finish() {
    EXPECT_EQ(masm_.buffer().error(), nullptr);
    SignatureSet signatures(engine_.signatures());
    for (const FuncType& type : module_.types) EXPECT_TRUE(signatures.add(type).has_value());
    code_.arena = CodeArena::publish(masm_.buffer().bytes()).value();
    return std::make_shared<CompiledModule>(std::make_shared<const Module>(std::move(module_)),
                                            std::move(code_), std::move(signatures));
  }

 private:
  Engine& engine_;
  Module module_;
  ModuleCode code_;
  Masm masm_;
};

}  // namespace wisp::jit
