#include "component/abi/strings.h"

#include <gtest/gtest.h>

#include <vector>

namespace wisp::component {
namespace {

TEST(Strings, ShortAsciiIsKnownByEachByte) {
  for (size_t size = 0; size <= 80; size++) {
    std::vector<uint8_t> text(size, 0x7f);  // of its own size, so that ASan sees reads beyond it
    EXPECT_EQ(is_short_ascii(text.data(), size), size >= 8 && size <= 64) << size;
    for (size_t at = 0; at < size; at++) {
      text[at] = 0x80;
      EXPECT_FALSE(is_short_ascii(text.data(), size)) << at << " of " << size;
      text[at] = 0x7f;
    }
  }
}

}  // namespace
}  // namespace wisp::component
