// Runs every component script of the conformance suite as far as loading goes: each component must
// be valid, invalid or malformed as its command says.
//
// A component may be refused as unsupported only where the manifest says that it needs more than
// the synchronous component model with core modules of version 2.0. What is not yet as it should be
// stands in validation_exceptions.txt; an entry that is no longer needed fails.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "component/load/load.h"
#include "component/model/component.h"
#include "tests/spec/script.h"
#include "tests/support/shared_folder.h"

namespace wisp::component {
namespace {

namespace fs = std::filesystem;
using spec::CommandKind;

const fs::path kSuite = fs::path(test::shared_folder()) / "component";

std::set<std::string> read_exceptions() {
  std::set<std::string> exceptions;
  std::ifstream file(fs::path(WISP_SOURCE_DIR) /
                     "tests/component/validate/validation_exceptions.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    exceptions.insert(line.substr(0, line.find(' ')));
  }
  return exceptions;
}

bool is_core_module(const std::vector<uint8_t>& bytes) {
  return bytes.size() >= 8 && bytes[4] == 1 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0;
}

std::string to_text(const Result<void>& result) {
  if (result) return "valid";
  switch (result.error().code()) {
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kUnsupported:
      return "unsupported";
    default:
      return "another error";
  }
}

// Empty: the command does not load a component.
std::string wanted(const spec::Command& command) {
  switch (command.kind) {
    case CommandKind::kAssertInvalid:
      return "invalid";
    case CommandKind::kAssertMalformed:
      return "malformed";
    case CommandKind::kModule:
    case CommandKind::kModuleDefinition:
    case CommandKind::kAssertUninstantiable:
    case CommandKind::kAssertUnlinkable:
      return "valid";
    default:
      return {};
  }
}

struct Counts {
  int passed = 0;
  int refused = 0;
};

class SuiteRun {
 public:
  void run(const fs::path& file, const spec::ManifestEntry* entry) {
    const spec::Script script = spec::read_script(file);
    for (const spec::Command& command : script.commands) {
      if (!command.file.empty() && !wanted(command).empty()) check(script, command, entry);
    }
  }
  void finish() {
    for (const std::string& unused : exceptions_) {
      ADD_FAILURE() << unused << " is as it should be: remove it from the exceptions";
    }
    for (const auto& [script, counts] : counts_) {
      std::printf("%-60s %3d passed, %2d refused\n", script.c_str(), counts.passed, counts.refused);
    }
  }
  int passed() const { return passed_; }

 private:
  void check(const spec::Script& script, const spec::Command& command,
             const spec::ManifestEntry* entry) {
    const std::vector<uint8_t> bytes = spec::read_file(command.file);
    if (is_core_module(bytes)) return;
    const Result<void> result = validate_component(bytes);
    const std::string found = to_text(result);
    const std::string id = script.source + ":" + std::to_string(command.line);
    const std::string message = result ? "" : result.error().message();
    bool beyond =
        entry != nullptr && entry->modules_beyond_base.contains(command.file.filename().string());
    if (found == "unsupported" && beyond) {
      ++counts_[script.source].refused;
    } else if (found == wanted(command)) {
      ++counts_[script.source].passed;
      ++passed_;
      EXPECT_FALSE(exceptions_.contains(id)) << id << ": remove it from the exceptions";
      if (!result) {
        EXPECT_FALSE(message.empty()) << id;
        EXPECT_LE(result.error().offset(), bytes.size()) << id << ": " << message;
      }
    } else if (exceptions_.erase(id) == 0) {
      ADD_FAILURE() << id << ": " << wanted(command) << ", but it is " << found << ": " << message
                    << " (the reference says: " << command.text << ")";
    }
  }

  std::set<std::string> exceptions_ = read_exceptions();
  std::map<std::string, Counts> counts_;
  int passed_ = 0;
};

TEST(ComponentValidator, LoadsTheConformanceSuite) {
  if (!fs::exists(kSuite / "manifest.json")) GTEST_SKIP() << kSuite << " is missing";
  const spec::Manifest manifest = spec::Manifest::find(kSuite);
  ASSERT_FALSE(manifest.scripts().empty());
  SuiteRun run;
  for (const fs::path& script : manifest.scripts()) run.run(script, manifest.entry(script));
  run.finish();
  EXPECT_GE(run.passed(), 682);
}

}  // namespace
}  // namespace wisp::component
