// Features that Wisp reads and refuses: by name, with the place, before any code is made.
#include <gtest/gtest.h>

#include "component/load/load.h"
#include "component/model/component.h"
#include "component/text/inspector.h"
#include "component/text/wit_printer.h"
#include "tests/support/adapter/component_builder.h"

namespace wisp::test {
namespace {

using B = ComponentBuilder;

void expect_refused(const B& builder, const std::string& name) {
  const Bytes bytes = builder.build();
  const Result<void> refused = component::validate_component(bytes);
  ASSERT_FALSE(refused.has_value()) << name;
  const Error& error = refused.error();
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported) << error.message();
  EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
  EXPECT_GE(error.offset(), 8u);
  EXPECT_LT(error.offset(), bytes.size());
}
void expect_section(B::Section section, const Bytes& item, const std::string& name) {
  B builder;
  builder.add(section, item);
  expect_refused(builder, name);
}

TEST(GatedFeatures, Types) {
  expect_section(B::kType, {0x43, 0x00, 0x01, 0x00}, "WASI 0.3");  // async function
  expect_section(B::kType, {0x66, 0x01, 0x7d}, "WASI 0.3");        // stream
  expect_section(B::kType, {0x65, 0x00}, "WASI 0.3");              // future
  expect_section(B::kType, {0x70, 0x64}, "error-context");
  expect_section(B::kType, {0x3f, 0x7e, 0x00}, "i64 representation");
}

TEST(GatedFeatures, BuiltIns) {
  const Bytes simple[] = {{0x05}, {0x06, 0x00}, {0x0c, 0x00}, {0x0d}, {0x1f},
                          {0x22}, {0x23},       {0x24},       {0x25}};
  for (const Bytes& item : simple) expect_section(B::kCanon, item, "WASI 0.3");
  expect_section(B::kCanon, {0x09, 0x00, 0x7d, 0x00}, "WASI 0.3");  // task.return
  expect_section(B::kCanon, {0x1e}, "error-context");
  for (const Bytes& item : {Bytes{0x26}, Bytes{0x28}, Bytes{0x29, 0x00}, Bytes{0x2a, 0x00},
                            Bytes{0x2d, 0x00}, Bytes{0x42, 0x00}}) {
    expect_section(B::kCanon, item, "thread");
  }
  expect_section(B::kCanon, {0x0a, 0x7e, 0x00}, "i64");  // context.get i64
  // stream.new and the others of a type
  for (uint8_t opcode = 0x0e; opcode <= 0x1b; ++opcode) {
    B builder;
    builder.add(B::kType, {static_cast<uint8_t>(opcode <= 0x14 ? 0x66 : 0x65), 0x00});
    Bytes item = {opcode, 0x00};
    const uint8_t operation = opcode <= 0x14 ? opcode - 0x0e : opcode - 0x15;
    if (operation >= 1 && operation <= 4) item.push_back(0x00);  // no options; not async
    builder.add(B::kCanon, item);
    expect_refused(builder, "WASI 0.3");
  }
}

TEST(GatedFeatures, Options) {
  for (const Bytes& option : {Bytes{0x08, 0x00}, Bytes{0x09}}) {
    B builder;
    builder.add(B::kType, {0x40, 0x00, 0x01, 0x00});
    builder.add(B::kImport, {0x00, 1, 'f', 0x01, 0x00});
    builder.add(B::kCanon, join({{0x01, 0x00, 0x00, 0x01}, option}));
    expect_refused(builder, "gc");
  }
  B builder;
  builder.add(B::kType, {0x43, 0x00, 0x01, 0x00});
  builder.add(B::kImport, {0x00, 1, 'f', 0x01, 0x00});
  builder.add(B::kCanon, {0x01, 0x00, 0x00, 0x01, 0x06});
  expect_refused(builder, "WASI 0.3");
}

TEST(GatedFeatures, ValuesAndStart) {
  expect_section(static_cast<B::Section>(9), {0x00, 0x00, 0x00}, "start");
  expect_section(static_cast<B::Section>(12), {0x7f, 0x01, 0x01}, "value");
  expect_section(B::kImport, {0x00, 1, 'v', 0x02, 0x01, 0x7d}, "values");
  expect_section(B::kExport, {0x00, 1, 'v', 0x02, 0x00, 0x00}, "values");
}

// A module that Wisp cannot read, (module (type (struct)) ...): what it exports is not known.
constexpr uint8_t kGcModule[] = {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 3, 1, 0x5f, 0};

B with_gc_module() {
  B builder;
  builder.core_module(Bytes(std::begin(kGcModule), std::end(kGcModule)));
  builder.core_instantiate(0, {});
  builder.alias_core_export(B::kCoreFunc, 0, "f");
  builder.alias_core_export(B::kCoreMemory, 0, "m");
  builder.add(B::kType, {0x40, 0x01, 1, 's', 0x73, 0x01, 0x00});  // (func (param "s" string))
  return builder;
}

TEST(GatedFeatures, CoreModulesDoNotHideTheComponent) {
  B builder = with_gc_module();
  // Lifted with the memory and the function, as realloc too; then given to another module.
  builder.add(B::kCanon, {0x00, 0x00, 0x00, 0x02, 0x03, 0x00, 0x04, 0x00, 0x00});
  builder.export_item("f", B::kFunc, 0);
  builder.core_exports({{"f", B::kCoreFunc, 0}, {"m", B::kCoreMemory, 0}});
  test::ModuleBuilder user;
  user.type({}, {});
  user.add(test::ModuleBuilder::kImports, {1, 'a', 1, 'f', 0x00, 0x00});
  user.add(test::ModuleBuilder::kImports, {1, 'a', 1, 'm', 0x02, 0x00, 0x01});
  builder.core_module(user.build());
  builder.core_instantiate(1, {{"a", 1}});
  builder.core_instantiate(1, {{"a", 0}});
  expect_refused(builder, "needs gc: not supported yet");
  const Bytes bytes = builder.build();
  Result<std::string> wit = component::print_wit(bytes);
  ASSERT_TRUE(wit.has_value()) << wit.error().message();
  EXPECT_NE(wit->find("export f: func(s: string);"), std::string::npos) << *wit;
  Result<std::string> inspected = component::inspect_component(bytes);
  ASSERT_TRUE(inspected.has_value()) << inspected.error().message();
  EXPECT_NE(inspected->find("cannot run: needs gc: not supported yet (at offset 0x15)"),
            std::string::npos)
      << *inspected;
}

TEST(GatedFeatures, WideMemoriesMayChangeBuiltIns) {
  B builder = with_gc_module();
  builder.add(B::kCanon, {0x20, 0x00, 0x00});  // waitable-set.wait with the unknown memory
  builder.core_exports({{"wait", B::kCoreFunc, 1}});
  test::ModuleBuilder user;
  user.type({jit::ValueType::kI32, jit::ValueType::kI64}, {jit::ValueType::kI32});
  user.add(test::ModuleBuilder::kImports, {1, 'a', 4, 'w', 'a', 'i', 't', 0x00, 0x00});
  builder.core_module(user.build());
  builder.core_instantiate(1, {{"a", 1}});
  expect_refused(builder, "needs gc");
}

TEST(GatedFeatures, WhatIsInvalidBesidesIsInvalid) {
  const auto is_invalid = [](const B& builder, const std::string& why) {
    const Bytes bytes = builder.build();
    const Result<void> refused = component::validate_component(bytes);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code(), ErrorCode::kInvalid) << refused.error().message();
    EXPECT_NE(refused.error().message().find(why), std::string::npos) << refused.error().message();
  };
  B no_function = with_gc_module();
  no_function.add(B::kCanon, {0x00, 0x00, 0x05, 0x00, 0x00});
  is_invalid(no_function, "unknown core function 5");
  B no_options = with_gc_module();
  no_options.add(B::kCanon, {0x00, 0x00, 0x00, 0x00, 0x00});
  is_invalid(no_options, "`memory` is required");
  B bad_module = with_gc_module();
  test::ModuleBuilder module;
  module.function(module.type({}, {}), {0x6a});  // i32.add of nothing
  bad_module.core_module(module.build());
  is_invalid(bad_module, "type mismatch");
}

