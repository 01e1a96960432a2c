// Fuzz target: bytes -> a call between two components (types, values, encodings, allocators) ->
// the engine and a reference. Finds crashes, sanitizer reports, and results that differ.
#include <cstdio>
#include <cstdlib>

#include "tests/support/adapter/adapter_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::shared_ptr<wisp::jit::Engine> engine = wisp::jit::Engine::create().value();
  const std::string problem = wisp::test::AdapterCase(engine, {data, size}).run();
  if (problem.empty()) return 0;
  std::fprintf(stderr, "%s\n", problem.c_str());
  std::abort();
}
