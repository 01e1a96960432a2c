#include "platform/printable.h"

#include <gtest/gtest.h>

namespace wisp {
namespace {

TEST(Printable, LeavesTextsAlone) {
  for (const char* text : {"", "core::outer", "`\\u{1b}`", "a b~", "Zürich, 東京"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, EscapesWhatATerminalActsOn) {
  EXPECT_EQ(printable("\x1b[31mred\x07"), "\\u{1b}[31mred\\u{7}");
  EXPECT_EQ(printable("a\nb\r\tc"), "a\\u{a}b\\u{d}\\u{9}c");
  EXPECT_EQ(printable(std::string_view("a\0b", 3)), "a\\u{0}b");
  EXPECT_EQ(printable("\x7f"), "\\u{7f}");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "\\u{9b}31m");  // C1: one more way to write ESC [
}

TEST(Printable, EscapesWhatReordersOrHides) {
  EXPECT_EQ(printable("a\u202eb\u2066c\u2028d\u200be\ufeff"),
            "a\\u{202e}b\\u{2066}c\\u{2028}d\\u{200b}e\\u{feff}");
  EXPECT_EQ(printable("\U000e0041"), "\\u{e0041}");
}

TEST(Printable, EscapesBytesThatAreNoUtf8) {
  EXPECT_EQ(printable("caf\xe9"), "caf\\xe9");
  EXPECT_EQ(printable("\x9b"
                      "31m"),
            "\\x9b31m");
  EXPECT_EQ(printable("\xe2\x80"), "\\xe2\\x80");           // ends too early
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
}

TEST(Printable, QuotesAndLines) {
  EXPECT_EQ(quoted("a\nb"), "`a\\u{a}b`");
  EXPECT_EQ(printable_lines("a\n  b\x1b"), "a\n  b\\u{1b}");
}

}  // namespace
}  // namespace wisp
