// Features that Wisp reads and refuses: by name, with the place, before any code is made.
#include <gtest/gtest.h>

#include "component/component.h"
#include "tests/support/adapter/component_builder.h"

namespace wisp::test {
namespace {

using B = ComponentBuilder;

void expect_refused(const B& builder, const std::string& name) {
  const Bytes bytes = builder.build();
  const Result<void> refused = component::Component::validate(bytes);
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

TEST(GatedFeatures, CoreTypesBeyondThisVersion) {
  const auto core_type = static_cast<B::Section>(3);
  expect_section(core_type, {0x00, 0x50, 0x00, 0x60, 0x00, 0x00}, "gc");             // sub
  expect_section(core_type, {0x5f, 0x00}, "gc");                                     // struct
  expect_section(core_type, {0x65, 0x60, 0x00, 0x00}, "shared-everything-threads");  // shared
  expect_section(core_type, {0x50, 0x01, 0x01, 0x50, 0x00, 0x60, 0x00, 0x00}, "gc");
}

}  // namespace
}  // namespace wisp::test
