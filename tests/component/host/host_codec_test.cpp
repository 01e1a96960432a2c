// Calls of host functions against a reference: random values, encodings and allocators, of types
// that take each way of the codecs. The fuzz target adapter_fuzz goes on from here.
#include "component/host/host_codec.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/adapter/host_case.h"

namespace wisp::test {
namespace {

TEST(HostCodec, AgreesWithTheReference) {
  constexpr int kCases = 1500;
  const std::shared_ptr<jit::Engine> engine = jit::Engine::create().value();
  std::map<size_t, int> returned, trapped;
  std::string traps;
  for (int seed = 0; seed < kCases && !HasFailure(); ++seed) {
    std::mt19937 generator(static_cast<uint32_t>(seed));
    std::vector<uint8_t> bytes(2048);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(generator());
    HostCase one(engine, bytes);
    EXPECT_EQ(one.run(), "") << "seed " << seed;
    if (!one.is_compared()) continue;
    (one.expected_trap() ? trapped : returned)[one.function()]++;
    traps += one.expected_trap().value_or("") + "\n";
  }
  // The cases are worth something: of each function some return and some trap.
  for (size_t i = 0; i < std::size(kHostFunctions); ++i) {
    EXPECT_GE(returned[i], 5) << "function " << i;
    EXPECT_GE(trapped[i], 5) << "function " << i;
  }
  for (const char* text : {"the host refuses", "while borrowed", "unknown handle index",
                           "cannot leave component instance", "list content out-of-bounds",
                           "invalid utf-8", "unpaired surrogate", "realloc return"}) {
    EXPECT_NE(traps.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace wisp::test
