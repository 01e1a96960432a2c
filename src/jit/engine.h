// Engine: compiles core modules. Immutable once made and shared between threads.
//
// The only file of the engine that names both architectures. The component layer sees this header and jit/runtime.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/store.h"
#include "jit/wasm/module.h"
#include "platform/result.h"

namespace wisp::jit {

class CodeImage;

struct EngineOptions {
  unsigned compile_threads = 0;  // 0: as many as there are cores, for modules that are worth it
  std::string disabled;          // parts of the compiler to leave out, comma-separated: homes,folding,fusion
};

// A module with its machine code, published and executable. Immutable, shared by its instances.
class CompiledModule {
 public:
  const Module& module() const;
  size_t code_size_bytes() const;
};

class Engine {
 public:
  static Result<std::shared_ptr<Engine>> create(const EngineOptions& options = {});

  // Decodes, validates and compiles every function. `bytes` must outlive the result. `file_offset` is where the module
  // begins in the file, for messages. Errors: kMalformed, kInvalid, kUnsupported (with the feature's name), kLimit.
  Result<std::shared_ptr<const CompiledModule>> compile(std::span<const uint8_t> bytes, uint64_t file_offset = 0);
  // The first half of it: decode and validate, no code.
  static Result<void> validate(std::span<const uint8_t> bytes, uint64_t file_offset = 0);
};

}  // namespace wisp::jit
