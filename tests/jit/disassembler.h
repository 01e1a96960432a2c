// Machine code as text, for golden tests.
#pragma once

#include <capstone/capstone.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <span>
#include <string>

namespace wisp::jit {

class Disassembler {
 public:
  Disassembler(cs_arch arch, cs_mode mode) { EXPECT_EQ(cs_open(arch, mode, &handle_), CS_ERR_OK); }
  ~Disassembler() { cs_close(&handle_); }
  Disassembler(const Disassembler&) = delete;

  // Addresses are relative to the function. Data (jump tables) is behind the code: one line per
  // word.
  std::string function(std::span<const uint8_t> code) {
    std::string text;
    size_t at = 0;
    while (at < code.size()) {
      cs_insn* instruction = nullptr;
      if (cs_disasm(handle_, code.data() + at, code.size() - at, at, 1, &instruction) == 1) {
        line(text, at, std::string(instruction->mnemonic) + " " + instruction->op_str);
        at += instruction->size;
        cs_free(instruction, 1);
        continue;
      }
      uint32_t word = 0;
      const size_t size = std::min<size_t>(4, code.size() - at);
      std::memcpy(&word, code.data() + at, size);
      char digits[16];
      std::snprintf(digits, sizeof digits, ".word %08x", word);
      line(text, at, digits);
      at += size;
    }
    return text;
  }

 private:
  static void line(std::string& text, size_t position, std::string instruction) {
    while (instruction.back() == ' ') instruction.pop_back();
    char column[16];
    std::snprintf(column, sizeof column, ";;   %03zx  ", position);
    text += column + instruction + '\n';
  }
  csh handle_;
};

}  // namespace wisp::jit
