// What a small file can make the host do: each bomb here ends in one clear error, after little
// memory and time. docs/security.md lists the limits.
#include <gtest/gtest.h>

#include "component/load/load.h"
#include "component/model/component.h"
#include "tests/support/adapter/component_builder.h"

namespace wisp::test {
namespace {

using component::Component;
using component::link_component;
using B = ComponentBuilder;

// The error of linking, without machine code; kUsage where there is none.
Error error_of(const Bytes& bytes) {
  Result<std::shared_ptr<Component>> linked = link_component(bytes);
  if (linked.has_value()) return Error(ErrorCode::kUsage, "it links");
  return std::move(linked).error();
}
Bytes name(std::string_view text) {
  Bytes bytes;
  append_name(bytes, text);
  return bytes;
}
Bytes import_of(std::string_view text, const Bytes& type) {
  return join({{0x00}, name(text), type});
}
void expect_limit(const Bytes& bytes, const std::string& text) {
  const Error error = error_of(bytes);
  EXPECT_EQ(error.code(), ErrorCode::kLimit) << error.message();
  EXPECT_NE(error.message().find(text), std::string::npos) << error.message();
}

constexpr int kLevels = 64;  // of doubling: more than anybody can write out

// A vector that says it has 2^32 - 1 elements, in a file of a few bytes.
TEST(Limits, CountsWithoutContent) {
  const Bytes huge = {0xff, 0xff, 0xff, 0xff, 0x0f};
  for (uint8_t section = 1; section <= 11; ++section) {
    const Bytes bytes = join({{0, 'a', 's', 'm', 0x0d, 0, 1, 0}, {section, 5}, huge});
    EXPECT_EQ(link_component(bytes).has_value(), false) << int{section};
  }
  const Bytes types[] = {{0x72}, {0x71}, {0x6f}, {0x6e}, {0x6d}, {0x40}, {0x41}, {0x42}};
  for (const Bytes& type : types) {
    B builder;
    builder.add(B::kType, join({type, huge}));
    EXPECT_EQ(error_of(builder.build()).code(), ErrorCode::kMalformed) << int{type[0]};
  }
  const Bytes instances[] = {{0x00, 0x00}, {0x01}};
  for (const Bytes& instance : instances) {
    for (const B::Section section : {B::kCoreInstance, B::kInstance}) {
      B builder;
      builder.component(B().build());
      builder.core_module({0, 'a', 's', 'm', 1, 0, 0, 0});
      builder.add(section, join({instance, huge}));
      EXPECT_EQ(error_of(builder.build()).code(), ErrorCode::kMalformed);
    }
  }
  for (uint8_t section : {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12}) {
    B builder;
    builder.core_module(join({{0, 'a', 's', 'm', 1, 0, 0, 0}, {section, 5}, huge}));
    EXPECT_FALSE(link_component(builder.build()).has_value()) << int{section};
  }
}

// Each type has two of the one before.
TEST(Limits, DoublingValueTypes) {
  B builder;
  builder.add(B::kType, {0x6f, 2, 0x7d, 0x7d});
  for (int i = 0; i < kLevels; ++i) {
    builder.add(B::kType,
                join({{0x6f, 2}, u32(static_cast<uint32_t>(i)), u32(static_cast<uint32_t>(i))}));
  }
  const Error error = error_of(builder.build());
  EXPECT_NE(error.message().find("too deeply or has too many parts"), std::string::npos)
      << error.message();
}

// The same with instance types that introduce a resource, so that each use is a copy.
TEST(Limits, DoublingInstanceTypes) {
  B builder;
  builder.add(B::kType, join({{0x42, 1, 0x04, 0x00}, name("r"), {0x03, 0x01}}));
  for (int i = 0; i < kLevels; ++i) {
    Bytes type = {0x42, 3, 0x02, 0x03, 0x02, 0x01};
    append(type, u32(static_cast<uint32_t>(i)));
    for (const char* item : {"a", "b"})
      append(type, join({{0x04, 0x00}, name(item), {0x05, 0x00}}));
    builder.add(B::kType, type);
  }
  const Error error = error_of(builder.build());
  EXPECT_EQ(error.code(), ErrorCode::kLimit) << error.message();
}

// One instance type with many items, imported many times.
TEST(Limits, ManyImportsOfABigType) {
  B builder;
  Bytes type = join({{0x42}, u32(5001), {0x01, 0x40, 0x00, 0x01, 0x00}});
  for (int i = 0; i < 5000; ++i)
    append(type, join({{0x04, 0x00}, name("f" + std::to_string(i)), {0x01, 0x00}}));
  builder.add(B::kType, type);
  for (int i = 0; i < 20000; ++i) {
    builder.add(B::kImport, import_of("i" + std::to_string(i), {0x05, 0x00}));
  }
  expect_limit(builder.build(), "");
}

// Each component instantiates the one before twice.
TEST(Limits, DoublingInstances) {
  B builder;
  builder.component(B().build());
  for (uint32_t i = 0; i < 40; ++i) {
    B inner;
    for (int k = 0; k < 2; ++k) {
      inner.add(B::kAlias, join({{0x04, 0x02, 0x01}, u32(i)}));
      inner.add(B::kInstance, join({{0x00}, u32(static_cast<uint32_t>(k)), {0x00}}));
    }
    builder.component(inner.build());
  }
  builder.add(B::kInstance, {0x00, 40, 0x00});
  expect_limit(builder.build(), "instances");
}

// A component that imports `f` and hands it to 900 instances of `inner`.
Bytes instantiated_often(const B& inner) {
  B builder;
  builder.add(B::kType, {0x40, 0x00, 0x01, 0x00});
  builder.add(B::kImport, import_of("f", {0x01, 0x00}));
  builder.component(inner.build());
  for (int i = 0; i < 900; ++i) {
    builder.add(B::kInstance, join({{0x00, 0x00, 0x01}, name("f"), {0x01, 0x00}}));
  }
  return builder.build();
}

// A component with many exports, instantiated many times.
TEST(Limits, ManyInstancesWithManyItems) {
  B inner;
  inner.add(B::kType, {0x40, 0x00, 0x01, 0x00});
  inner.add(B::kImport, import_of("f", {0x01, 0x00}));
  for (int i = 0; i < 20000; ++i) inner.export_item("e" + std::to_string(i), B::kFunc, 0);
  expect_limit(instantiated_often(inner), "the types of the component");
}

// Instantiations with many arguments that nobody asked for.
TEST(Limits, ManyArguments) {
  B middle;
  middle.add(B::kType, {0x40, 0x00, 0x01, 0x00});
  middle.add(B::kImport, import_of("f", {0x01, 0x00}));
  middle.component(B().build());
  Bytes arguments;
  for (int i = 0; i < 50000; ++i)
    append(arguments, join({name("a" + std::to_string(i)), {0x01, 0x00}}));
  middle.add(B::kInstance, join({{0x00, 0x00}, u32(50000), arguments}));
  expect_limit(instantiated_often(middle), "more than 2000000 definitions");
}

TEST(Limits, CountsOfDefinitions) {
  B modules, components, instances;
  instances.component(B().build());
  for (int i = 0; i < 1001; ++i) {
    modules.core_module({0, 'a', 's', 'm', 1, 0, 0, 0});
    components.component(B().build());
    instances.add(B::kInstance, {0x00, 0x00, 0x00});
  }
  expect_limit(modules.build(), "core modules");
  expect_limit(components.build(), "components");
  expect_limit(instances.build(), "instances");
}

TEST(Limits, Names) {
  for (const size_t size : {100'000, 100'001}) {
    B builder;
    builder.add(B::kType, {0x40, 0x00, 0x01, 0x00});
    builder.add(B::kImport, import_of(std::string(size, 'a'), {0x01, 0x00}));
    if (size == 100'000) {
      EXPECT_TRUE(link_component(builder.build()).has_value());
    } else {
      expect_limit(builder.build(), "longer than 100000 bytes");
    }
  }
}

TEST(Limits, MembersOfTypes) {
  struct Case {
    uint8_t type;
    uint32_t most;
    Bytes after_label;
  };
  const Case cases[] = {
      {0x72, 10'000, {0x7d}}, {0x71, 10'000, {0x00, 0x00}}, {0x6d, 10'000, {}}, {0x6e, 32, {}}};
  for (const Case& each : cases) {
    for (const uint32_t count : {each.most, each.most + 1}) {
      Bytes code = join({{each.type}, u32(count)});
      for (uint32_t i = 0; i < count; ++i)
        append(code, join({name("l" + std::to_string(i)), each.after_label}));
      B builder;
      builder.add(B::kType, code);
      EXPECT_EQ(link_component(builder.build()).has_value(), count == each.most) << int{each.type};
    }
  }
}

// Two large types that are equal but not the same, compared again and again.
TEST(Limits, ComparisonsOfTypes) {
  B builder;
  uint32_t functions[2];
  uint32_t next = 0;
  for (uint32_t& function : functions) {
    builder.add(B::kType, {0x6f, 2, 0x7d, 0x7d});
    for (int i = 0; i < 17; ++i, ++next)
      builder.add(B::kType, join({{0x6f, 2}, u32(next), u32(next)}));
    builder.add(B::kType, join({{0x40, 1, 1, 'x'}, u32(next), {0x01, 0x00}}));
    function = next + 1;
    next += 2;
  }
  B inner;
  inner.add(B::kAlias, join({{0x03, 0x02, 0x01}, u32(functions[0])}));
  inner.add(B::kImport, import_of("f", {0x01, 0x00}));
  builder.component(inner.build());
  builder.add(B::kImport, import_of("g", join({{0x01}, u32(functions[1])})));
  for (int i = 0; i < 900; ++i) {
    builder.add(B::kInstance, join({{0x00, 0x00, 0x01}, name("f"), {0x01, 0x00}}));
  }
  expect_limit(builder.build(), "compar");
}

TEST(Limits, NestedComponents) {
  Bytes bytes = B().build();
  for (int i = 0; i < 200; ++i) {
    B outer;
    outer.component(bytes);
    bytes = outer.build();
  }
  expect_limit(bytes, "nest");
}

// A value that needs 2^27 flat parts.
TEST(Limits, LongFixedLists) {
  B builder;
  builder.core_module(join({{0, 'a', 's', 'm', 1, 0, 0, 0},
                            {1, 5, 1, 0x60, 1, 0x7f, 0},
                            {3, 2, 1, 0},
                            {5, 3, 1, 0, 1},
                            {7, 9, 2, 1, 'f', 0, 0, 1, 'm', 2, 0},
                            {10, 4, 1, 2, 0, 0x0b}}));
  builder.add(B::kType, join({{0x67, 0x7d}, u32(1u << 27)}));
  builder.add(B::kType, join({{0x40, 1, 1, 'x', 0x00}, {0x01, 0x00}}));
  builder.core_instantiate(0, {});
  builder.alias_core_export(B::kCoreFunc, 0, "f");
  builder.alias_core_export(B::kCoreMemory, 0, "m");
  builder.add(B::kCanon, {0x00, 0x00, 0x00, 1, 0x03, 0x00, 0x01});
  const Error error = error_of(builder.build());
  EXPECT_NE(error.message().find("realloc"), std::string::npos) << error.message();
}

}  // namespace
}  // namespace wisp::test