TEST(GatedFeatures, CoreTypesBeyondThisVersion) {
  const auto core_type = static_cast<B::Section>(3);
  expect_section(core_type, {0x00, 0x50, 0x00, 0x60, 0x00, 0x00}, "gc");             // sub
  expect_section(core_type, {0x5f, 0x00}, "gc");                                     // struct
  expect_section(core_type, {0x65, 0x60, 0x00, 0x00}, "shared-everything-threads");  // shared
  expect_section(core_type, {0x50, 0x01, 0x01, 0x50, 0x00, 0x60, 0x00, 0x00}, "gc");
  // Memories that a module type imports.
  for (const auto& [flags, feature] : {std::pair{0x08, "custom-page-sizes"},
                                       {0x04, "memory64"},
                                       {0x06, "memory64"},
                                       {0x03, "threads"}}) {
    expect_section(core_type,
                   {0x50, 0x01, 0x00, 1, 'a', 1, 'b', 0x02, static_cast<uint8_t>(flags), 0, 0},
                   feature);
  }
  // Globals of it: shared, with either mutability.
  for (const uint8_t mutability : {0x02, 0x03}) {
    expect_section(core_type, {0x50, 0x01, 0x00, 1, 'a', 1, 'b', 0x03, 0x7f, mutability},
                   "threads");
  }
}

}  // namespace
}  // namespace wisp::test
