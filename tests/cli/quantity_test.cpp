#include "cli/quantity.h"

#include <gtest/gtest.h>

namespace wisp::cli {
namespace {

TEST(Quantity, Numbers) {
  for (const char* number : {"65536", "65_536", "+65536", "0x10000", "0x1_0000"}) {
    EXPECT_EQ(parse_number(number), 65536u) << number;
  }
  EXPECT_EQ(parse_number("0"), 0u);
  EXPECT_EQ(parse_number("0xffffffffffffffff"), ~uint64_t{0});
  for (const char* wrong : {"", "0x", "0X10", "0x1g", "-1", "1M", " 1", "1 ", "++1", "+0x1", "0x+1",
                            "_", "18446744073709551616", "0x10000000000000000"}) {
    EXPECT_EQ(parse_number(wrong), std::nullopt) << wrong;
  }
}

TEST(Quantity, Durations) {
  EXPECT_EQ(parse_duration_ns("2"), 2'000'000'000u);
  EXPECT_EQ(parse_duration_ns("5us"), 5'000u);
  EXPECT_EQ(parse_duration_ns("1m 30s"), 90'000'000'000u);
  EXPECT_EQ(parse_duration_ns("1h"), 3'600'000'000'000u);
  for (const char* wrong : {"", "s", "1x", "-1", "1.5s", "18446744073709551615", "99999999999h"}) {
    EXPECT_EQ(parse_duration_ns(wrong), std::nullopt) << wrong;
  }
}

}  // namespace
}  // namespace wisp::cli
