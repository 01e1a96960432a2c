// Programs of other people print what wasmtime prints and exit as it does (tests/expected, made by
// scripts/capture_expected.sh). They lie outside of the repository: skipped where WISP_SHARED is
// missing.
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/shared_folder.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

namespace fs = std::filesystem;

const std::string kShared = test::shared_folder();

// cksum(1): POSIX, "cksum", ALGORITHM.
std::string cksum(const std::string& bytes) {
  uint32_t crc = 0;
  const auto add = [&](uint8_t byte) {
    crc ^= static_cast<uint32_t>(byte) << 24;
    for (int bit = 0; bit < 8; bit++)
      crc = (crc << 1) ^ ((crc & 0x80000000u) != 0 ? 0x04c11db7u : 0);
  };
  for (const char byte : bytes) add(static_cast<uint8_t>(byte));
  for (size_t size = bytes.size(); size != 0; size >>= 8) add(static_cast<uint8_t>(size));
  return std::to_string(~crc) + " " + std::to_string(bytes.size());
}

std::string describe(const char* name, const std::string& text) {
  const std::string title = "--- " + std::string(name);
  return text.size() > 8192 ? title + " cksum " + cksum(text) + "\n" : title + "\n" + text;
}

struct RealProgram {
  std::string name;       // of the file in tests/expected
  std::string directory;  // under WISP_SHARED, to run in
  std::vector<std::string> arguments;
};

void PrintTo(const RealProgram& program, std::ostream* out) { *out << program.name; }

std::vector<RealProgram> programs() {
  std::vector<RealProgram> all = {{"python", "guests", {"python.wasm"}}};
  const std::array<std::pair<const char*, const char*>, 3> searches = {
      {{"found", "interface"}, {"none", "nothing-has-this-name"}, {"error", "("}}};
  for (const auto& [name, pattern] : searches) {
    all.push_back({std::string("ripgrep-") + name,
                   "guests",
                   {"--dir", "../wit::wit", "ripgrep.wasm", "--sort", "path", pattern, "wit"}});
  }
  for (const auto& entry : fs::directory_iterator(WISP_SOURCE_DIR "/tests/expected")) {
    const std::string name = entry.path().stem().string();
    if (!name.starts_with("bench-")) continue;
    const std::string program = name.substr(6);
    all.push_back({name, "bench/" + program, {"--dir", ".", program + ".wasm"}});
  }
  return all;
}

class RealPrograms : public ::testing::TestWithParam<RealProgram> {};

TEST_P(RealPrograms, PrintsWhatWasmtimePrints) {
  const RealProgram& program = GetParam();
  const fs::path directory = fs::path(kShared) / program.directory;
  if (!fs::exists(directory)) GTEST_SKIP() << directory << " is missing: set WISP_SHARED";
  Invocation invocation;
  invocation.command = {kProgram, "run"};
  invocation.command.insert(invocation.command.end(), program.arguments.begin(),
                            program.arguments.end());
  invocation.directory = directory.string();
  const Completed completed = run_program(invocation, 240'000);

  std::ostringstream expected;
  expected << std::ifstream(WISP_SOURCE_DIR "/tests/expected/" + program.name + ".txt").rdbuf();
  EXPECT_EQ("status " + std::to_string(completed.status) + "\n" +
                describe("stdout", completed.output) + describe("stderr", completed.errors),
            expected.str());
}

std::string name_of(const ::testing::TestParamInfo<RealProgram>& info) {
  std::string name = info.param.name;
  for (char& character : name) {
    if (character == '-') character = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, RealPrograms, ::testing::ValuesIn(programs()), name_of);

// The components of the benchmark suite that were not captured would go unnoticed.
TEST(RealPrograms, NoneIsForgotten) {
  const fs::path bench = fs::path(kShared) / "bench";
  if (!fs::exists(bench)) GTEST_SKIP() << bench << " is missing: set WISP_SHARED";
  for (const auto& entry : fs::directory_iterator(bench)) {
    const std::string name = entry.path().filename().string();
    if (!fs::exists(entry.path() / (name + ".wasm"))) continue;
    EXPECT_TRUE(fs::exists(WISP_SOURCE_DIR "/tests/expected/bench-" + name + ".txt")) << name;
  }
}

}  // namespace
}  // namespace wisp::test
