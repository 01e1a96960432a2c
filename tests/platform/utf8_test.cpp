#include "platform/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace wisp {
namespace {

using namespace std::string_literals;

TEST(Utf8, AcceptsEveryScalarValueBoundary) {
  for (const std::string& text :
       {""s, "\0"s, "plain ascii, longer than a word"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s,
        "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s,
        "\xf4\x8f\xbf\xbf"s}) {
    EXPECT_TRUE(is_valid_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesWhatIsNoScalarValue) {
  for (const std::string& bad :
       {"\x80"s, "\xbf"s, "\xc0\x80"s, "\xc1\xbf"s, "\xc2"s, "\xc2\x7f"s, "\xe0\x9f\xbf"s,
        "\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xe1\x80"s, "\xe1\x80\xc0"s, "\xf0\x8f\xbf\xbf"s,
        "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\xf1\x80\x80"s, "\xff"s}) {
    EXPECT_FALSE(is_valid_utf8(bad));
    EXPECT_EQ(valid_utf8_prefix("0123456789abc" + bad + "rest"), 13u);
  }
}

}  // namespace
}  // namespace wisp
