#include "jit/wasm/name_section.h"

#include <gtest/gtest.h>

#include "jit/wasm/module_decoder.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;

Bytes with_names(const Bytes& content) {
  test::ModuleBuilder builder;
  builder.custom("name", content);
  return builder.build();
}

const Bytes kFunctions = {0x01, 0x0d, 0x03, 0x00, 0x02, 'f', '0', 0x05,
                          0x01, 'x',  0x06, 0x03, 'a',  'b', 'c'};

TEST(NameSection, NamesFunctions) {
  const Bytes bytes = with_names(test::join({{0x00, 0x03, 0x02, 'm', 'o'}, kFunctions}));
  const Module module = decode_module(bytes).value();
  EXPECT_EQ(module_name(module), "mo");
  EXPECT_EQ(function_name(module, 0), "f0");
  EXPECT_EQ(function_name(module, 6), "abc");
  EXPECT_EQ(function_name(module, 1), "");
  ASSERT_EQ(function_names(module).size(), 3u);
  EXPECT_EQ(function_names(module)[1].function, 5u);
  EXPECT_EQ(function_names(module)[1].name, "x");
}

TEST(NameSection, IsIgnoredWhereItIsMalformed) {
  Bytes content = kFunctions;
  for (size_t size = 0; size < content.size(); ++size) {
    const Bytes bytes = with_names(Bytes(content.begin(), content.begin() + size));
    const auto module = decode_module(bytes);
    ASSERT_TRUE(module.has_value());  // a custom section makes no module invalid
    EXPECT_EQ(function_name(module.value(), 6), "");
    EXPECT_EQ(module_name(module.value()), "");
  }
  content[5] = 0xff;  // in the first name
  EXPECT_TRUE(function_names(decode_module(with_names(content)).value()).empty());
}

TEST(NameSection, MayBeMissing) {
  test::ModuleBuilder builder;
  const Bytes bytes = builder.build();
  const Module module = decode_module(bytes).value();
  EXPECT_TRUE(function_names(module).empty());
}

}  // namespace
}  // namespace wisp::jit
