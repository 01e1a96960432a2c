#include "jit/wasm/module_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::ModuleBuilder;

const Bytes kPreamble = {0, 'a', 's', 'm', 1, 0, 0, 0};

TEST(ModuleDecoder, ReadsEverySection) {
  ModuleBuilder builder;
  const uint32_t type = builder.type({ValueType::kI32}, {ValueType::kI32});
  const uint32_t empty = builder.type({}, {});
  builder.add(ModuleBuilder::kImports, {1, 'm', 1, 'f', 0x00, 0x01});
  builder.add(ModuleBuilder::kImports, {1, 'm', 1, 'g', 0x03, 0x7e, 0x00});
  builder.add(ModuleBuilder::kTables, {0x70, 0x01, 0x02, 0x03});
  builder.memory(2);
  builder.add(ModuleBuilder::kGlobals, {0x7f, 0x01, 0x41, 0x05, 0x0b});
  builder.export_item("run", 0x00, 1);
  builder.add(ModuleBuilder::kStart, {0x00});
  builder.add(ModuleBuilder::kElements, {0x00, 0x41, 0x00, 0x0b, 0x01, 0x01});
  builder.add(ModuleBuilder::kDataCount, {0x01});
  builder.add(ModuleBuilder::kData, {0x01, 0x02, 'h', 'i'});
  builder.function(type, {0x20, 0x00});
  const Bytes bytes = builder.build();
  const Module module = decode_module(bytes, 77).value();

  ASSERT_EQ(module.types.size(), 2u);
  ASSERT_EQ(module.imports.size(), 2u);
  EXPECT_EQ(module.imports[0].module, "m");
  EXPECT_EQ(std::get<uint32_t>(module.imports[0].type), empty);
  EXPECT_EQ(std::get<GlobalType>(module.imports[1].type).value, ValueType::kI64);
  EXPECT_EQ(module.imported_functions, 1u);
  EXPECT_EQ(module.imported_globals, 1u);
  EXPECT_EQ(module.functions, (std::vector<uint32_t>{empty, type}));
  EXPECT_EQ(module.tables[0].limits, (Limits{2, 3}));
  EXPECT_EQ(module.memories[0].limits, (Limits{2, std::nullopt}));
  EXPECT_EQ(module.globals[1].mutability, Mutability::kVar);
  ASSERT_EQ(module.global_inits.size(), 1u);
  EXPECT_EQ(module.global_inits[0].code.size(), 2u);  // without the end
  EXPECT_EQ(module.exports[0].name, "run");
  EXPECT_EQ(module.start, 0u);
  EXPECT_EQ(module.elements[0].functions, std::vector<uint32_t>{1});
  EXPECT_EQ(module.data[0].mode, SegmentMode::kPassive);
  EXPECT_EQ(module.data[0].bytes.size(), 2u);
  EXPECT_EQ(module.declared_function_references, (std::vector<bool>{false, true}));
  // A body knows where it stands in the file.
  const FunctionBody& body = module.bodies[0];
  EXPECT_EQ(body.file_offset, 77 + static_cast<uint64_t>(body.code.data() - bytes.data()));
  EXPECT_EQ(body.code.size(), 4u);
}

TEST(ModuleDecoder, AcceptsTheEmptyModule) { EXPECT_TRUE(validate_module(kPreamble).has_value()); }

struct BadModule {
  Bytes content;  // after the preamble
  ErrorCode code;
  const char* message;
  uint64_t offset;
};

