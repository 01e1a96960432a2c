#include "jit/wasm/module_outline.h"

#include <gtest/gtest.h>

#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::join;
using test::ModuleBuilder;

using Kind = ModuleOutline::Kind;

std::string describe(const std::vector<ModuleOutline::Item>& items) {
  std::string text;
  for (const ModuleOutline::Item& item : items) {
    text += (text.empty() ? "" : ", ") + std::string(item.module) + "." + std::string(item.name) +
            ":" + to_string(item.kind);
  }
  return text;
}

TEST(ModuleOutline, NamesImportsOfAnyType) {
  ModuleBuilder builder;
  for (const Bytes& type : {
           Bytes{1, 'f', 0x00, 0x80, 0x01},                          // function of type 128
           Bytes{1, 'x', 0x20, 0x00},                                // of an exact type
           Bytes{1, 't', 0x01, 0x70, 0x01, 0x00, 0x05},              // table of funcref
           Bytes{1, 'r', 0x01, 0x63, 0x80, 0x01, 0x04, 0x00},        // of a reference, 64-bit
           Bytes{1, 's', 0x01, 0x64, 0x65, 0x71, 0x00, 0x00},        // of a shared reference
           Bytes{1, 'm', 0x02, 0x0f, 0x00, 0xff, 0xff, 0x03, 0x00},  // memory with everything
           Bytes{1, 'g', 0x03, 0x7b, 0x00},                          // global of v128
           Bytes{1, 'h', 0x03, 0x65, 0x6e, 0x02},                    // shared
           Bytes{1, 'e', 0x04, 0x00, 0x00},                          // tag
       }) {
    builder.add(ModuleBuilder::kImports, join({{1, 'a'}, type}));
  }
  EXPECT_EQ(describe(outline_module(builder.build()).imports),
            "a.f:function, a.x:function, a.t:table, a.r:table, a.s:table, a.m:memory, a.g:global, "
            "a.h:global, a.e:tag");
}

TEST(ModuleOutline, ReadsCompactImports) {
  ModuleBuilder builder;
  builder.add(ModuleBuilder::kImports,
              {1, 'a', 0, 0x7f, 2, 1, 'f', 0x00, 0x00, 1, 'g', 0x03, 0x7f, 0x00});
  builder.add(ModuleBuilder::kImports, {1, 'b', 0, 0x7e, 0x00, 0x00, 2, 1, 'h', 1, 'i'});
  EXPECT_EQ(describe(outline_module(builder.build()).imports),
            "a.f:function, a.g:global, b.h:function, b.i:function");
}

TEST(ModuleOutline, SizesAndExports) {
  ModuleBuilder builder;
  builder.function(builder.type({}, {}), {});
  builder.export_item("run", 0, 0);
  builder.export_item("error", 4, 0);
  builder.add(ModuleBuilder::kData, {0x01, 0x02, 'h', 'i'});
  const Bytes bytes = builder.build();
  const ModuleOutline outline = outline_module(bytes);
  EXPECT_EQ(describe(outline.exports), ".run:function, .error:tag");
  EXPECT_EQ(outline.code_section_size, 4u);
  EXPECT_EQ(outline.data_section_size, 5u);
}

TEST(ModuleOutline, EndsEarlyWhereItKnowsNoMore) {
  ModuleBuilder builder;
  builder.add(ModuleBuilder::kImports, {1, 'a', 1, 'f', 0x00, 0x00});
  builder.add(ModuleBuilder::kImports, {1, 'a', 1, 'z', 0x33});
  builder.export_item("run", 0, 0);
  const Bytes whole = builder.build();
  const ModuleOutline outline = outline_module(whole);
  EXPECT_EQ(describe(outline.imports), "a.f:function");
  EXPECT_EQ(describe(outline.exports), ".run:function");
  for (size_t size = 0; size < whole.size(); size++) {
    EXPECT_LE(outline_module(std::span(whole).first(size)).imports.size(), 1u);
  }
}

}  // namespace
}  // namespace wisp::jit
