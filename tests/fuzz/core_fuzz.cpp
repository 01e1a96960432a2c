// Fuzz target: bytes -> decoder -> validator -> walk 2 of what is valid. Finds crashes, sanitizer
// reports and disagreement between the two walks.
#include <cstdlib>

#include "jit/wasm/function_validator.h"
#include "jit/wasm/module_decoder.h"
#include "jit/wasm/name_section.h"
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
  for (uint32_t i = 0; i < module.value().bodies.size(); ++i) {
    if (!walks_agree(module.value(), i, scratch)) std::abort();
  }
}

}  // namespace
}  // namespace wisp::jit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wisp::jit::run({data, size});
  return 0;
}
