// The shrinker, with faults that a byte of the module stands for.
#include "tests/oracle/shrinker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "jit/wasm/module_decoder.h"
#include "tests/oracle/module_encoder.h"
#include "tests/oracle/module_text.h"

namespace wisp::oracle {
namespace {

// The fault: some function has this byte, that of i32.popcnt.
bool has_fault(std::span<const uint8_t> bytes) {
  constexpr uint8_t kFaulty = 0x69;
  const jit::Module module = jit::decode_module(bytes).value();
  return std::any_of(module.bodies.begin(), module.bodies.end(), [=](const auto& body) {
    return std::find(body.code.begin(), body.code.end(), kFaulty) != body.code.end();
  });
}

TEST(Shrinker, KeepsWhatFailsAndLittleElse) {
  uint32_t tried = 0;
  for (uint64_t seed = 0; tried < 3; ++seed) {
    GeneratedCase original = generate(bytes_of_seed(seed));
    if (!has_fault(encode(original.module).value())) continue;
    ++tried;
    const GeneratedCase small = shrink(
        std::move(original), [](std::span<const uint8_t> bytes, std::span<const Call> calls) {
          return calls.size() >= 2 && has_fault(bytes);
        });
    const std::vector<uint8_t> bytes = encode(small.module).value();
    EXPECT_TRUE(has_fault(bytes));
    EXPECT_EQ(small.calls.size(), 2u);
    EXPECT_LT(bytes.size(), 200u) << to_text(small.module);
  }
}

TEST(Shrinker, StopsAfterSomeAttempts) {
  uint32_t attempts = 0;
  shrink(
      generate(bytes_of_seed(1)),
      [&attempts](std::span<const uint8_t>, std::span<const Call>) {
        ++attempts;
        return attempts % 2 == 0;
      },
      100);
  EXPECT_LE(attempts, 100u);
}

}  // namespace
}  // namespace wisp::oracle
