// Fuzz target: bytes -> decoder -> validator -> compiler. Finds crashes, sanitizer reports,
// disagreement between the two walks, and modules that the compiler takes for valid and the
// validator does not, or the other way round. Which parts of the compiler are on depends on the
// input's size.
#include <cstdlib>

#include "jit/compiler/module_compiler.h"
#include "jit/wasm/function_validator.h"
#include "jit/wasm/module_decoder.h"
#include "jit/wasm/name_section.h"
#include "jit/x64/compiler.h"
#include "tests/support/walk_sinks.h"

namespace wisp::jit {
namespace {

void run(std::span<const uint8_t> bytes) {
  const Result<Module> module = decode_module(bytes);
  if (!module) {
    if (module.error().offset() > bytes.size()) std::abort();
    return;
  }
  (void)function_names(module.value());
  (void)module_name(module.value());
  ValidationScratch scratch;
  bool valid = true;
  for (uint32_t i = 0; i < module.value().bodies.size(); ++i) {
    if (!walks_agree(module.value(), i, scratch)) std::abort();
    valid = valid && validate_function(module.value(), i, scratch).has_value();
  }
  ModuleCompileOptions options;
  options.compiler.homes = (bytes.size() & 1) == 0;
  options.compiler.folding = (bytes.size() & 2) == 0;
  options.compiler.fusion = (bytes.size() & 4) == 0;
  options.compiler.checks_seed = (bytes.size() & 8) == 0 ? bytes.size() : 0;
  options.threads = 1;
  const Result<CodeImage> image = compile_module(module.value(), x64::backend(), options);
  if (image.has_value() && !valid) std::abort();
  if (!image && valid && image.error().code() != ErrorCode::kLimit) std::abort();
}

}  // namespace
}  // namespace wisp::jit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wisp::jit::run({data, size});
  return 0;
}
