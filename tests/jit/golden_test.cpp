// The code of both architectures, as text: what each function of golden/*.wat compiles to.
//
// A file holds a module in text form and, behind the line kMarker, the expected code as comments.
// Beside it lies the same module in binary form (`wasm-tools parse x.wat -o x.wasm`; Wisp reads no
// text). WISP_BLESS=1 rewrites the expectations: a change of the compiler then is a diff of machine
// code to be reviewed. Code is disassembled by capstone, so what the raw encoders wrote is seen as
// a processor would.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "jit/a64/compiler.h"
#include "jit/compiler/module_compiler.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"
#include "tests/jit/disassembler.h"

namespace wisp::jit {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(WISP_SOURCE_DIR) / "tests/jit/golden";
const std::string kMarker = ";; ---- code ----";

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string listing(const Module& module, const Backend& backend, Disassembler& disassembler) {
  ModuleCompileOptions options;
  options.threads = 1;
  // The same code on every host.
  options.features.has_avx = options.features.has_bmi1 = options.features.has_bmi2 =
      options.features.has_lzcnt = true;
  Result<CodeImage> image = compile_module(module, backend, options);
  EXPECT_TRUE(image.has_value()) << image.error().message();
  if (!image.has_value()) return "";
  std::string text;
  for (size_t i = 0; i < module.bodies.size(); ++i) {
    const uint32_t begin = image.value().function_offsets[i];
    const uint32_t end = image.value().function_ends[i];
    text += ";; " + std::string(backend.name) + " function " +
            std::to_string(module.imported_functions + i) + "\n";
    text += disassembler.function(image.value().text().subspan(begin, end - begin));
  }
  return text;
}

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, CompilesTo) {
  const fs::path wat = kFolder / (GetParam() + ".wat");
  const std::string binary = read_file(kFolder / (GetParam() + ".wasm"));
  const auto bytes = std::span(reinterpret_cast<const uint8_t*>(binary.data()), binary.size());
  Result<Module> module = decode_module(bytes);
  ASSERT_TRUE(module.has_value()) << module.error().message();
  Disassembler x64_text(CS_ARCH_X86, CS_MODE_64);
  Disassembler a64_text(CS_ARCH_ARM64, CS_MODE_ARM);
  const std::string actual = kMarker + "\n" + listing(module.value(), x64::backend(), x64_text) +
                             listing(module.value(), a64::backend(), a64_text);

  const std::string whole = read_file(wat);
  const size_t marker = whole.find(kMarker);
  if (std::getenv("WISP_BLESS") != nullptr) {
    std::ofstream(wat, std::ios::binary)
        << whole.substr(0, marker) << (marker == std::string::npos ? "\n" : "") << actual;
    GTEST_SKIP() << "rewrote " << wat;
  }
  ASSERT_NE(marker, std::string::npos) << "no expectations yet: run with WISP_BLESS=1";
  std::istringstream expected_lines(whole.substr(marker));
  std::istringstream actual_lines(actual);
  std::string function, expected_line, actual_line;
  while (std::getline(actual_lines, actual_line)) {
    if (actual_line.find(" function ") != std::string::npos) function = actual_line;
    ASSERT_TRUE(std::getline(expected_lines, expected_line))
        << "more code than expected: " << actual_line;
    ASSERT_EQ(actual_line, expected_line) << function;
  }
  EXPECT_FALSE(std::getline(expected_lines, expected_line))
      << "less code than expected: " << expected_line;
}

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".wat") all.push_back(entry.path().stem());
  }
  std::sort(all.begin(), all.end());
  return all;
}
INSTANTIATE_TEST_SUITE_P(Files, Golden, ::testing::ValuesIn(names()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
}  // namespace wisp::jit
