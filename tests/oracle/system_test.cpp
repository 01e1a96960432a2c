// Generated systems: that their modules do import from each other, and shrinking them.
#include "tests/oracle/system.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "jit/wasm/module_decoder.h"
#include "tests/oracle/linking.h"

namespace wisp::oracle {
namespace {

TEST(System, ImportsFromTheModulesBefore) {
  uint32_t supplied[4] = {};
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const EncodedSystem system = encode(generate_system(seed, 3, "tiny")).value();
    std::vector<jit::Module> modules;
    for (const Bytes bytes : system.views()) {
      modules.push_back(jit::decode_module(bytes).value());
    }
    const Linking linking = link_modules(modules, seed);
    for (size_t i = 0; i < modules.size(); ++i) {
      for (size_t import = 0; import < modules[i].imports.size(); ++import) {
        const auto kind = static_cast<size_t>(modules[i].imports[import].kind);
        if (linking[i][import]) ++supplied[kind];
      }
    }
  }
  for (const uint32_t count : supplied) EXPECT_GE(count, 5u);
}

TEST(System, OfOneIsTheModuleOfItsSeed) {
  const EncodedSystem one = encode(generate_system(7, 1, "")).value();
  const EncodedSystem two = encode(generate_system(7, 2, "")).value();
  EXPECT_EQ(one.modules[0], two.modules[0]);
  EXPECT_NE(two.modules[0], two.modules[1]);
}

TEST(System, ShrinksToTheModulesThatMatter) {
  const System original = generate_system(3, 3, "mixed");
  // The fault: i32.popcnt anywhere in any module, and a call of any.
  const auto fails = [](const EncodedSystem& system) {
    return !system.calls.empty() &&
           std::any_of(system.modules.begin(), system.modules.end(), [](const auto& bytes) {
             return std::find(bytes.begin(), bytes.end(), 0x69) != bytes.end();
           });
  };
  ASSERT_TRUE(fails(encode(original).value()));
  const System small = shrink_system(original, fails);
  EXPECT_EQ(small.size(), 1u);
  EXPECT_TRUE(fails(encode(small).value()));
}

}  // namespace
}  // namespace wisp::oracle
