// Fuzz target: bytes -> a call between two components, or of a host function (types, values,
// encodings, allocators) -> the engine and a reference. Finds crashes, sanitizer reports, and
// results that differ. Inputs of an odd size are calls of the host.
#include <cstdio>
#include <cstdlib>

#include "tests/support/adapter/adapter_case.h"
#include "tests/support/adapter/host_case.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::shared_ptr<wisp::jit::Engine> engine = wisp::jit::Engine::create().value();
  const std::span<const uint8_t> bytes(data, size);
  const std::string problem = size % 2 == 0 ? wisp::test::AdapterCase(engine, bytes).run()
                                            : wisp::test::HostCase(engine, bytes).run();
  if (problem.empty()) return 0;
  std::fprintf(stderr, "%s\n", problem.c_str());
  std::abort();
}
