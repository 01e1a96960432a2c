// The validation half of the core suite: what must be rejected is rejected with the right class,
// and what is valid is accepted. A rejection because of a feature that Wisp does not have counts as
// neither (the script's execution half, spec_runner, counts it as skipped).
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "jit/wasm/module_decoder.h"
#include "tests/spec/script.h"
#include "tests/support/shared_folder.h"

namespace wisp::jit {
namespace {

struct Counts {
  int rejected = 0;
  int accepted = 0;
  int unsupported = 0;
  int same_phrase = 0;  // rejected with the words of the reference interpreter
};

std::string describe(const spec::Script& script, const spec::Command& command) {
  return script.source + ":" + std::to_string(command.line) + " " + command.type + " " +
         command.file.filename().string() + " \"" + command.text + "\"";
}

void check_rejection(const spec::Script& script, const spec::Command& command, Counts& counts) {
  const std::vector<uint8_t> bytes = spec::read_file(command.file);
  const Result<void> result = validate_module(bytes);
  if (result.has_value()) {
    ADD_FAILURE() << describe(script, command) << ": was accepted";
    return;
  }
  const Error& error = result.error();
  if (error.code() == ErrorCode::kUnsupported) {
    ++counts.unsupported;
    return;
  }
  const ErrorCode expected = command.kind == spec::CommandKind::kAssertInvalid
                                 ? ErrorCode::kInvalid
                                 : ErrorCode::kMalformed;
  EXPECT_EQ(error.code(), expected) << describe(script, command) << ": " << error.message();
  EXPECT_LE(error.offset(), bytes.size()) << describe(script, command);
  if (error.message().find(command.text) != std::string::npos) ++counts.same_phrase;
  ++counts.rejected;
}

void check_acceptance(const spec::Script& script, const spec::Command& command,
                      const spec::ManifestEntry& entry, Counts& counts) {
  const std::vector<uint8_t> bytes = spec::read_file(command.file);
  const Result<void> result = validate_module(bytes);
  if (result.has_value()) {
    ++counts.accepted;
    return;
  }
  const bool beyond = entry.modules_beyond_base.contains(command.file.filename().string());
  const bool simd = result.error().message().find("needs simd") != std::string::npos;
  if (result.error().code() == ErrorCode::kUnsupported && (beyond || simd)) {
    ++counts.unsupported;
    return;
  }
  ADD_FAILURE() << describe(script, command) << ": " << result.error().message() << " at "
                << result.error().offset();
}

Counts check_tier(const std::string& tier) {
  Counts counts;
  const spec::Manifest manifest =
      spec::Manifest::read(std::filesystem::path(test::shared_folder()) / "spec" / "manifest.json");
  for (const std::filesystem::path& path : manifest.scripts()) {
    const spec::ManifestEntry& entry = *manifest.entry(path);
    if (entry.part == "proposals" || entry.tier != tier) continue;
    const spec::Script script = spec::read_script(path);
    for (const spec::Command& command : script.commands) {
      switch (command.kind) {
        case spec::CommandKind::kAssertInvalid:
        case spec::CommandKind::kAssertMalformed:
          check_rejection(script, command, counts);
          break;
        case spec::CommandKind::kModule:
        case spec::CommandKind::kModuleDefinition:
        case spec::CommandKind::kAssertUnlinkable:
        case spec::CommandKind::kAssertUninstantiable:
          check_acceptance(script, command, entry, counts);
          break;
        default:
          break;
      }
    }
  }
  std::printf("%s: %d rejected (%d in the reference's words), %d accepted, %d unsupported\n",
              tier.c_str(), counts.rejected, counts.same_phrase, counts.accepted,
              counts.unsupported);
  return counts;
}

class SpecValidation : public testing::Test {
  void SetUp() override {
    const std::string suite = test::shared_folder() + "/spec";
    if (!std::filesystem::exists(suite + "/manifest.json")) {
      GTEST_SKIP() << "the conformance data is not there: " << suite;
    }
  }
};

TEST_F(SpecValidation, Wasm1) {
  const Counts counts = check_tier("wasm1");
  EXPECT_GE(counts.rejected, 1018);
  EXPECT_GE(counts.accepted, 642);
  EXPECT_LE(counts.unsupported, 9);  // written for 3.0: they use features that come later
}

TEST_F(SpecValidation, Wasm2) {
  const Counts counts = check_tier("wasm2");
  EXPECT_GE(counts.rejected, 978);
  EXPECT_GE(counts.accepted, 378);
  EXPECT_LE(counts.unsupported, 1085);  // v128, but for three
}

TEST_F(SpecValidation, Wasm3) {
  const Counts counts = check_tier("wasm3");
  EXPECT_GE(counts.rejected, 285);
  EXPECT_GE(counts.accepted, 507);
}

}  // namespace
}  // namespace wisp::jit
