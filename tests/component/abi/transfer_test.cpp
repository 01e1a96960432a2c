// Calls between components against a reference: random types, values, encodings and allocators.
// The fuzz target adapter_fuzz goes on from here.
#include "component/abi/transfer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/support/adapter/adapter_case.h"

namespace wisp::test {
namespace {

TEST(Transfer, AgreesWithTheReference) {
  constexpr int kCases = 2000;
  const std::shared_ptr<jit::Engine> engine = jit::Engine::create().value();
  std::map<AdapterCase::Outcome, int> outcomes, with_handles, with_lists;
  std::string traps;
  for (int seed = 0; seed < kCases; ++seed) {
    std::mt19937 generator(static_cast<uint32_t>(seed));
    std::vector<uint8_t> bytes(2048);
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(generator());
    AdapterCase one(engine, bytes);
    EXPECT_EQ(one.run(), "") << "seed " << seed;
    outcomes[one.outcome()]++;
    if (one.has_handles()) with_handles[one.outcome()]++;
    if (one.has_lists_of_strings()) with_lists[one.outcome()]++;
    traps += one.trap_text() + "\n";
    if (HasFailure()) break;
  }
  // The cases are worth something: neither do all trap nor does none.
  EXPECT_GT(outcomes[AdapterCase::Outcome::kReturn], kCases / 4);
  EXPECT_GT(outcomes[AdapterCase::Outcome::kTrap], kCases / 8);
  EXPECT_GT(with_handles[AdapterCase::Outcome::kReturn], kCases / 10);
  EXPECT_GT(with_handles[AdapterCase::Outcome::kTrap], kCases / 20);
  EXPECT_GT(with_lists[AdapterCase::Outcome::kReturn], kCases / 20);
  EXPECT_GT(with_lists[AdapterCase::Outcome::kTrap], kCases / 20);
  for (const char* text : {"borrow handles still remain", "while borrowed", "with the wrong type",
                           "unknown handle index", "cannot leave component instance"}) {
    EXPECT_NE(traps.find(text), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace wisp::test