TEST(ModuleDecoder, SaysWhatIsWrongAndWhere) {
  const ErrorCode kInvalid = ErrorCode::kInvalid;
  const ErrorCode kMalformed = ErrorCode::kMalformed;
  const ErrorCode kUnsupported = ErrorCode::kUnsupported;
  for (const BadModule& bad : std::vector<BadModule>{
           {{0x0e, 0x00}, kMalformed, "malformed section id 14", 8},
           {{0x01, 0x05, 0x00}, kMalformed, "length out of bounds", 8},
           {{0x01}, kMalformed, "unexpected end", 9},
           {{0x01, 0x02, 0x00, 0x00}, kMalformed, "section size mismatch in section 1", 11},
           {{0x02, 0x01, 0x00, 0x01, 0x01, 0x00},
            kMalformed,
            "unexpected content after last section",
            11},
           {{0x01, 0x01, 0x00, 0x01, 0x01, 0x00},
            kMalformed,
            "unexpected content after last section",
            11},
           {{0x01, 0x02, 0x01, 0x61}, kMalformed, "malformed definition type 0x61", 11},
           {{0x01, 0x01, 0x7f},
            kMalformed,
            "length out of bounds: unexpected end after 127 types",
            10},
           {{0x01, 0x05, 0x01, 0x60, 0x01, 0x48, 0x00},
            kMalformed,
            "malformed value type 0x48",
            13},
           {{0x03, 0x02, 0x01, 0x00}, kInvalid, "unknown type 0", 11},
           {{0x05, 0x03, 0x01, 0x00, 0x00, 0x03, 0x01, 0x01},
            kMalformed,
            "unexpected content after last section",
            13},
           {{0x05, 0x05, 0x01, 0x00, 0x81, 0x80, 0x04},
            kInvalid,
            "memory size must be at most",
            12},
           {{0x05, 0x04, 0x01, 0x01, 0x02, 0x01}, kInvalid, "size minimum must not be greater", 12},
           {{0x05, 0x03, 0x01, 0x10, 0x00}, kMalformed, "malformed limits flags", 11},
           {{0x06, 0x05, 0x01, 0x7f, 0x02, 0x41, 0x00}, kMalformed, "malformed mutability", 12},
           {{0x06, 0x06, 0x01, 0x7f, 0x00, 0x42, 0x00, 0x0b}, kInvalid, "type mismatch", 13},
           {{0x07, 0x04, 0x01, 0x00, 0x00, 0x00}, kInvalid, "unknown function 0", 13},
           {{0x07, 0x04, 0x01, 0x00, 0x05, 0x00}, kMalformed, "malformed export kind", 12},
           {{0x08, 0x01, 0x00}, kInvalid, "unknown function 0", 10},
           {{0x09, 0x02, 0x01, 0x08}, kMalformed, "malformed elements segment kind", 11},
           {{0x09, 0x06, 0x01, 0x00, 0x41, 0x00, 0x0b, 0x00}, kInvalid, "unknown table 0", 12},
           {{0x0a, 0x01, 0x01}, kMalformed, "function and code section have inconsistent", 10},
           {{0x0b, 0x02, 0x01, 0x03}, kMalformed, "malformed data segment kind", 11},
           {{0x0c, 0x01, 0x01}, kMalformed, "data count and data section have inconsistent", 11},
           {{0x00, 0x02, 0x01, 0xff}, kMalformed, "malformed UTF-8 encoding", 10},
           {{0x00, 0x01, 0x05}, kMalformed, "unexpected end", 10},
           {{0x0d, 0x01, 0x00}, kUnsupported, "needs exceptions: not supported yet", 10},
           {{0x01, 0x05, 0x01, 0x60, 0x01, 0x7b, 0x00}, kUnsupported, "needs simd", 13},
           {{0x01, 0x02, 0x01, 0x5f}, kUnsupported, "needs gc", 11},
           {{0x05, 0x03, 0x01, 0x04, 0x00}, kUnsupported, "needs memory64", 11},
           {{0x05, 0x04, 0x01, 0x03, 0x00, 0x01}, kUnsupported, "needs threads", 11},
           {{0x05, 0x04, 0x01, 0x08, 0x00, 0x00}, kUnsupported, "needs custom-page-sizes", 11},
           {{0x05, 0x04, 0x01, 0x10, 0x00, 0x00}, kMalformed, "malformed limits flags", 11},
           {{0x06, 0x06, 0x01, 0x7f, 0x03, 0x41, 0x00, 0x0b},
            kUnsupported,
            "needs shared-everything-threads",
            12},
           {{0x02, 0x05, 0x01, 0x01, 'a', 0x00, 0x7f}, kUnsupported, "needs compact-imports", 14},
           {{0x02, 0x06, 0x01, 0x01, 'a', 0x01, 'b', 0x7f}, kMalformed, "malformed import", 15},
           {{0x02, 0x05, 0x01, 0x01, 'a', 0x00, 0x20}, kUnsupported, "needs custom-desc", 14},
           {{0x05, 0x05, 0x02, 0x00, 0x00, 0x00, 0x00}, kUnsupported, "needs multi-memory", 13},
           {{0x04, 0x04, 0x01, 0x40, 0x00, 0x70}, kUnsupported, "needs function-references", 11},
       }) {
    Bytes bytes = kPreamble;
    test::append(bytes, bad.content);
    const Result<void> result = validate_module(bytes);
    ASSERT_FALSE(result.has_value()) << bad.message;
    const Error& error = result.error();
    EXPECT_EQ(error.message().substr(0, std::string(bad.message).size()), bad.message);
    EXPECT_EQ(error.code(), bad.code) << bad.message;
    EXPECT_EQ(error.offset(), bad.offset) << error.message();
  }
}

TEST(ModuleDecoder, RefusesOtherFiles) {
  for (const Bytes& bytes : {Bytes{}, Bytes{0}, Bytes{0, 'a', 's'}}) {
    EXPECT_EQ(decode_module(bytes).error().message(), "unexpected end");
  }
  EXPECT_EQ(decode_module(Bytes{0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).error().message(),
            "magic header not detected");
  EXPECT_EQ(decode_module(Bytes{0, 'a', 's', 'm', 2, 0, 0, 0}).error().message(),
            "unknown binary version 0x2");
  EXPECT_EQ(decode_module(Bytes{0, 'a', 's', 'm', 0x0d, 0, 1, 0}).error().message(),
            "unknown binary version 0x1000d: a component, where a core module is needed");
}

TEST(ModuleDecoder, RefusesDuplicateExports) {
  ModuleBuilder builder;
  builder.memory(1);
  builder.export_item("b", 2, 0);
  builder.export_item("a", 2, 0);
  builder.export_item("b", 2, 0);
  const auto result = validate_module(builder.build());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().message(), "duplicate export name \"b\"");
  EXPECT_EQ(result.error().code(), ErrorCode::kInvalid);
}

TEST(ModuleDecoder, StartTakesAndReturnsNothing) {
  ModuleBuilder builder;
  builder.function(builder.type({ValueType::kI32}, {}), {});
  builder.add(ModuleBuilder::kStart, {0x00});
  EXPECT_EQ(validate_module(builder.build()).error().message(),
            "start function 0 has type (i32) -> ()");
}

TEST(ModuleDecoder, LimitsParameters) {
  ModuleBuilder builder;
  builder.type(ModuleBuilder::Types(1001, ValueType::kI32), {});
  EXPECT_EQ(decode_module(builder.build()).error().code(), ErrorCode::kLimit);
  ModuleBuilder fits;
  fits.type(ModuleBuilder::Types(1000, ValueType::kI32),
            ModuleBuilder::Types(1000, ValueType::kF64));
  EXPECT_TRUE(decode_module(fits.build()).has_value());
}

}  // namespace
}  // namespace wisp::jit
