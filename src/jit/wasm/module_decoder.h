// The decoder of core modules: bytes -> Module.
//
// Interface: `decode_module` reads and validates all declarations; function bodies are only cut
// out, `validate_function` (function_validator.h) or the compiler's first walk checks them.
// `validate_module` does everything. Errors: kMalformed, kInvalid, kUnsupported ("needs simd: not
// supported yet"), kLimit; each with its offset in the file.
#pragma once

#include <cstdint>
#include <span>

#include "jit/wasm/module.h"
#include "platform/result.h"

namespace wisp::jit {

// `bytes` must outlive the module. `file_offset` is where the module begins in the file.
Result<Module> decode_module(std::span<const uint8_t> bytes, uint64_t file_offset = 0);

Result<void> validate_module(std::span<const uint8_t> bytes, uint64_t file_offset = 0);

}  // namespace wisp::jit
