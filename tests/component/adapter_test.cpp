// Calls between components against a reference: random types, values, encodings and allocators.
// The fuzz target adapter_fuzz goes on from here.
#include "component/adapter.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/adapter/adapter_case.h"

namespace wisp::test {
namespace {

TEST(Adapter, AgreesWithTheReference) {
  constexpr int kCases = 1500;
  const std::shared_ptr<jit::Engine> engine = jit::Engine::create().value();
  std::map<AdapterCase::Outcome, int> outcomes;
  for (int seed = 0; seed < kCases; ++seed) {
    std::mt19937 generator(static_cast<uint32_t>(seed));
    std::vector<uint8_t> bytes(1024);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(generator());
    AdapterCase one(engine, bytes);
    EXPECT_EQ(one.run(), "") << "seed " << seed;
    outcomes[one.outcome()]++;
    if (HasFailure()) break;
  }
  // The cases are worth something: neither do all trap nor does none.
  EXPECT_GT(outcomes[AdapterCase::Outcome::kReturn], kCases / 4);
  EXPECT_GT(outcomes[AdapterCase::Outcome::kTrap], kCases / 8);
}

}  // namespace
}  // namespace wisp::test
