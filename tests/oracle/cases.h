// The modules of tests/oracle/cases, made of the text beside them (`wasm-tools parse x.wat -o
// x.wasm`; Wisp reads no text).
#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace wisp::oracle {

inline std::vector<uint8_t> read_case(const std::string& name) {
  std::ifstream file(std::string(WISP_SOURCE_DIR) + "/tests/oracle/cases/" + name + ".wasm",
                     std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace wisp::oracle
