// The seed corpus of core_fuzz (tests/fuzz/make_core_corpus.py): reaches every opcode and every
// section, and is what truncation and mutation start from.
#include <gtest/gtest.h>

#include <algorithm>
#include <bitset>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <string>

#include "jit/wasm/module_decoder.h"
#include "jit/wasm/name_section.h"
#include "platform/byte_reader.h"
#include "tests/spec/script.h"
#include "tests/support/walk_sinks.h"

namespace wisp::jit {
namespace {

using Bytes = std::vector<uint8_t>;

struct Seed {
  std::string name;
  Bytes bytes;
  bool is_bad() const { return name.starts_with("bad_"); }
};

std::vector<Seed> seeds() {
  std::vector<Seed> all;
  for (const auto& entry :
       std::filesystem::directory_iterator(WISP_SOURCE_DIR "/tests/fuzz/corpus/core")) {
    all.push_back({entry.path().filename(), spec::read_file(entry.path())});
  }
  std::sort(all.begin(), all.end(), [](const Seed& a, const Seed& b) { return a.name < b.name; });
  return all;
}

// Everything that reads untrusted bytes. True if the module is valid.
bool walk_all(const Bytes& bytes) {
  const Result<Module> module = decode_module(bytes);
  if (!module) {
    EXPECT_LE(module.error().offset(), bytes.size()) << module.error().message();
    EXPECT_FALSE(module.error().message().empty());
    return false;
  }
  (void)function_names(module.value());
  ValidationScratch scratch;
  bool valid = true;
  for (uint32_t i = 0; i < module.value().bodies.size(); ++i) {
    EXPECT_TRUE(walks_agree(module.value(), i, scratch));
    valid = valid && validate_function(module.value(), i, scratch).has_value();
  }
  return valid;
}

size_t opcode_count() {
  size_t count = 0;
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) ++count;
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) ++count;
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) ++count;
#include "jit/wasm/opcodes.def"
  return count;
}

TEST(CoreCorpus, IsValidWhereItShouldBe) {
  ASSERT_GE(seeds().size(), 20u);
  for (const Seed& seed : seeds()) EXPECT_EQ(walk_all(seed.bytes), !seed.is_bad()) << seed.name;
}

TEST(CoreCorpus, ReachesEveryOpcode) {
  std::bitset<kOpcodeLimit> seen;
  for (const Seed& seed : seeds()) {
    if (seed.is_bad()) continue;
    const Module module = decode_module(seed.bytes).value();
    ValidationScratch scratch;
    for (uint32_t i = 0; i < module.bodies.size(); ++i) {
      ValidationTrace sink;
      (void)FunctionDecoder<ValidationTrace, Checks::kValidate>(
          module, module.bodies[i], module.imported_functions + i, scratch, sink)
          .run();
      seen |= sink.seen;
    }
  }
  std::printf("the corpus reaches %zu of %zu opcodes\n", seen.count(), opcode_count());
  EXPECT_EQ(seen.count(), opcode_count());
}

TEST(CoreCorpus, ReachesEverySection) {
  std::bitset<14> sections;
  for (const Seed& seed : seeds()) {
    if (seed.bytes.size() < 8) continue;
    ByteReader reader(seed.bytes);
    (void)reader.read_bytes(8);
    while (!reader.at_end()) {
      sections.set(reader.read_byte().value());
      (void)reader.read_bytes(reader.read_u32().value());
    }
  }
  EXPECT_EQ(sections.count(), 14u) << sections;
}

// Every prefix of every seed ends in an error or, between two sections, in success.
TEST(CoreCorpus, SurvivesTruncation) {
  for (const Seed& seed : seeds()) {
    int accepted = 0;
    for (size_t size = 0; size < seed.bytes.size(); ++size) {
      accepted += walk_all(Bytes(seed.bytes.begin(), seed.bytes.begin() + size));
    }
    EXPECT_LE(accepted, 14) << seed.name;
  }
}

// The first core module inside a component.
Bytes first_core_module(const Bytes& component) {
  ByteReader reader(component);
  (void)reader.read_bytes(8);
  while (!reader.at_end()) {
    const uint8_t id = reader.read_byte().value();
    const std::span<const uint8_t> content = reader.read_bytes(reader.read_u32().value()).value();
    if (id == 1) return Bytes(content.begin(), content.end());
  }
  return {};
}

// A module that a compiler made, cut at every byte.
TEST(CoreCorpus, SurvivesTruncationOfHello) {
  const Bytes module = first_core_module(spec::read_file(WISP_SOURCE_DIR "/examples/hello.wasm"));
  ASSERT_TRUE(walk_all(module));
  int accepted = 0;
  for (size_t size = 0; size < module.size(); ++size) {
    accepted += walk_all(Bytes(module.begin(), module.begin() + size));
  }
  EXPECT_LE(accepted, 20);  // between two sections
}

// 100,000 changes of one byte, always the same ones.
TEST(CoreCorpus, SurvivesMutation) {
  const std::vector<Seed> all = seeds();
  std::mt19937 random(20240607);
  const auto start = std::chrono::steady_clock::now();
  int valid = 0;
  for (int i = 0; i < 100'000; ++i) {
    Bytes bytes = all[random() % all.size()].bytes;
    bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    valid += walk_all(bytes);
  }
  EXPECT_GT(valid, 100);
  EXPECT_LT(valid, 90'000);
  // Some 10 us each; a case that takes seconds would show.
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(120));
}

}  // namespace
}  // namespace wisp::jit
