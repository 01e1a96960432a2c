// Engine: compiles core modules. Immutable once made and shared between threads.
//
// The only file of the engine that names both architectures. The component layer sees this header
// and jit/runtime.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "jit/compiler/module_context.h"
#include "jit/runtime/adapter_context.h"
#include "jit/runtime/code_services.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/store.h"
#include "jit/runtime/table.h"
#include "jit/wasm/module.h"
#include "platform/cpu_features.h"
#include "platform/result.h"

namespace wisp::jit {

struct AdapterShape;

struct EngineOptions {
  unsigned compile_threads = 0;  // 0: as many as there are cores, for modules that are worth it
  // Parts of the compiler to leave out: homes,folding,fusion; and extensions, what the processor
  // has beyond what Wisp requires.
  std::string disabled;
  uint64_t checks_seed = 0;  // see CompilerOptions
};

class Engine final : public CodeServices {
 public:
  static Result<std::shared_ptr<Engine>> create(const EngineOptions& options = {});

  // Decodes, validates and compiles every function. `bytes` must outlive the result. `file_offset`
  // is where the module begins in the file, for messages. Errors: kMalformed, kInvalid,
  // kUnsupported (with the feature's name), kLimit.
  Result<std::shared_ptr<const CompiledModule>> compile(std::span<const uint8_t> bytes,
                                                        uint64_t file_offset = 0);
  // The two halves of it: all but function bodies; these.
  static Result<std::shared_ptr<const Module>> decode(std::span<const uint8_t> bytes,
                                                      uint64_t file_offset = 0);
  Result<std::shared_ptr<const CompiledModule>> compile(std::shared_ptr<const Module> module);
  // Decode and validate, no code.
  static Result<void> validate(std::span<const uint8_t> bytes, uint64_t file_offset = 0);

  // The code of calls between component instances (compiler/adapters.h), in one text. Error kLimit.
  Result<std::shared_ptr<const AdapterCode>> compile_adapters(std::span<const AdapterShape> shapes);

  const std::shared_ptr<SignatureRegistry>& signatures() override { return signatures_; }
  Result<EntryTrampoline> entry_trampoline(uint32_t signature) override;
  Result<const void*> exit_trampoline(uint32_t signature) override;
  // Both for many at once, which takes less memory and time than one by one. Error kLimit.
  Result<void> make_trampolines(std::span<const uint32_t> entries, std::span<const uint32_t> exits);
  const void* const* builtin_stubs() override { return builtin_stubs_.data(); }
  const void* trap_exit() override { return trap_exit_; }

 private:
  Engine(unsigned compile_threads, const CompilerOptions& parts, const CpuFeatures& features);
  Result<void> make_common_code();

  const unsigned compile_threads_;
  const CompilerOptions parts_;
  CpuFeatures features_;
  const std::shared_ptr<SignatureRegistry> signatures_ = std::make_shared<SignatureRegistry>();
  std::mutex making_trampolines_;  // nobody makes them twice

  std::shared_ptr<const PublishedCode> common_code_;  // of what follows
  std::vector<const void*> builtin_stubs_;
  const void* trap_exit_ = nullptr;
};

}  // namespace wisp::jit
