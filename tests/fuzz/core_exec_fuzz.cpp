// Fuzz target: bytes -> the oracle's generator -> a core module and calls -> the interpreter and
// Wisp, with its parts switched off one by one. Finds results, traps and states that differ; prints
// the module that fails, shrunk.
#include <cstdio>
#include <cstdlib>

#include "tests/oracle/differential.h"
#include "tests/oracle/generator.h"
#include "tests/oracle/module_encoder.h"
#include "tests/oracle/module_text.h"
#include "tests/oracle/shrinker.h"

namespace wisp::oracle {
namespace {

void run(std::span<const uint8_t> bytes) {
  static Differential differential;
  const GeneratedCase made = generate(bytes);
  const Finding found = differential.check(encode(made.module).value(), made.calls);
  if (found.verdict != Verdict::kDifferent) return;
  const GeneratedCase small =
      shrink(made, [](std::span<const uint8_t> module, std::span<const Call> calls) {
        return !calls.empty() && differential.check(module, calls).verdict == Verdict::kDifferent;
      });
  const Finding again = differential.check(encode(small.module).value(), small.calls);
  std::fprintf(stderr, "without \"%s\": %s\n%s", again.disabled.c_str(), again.text.c_str(),
               to_text(small.module).c_str());
  std::abort();
}

}  // namespace
}  // namespace wisp::oracle

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wisp::oracle::run({data, size});
  return 0;
}
