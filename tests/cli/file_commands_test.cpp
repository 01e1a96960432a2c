// `wisp wit` and `wisp inspect`: their texts for our guests (tests/expected; WISP_BLESS=1 rewrites
// them, scripts/compare_wit.sh compares them with wasm-tools), and for files that are damaged.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <random>
#include <sstream>

#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"
#include "wisp/wisp.h"

namespace wisp::test {
namespace {

const std::string kSource = WISP_SOURCE_DIR "/";

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

void expect_text(const std::string& command, const std::string& file, const std::string& golden) {
  const Completed completed = wisp({command, kSource + file});
  EXPECT_EQ(completed.status, 0);
  EXPECT_EQ(completed.errors, "");
  const std::string path = kSource + "tests/expected/" + golden + ".txt";
  if (std::getenv("WISP_BLESS") != nullptr) std::ofstream(path) << completed.output;
  EXPECT_EQ(completed.output, read(path)) << golden;
}

TEST(FileCommands, WitPrintsTheWorld) {
  expect_text("wit", "tests/guests/world.wasm", "wit-world");
  expect_text("wit", "tests/guests/echo.wasm", "wit-echo");
  expect_text("wit", "tests/guests/probe.wasm", "wit-probe");
}

TEST(FileCommands, WhatCannotRunIsShownAllTheSame) {
  expect_text("wit", "tests/guests/unsupported.wasm", "wit-unsupported");
  expect_text("inspect", "tests/guests/unsupported.wasm", "inspect-unsupported");
}

TEST(FileCommands, ValidateSaysOfWhichClassAnErrorIs) {
  const testing::TemporaryDirectory directory;
  const std::string shared = kSource + "tests/guests/unsupported.wasm";
  EXPECT_EQ(wisp({"validate", shared}).errors.find("wisp: error: " + shared + ": not supported: "),
            0u);
  directory.write("malformed", std::string("\0asm\1\0\0\0\x20\0", 10));
  EXPECT_EQ(wisp({"validate", directory / "malformed"}).errors,
            "wisp: error: " + directory / "malformed" +
                ": malformed: malformed section id 32 (at offset 0x8)\n");
  directory.write("invalid", std::string("\0asm\1\0\0\0\x08\1\0", 11));
  EXPECT_EQ(
      wisp({"validate", directory / "invalid"}).errors,
      "wisp: error: " + directory / "invalid" + ": invalid: unknown function 0 (at offset 0xa)\n");
  EXPECT_EQ(wisp({"validate", directory / "missing"}).errors,
            "wisp: error: " + directory / "missing" +
                ": cannot open the file: No such file or directory\n");
}

TEST(FileCommands, OtherFormatsAreRecognised) {
  const testing::TemporaryDirectory directory;
  directory.write("empty", "");
  directory.write("text", "(component)\n");
  directory.write("more-text", "\xef\xbb\xbf ;; a comment\r\n\t;;\n\n(module)");
  directory.write("elf",
                  "\x7f"
                  "ELF and so on");
  for (const auto& [file, text] : {std::pair{"empty", "the file is empty"},
                                   {"text", "it is WebAssembly text: `wasm-tools parse FILE -o "},
                                   {"more-text", "it is WebAssembly text"},
                                   {"elf", "it looks like code that was compiled already"}}) {
    for (const char* command : {"run", "validate", "wit", "inspect"}) {
      const Completed completed = wisp({command, directory / file});
      EXPECT_EQ(completed.status, 1);
      EXPECT_NE(completed.errors.find(text), std::string::npos) << completed.errors;
    }
  }
}

TEST(FileCommands, InspectPrintsTheStructure) {
  expect_text("inspect", "examples/hello.wasm", "inspect-hello");
  expect_text("inspect", "tests/guests/nested_exit.wasm", "inspect-nested_exit");
  expect_text("inspect", "tests/guests/numbers.wasm", "inspect-numbers");
}

TEST(FileCommands, ACoreModuleHasNoWorld) {
  const Completed completed = wisp({"wit", kSource + "tests/guests/numbers.wasm"});
  EXPECT_EQ(completed.status, 1);
  EXPECT_NE(completed.errors.find("this is a core module, which has no world; `wisp inspect`"),
            std::string::npos)
      << completed.errors;
}

TEST(FileCommands, TakeOneValidFile) {
  const testing::TemporaryDirectory directory;
  directory.write("cut.wasm", read(kSource + "examples/hello.wasm").substr(0, 5000));
  for (const char* command : {"wit", "inspect", "validate"}) {
    EXPECT_EQ(wisp({command}).status, 2);
    EXPECT_EQ(wisp({command, "a", "b"}).status, 2);
    EXPECT_EQ(wisp({command, "--dir", ".", "a"}).status, 2);
    const Completed completed = wisp({command, directory / "cut.wasm"});
    EXPECT_EQ(completed.status, 1);
    EXPECT_NE(completed.errors.find("(at offset 0x"), std::string::npos) << completed.errors;
  }
}

// Whatever is in the file: a text or an error.
TEST(FileCommands, DamagedFilesAreErrors) {
  std::mt19937 random(1);
  for (const char* file : {"world", "echo", "nested_exit", "containers", "unsupported"}) {
    const std::string whole = read(kSource + "tests/guests/" + file + ".wasm");
    for (int i = 0; i < 1000; i++) {
      std::string damaged = whole;
      for (int n = 0; n < 3; n++) damaged[random() % damaged.size()] = static_cast<char>(random());
      const auto* bytes = reinterpret_cast<const uint8_t*>(damaged.data());
      for (auto* print : {&wisp_wit_bytes, &wisp_inspect_bytes}) {
        char* text = nullptr;
        wisp_error_t* error = print(bytes, damaged.size(), &text);
        EXPECT_NE(error == nullptr, text == nullptr);
        wisp_string_free(text);
        wisp_error_free(error);
      }
      wisp_error_free(wisp_validate_bytes(bytes, damaged.size(), nullptr));
    }
  }
}

}  // namespace
}  // namespace wisp::test
