// The generator: what it makes is valid, complete and repeatable.
#include "tests/oracle/generator.h"

#include <gtest/gtest.h>

#include <array>

#include "jit/engine.h"
#include "tests/oracle/module_encoder.h"
#include "tests/oracle/module_text.h"
#include "tests/oracle/profile.h"

namespace wisp::oracle {
namespace {

std::vector<uint8_t> module_of_seed(uint64_t seed, std::string_view profile = {}) {
  return encode(generate(bytes_of_seed(seed), profile).module).value();
}

TEST(Generator, ModulesAreValid) {
  for (const Profile& profile : kProfiles) {
    const uint64_t seeds = profile.name == "huge" ? 10 : 200;
    for (uint64_t seed = 0; seed < seeds; ++seed) {
      const auto bytes = module_of_seed(seed, profile.name);
      const auto result = jit::Engine::validate(bytes);
      ASSERT_TRUE(result.has_value())
          << profile.name << " " << seed << ": " << result.error().message();
    }
  }
}

TEST(Generator, AnyBytesWillDo) {
  const auto random = bytes_of_seed(1);
  for (size_t size : {0, 1, 7, 50, 200, 1000}) {
    const auto module = encode(generate(std::span(random).first(size)).module);
    ASSERT_TRUE(module.has_value());
    EXPECT_TRUE(jit::Engine::validate(*module).has_value()) << size;
  }
}

TEST(Generator, TheSameSeedMakesTheSameBytes) {
  for (uint64_t seed = 0; seed < 20; ++seed) EXPECT_EQ(module_of_seed(seed), module_of_seed(seed));
  EXPECT_NE(module_of_seed(1), module_of_seed(2));
}

// Whatever Wisp runs occurs; each opcode is looked for as its text.
TEST(Generator, EveryOpcodeOccurs) {
  std::string text;
  for (uint64_t seed = 0; seed < 400; ++seed) text += to_text(generate(bytes_of_seed(seed)).module);
  constexpr std::array kNames = {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) text,
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) text,
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) text,
#include "jit/wasm/opcodes.def"
  };
  for (const std::string name : kNames) {
    if (name == "end") continue;
    const bool occurs = text.find("(" + name + ")") != std::string::npos ||
                        text.find("(" + name + " ") != std::string::npos ||
                        text.find("(" + name + "\n") != std::string::npos;
    EXPECT_TRUE(occurs) << name;
  }
}

}  // namespace
}  // namespace wisp::oracle
