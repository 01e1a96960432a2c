// What the tests of the canonical ABI vectors share: reading them, and comparing what a call left
// behind. The vectors' README says what their keys mean.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "component/type/layout.h"
#include "tests/component/support/abi_json.h"
#include "tests/support/shared_folder.h"

namespace wisp::component::testing {

// Calls `check` for each line; it answers what is wrong, or nothing. At most ten are shown. Where
// the vectors are missing the test is skipped: ask IsSkipped() before looking at what was counted.
template <class Check>
void for_each_line(const std::string& file, size_t expected_lines, Check check) {
  std::ifstream in(test::shared_folder() + "/component/abi/" + file);
  if (!in) GTEST_SKIP() << "no shared data";
  size_t lines = 0, failures = 0;
  for (std::string line; std::getline(in, line); lines++) {
    const json vector = json::parse(line);
    const std::string wrong = check(vector);
    if (!wrong.empty() && ++failures <= 10) {
      ADD_FAILURE() << vector["id"] << " " << vector.value("note", "") << ": " << wrong << "\n"
                    << line.substr(0, 400);
    }
  }
  EXPECT_EQ(failures, 0u);
  EXPECT_EQ(lines, expected_lines);
}

// A number or a decimal string; the largest number for those that are larger.
uint64_t parse_number(const json& text);
// Core values, and room for more.
std::vector<uint64_t> parse_slots(const json& flat);
std::vector<Value> parse_values(std::span<const LabeledType> types, const json& values);
std::optional<uint32_t> return_area(const json& vector);

// What memories hold where there are no values: that of who receives, and that of who gives.
constexpr uint8_t kFill = 0xa5, kForeign = 0xf8;

// The guest that received values.
struct Receiver {
  std::span<const uint8_t> bytes;
  size_t filled = 0;  // bytes that held kFill at first; those behind were zero
  json log;
  std::vector<uint64_t> slots;
};
// What is wrong with what was lowered where there is no trap, but for the log.
std::string check_lowered(const json& vector, const ValueList& list, const Receiver& receiver);

// A guest that holds the values of a vector in the encoding `from`.
struct SourceImage {
  std::vector<uint8_t> bytes;
  std::vector<uint64_t> slots;
};
constexpr uint32_t kSourcePages = 2;
// `list` is the values' own, or of a type that contains them. An empty image: there is no room.
SourceImage make_source(const json& vector, const ValueList& list, std::span<const Value> values);

}  // namespace wisp::component::testing
