#include "jit/wasm/function_validator.h"

#include <gtest/gtest.h>

#include <string>

#include "jit/wasm/module_decoder.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::ModuleBuilder;

struct Events : ValidationSink {
  std::string text;
  uint32_t height = 0;
  void add(const std::string& event) { text += (text.empty() ? "" : "; ") + event; }
  void on_locals(ValueType type, uint32_t count) {
    add(std::to_string(count) + " " + to_string(type));
  }
  void on_local_get(uint32_t local, uint32_t at) { add("get " + pair(local, at)); }
  void on_local_set(uint32_t local, uint32_t at) { add("set " + pair(local, at)); }
  void on_local_tee(uint32_t local, uint32_t at) { add("tee " + pair(local, at)); }
  void on_block(BlockType, uint32_t) { add("block"); }
  void on_loop(BlockType, uint32_t) { add("loop"); }
  void on_if(BlockType, uint32_t) { add("if"); }
  void on_else(uint32_t) { add("else"); }
  void on_end(uint32_t) { add("end"); }
  void on_br(uint32_t depth, uint32_t) { add("br " + std::to_string(depth)); }
  void on_br_if(uint32_t depth, uint32_t) { add("br_if " + std::to_string(depth)); }
  void on_br_table(const BrTable& table, uint32_t) { add("table " + std::to_string(table.size())); }
  void on_return(uint32_t) { add("return"); }
  void on_call(uint32_t function, uint32_t) { add("call " + std::to_string(function)); }
  void on_call_indirect(uint32_t type, uint32_t table, uint32_t) {
    add("indirect " + pair(type, table));
  }
  void on_memory_access(MemArg memarg, uint32_t) { add("memory " + std::to_string(memarg.offset)); }
  void on_finish(uint32_t max_operand_height) { height = max_operand_height; }
  static std::string pair(uint32_t a, uint32_t b) {
    return std::to_string(a) + "@" + std::to_string(b);
  }
};

// A module with a memory, a table and three types: ()->(), (i32)->(i32), ()->(i64, i64).
ModuleBuilder base() {
  ModuleBuilder builder;
  builder.type({}, {});
  builder.type({ValueType::kI32}, {ValueType::kI32});
  builder.type({}, {ValueType::kI64, ValueType::kI64});
  builder.memory(1);
  builder.add(ModuleBuilder::kTables, {0x70, 0x00, 0x01});
  return builder;
}

Events walk(uint32_t type, const Bytes& code, const ModuleBuilder::Locals& locals = {}) {
  ModuleBuilder builder = base();
  builder.function(type, code, locals);
  const Bytes bytes = builder.build();
  const Module module = decode_module(bytes).value();
  ValidationScratch scratch;
  Events events;
  const Result<void> result =
      FunctionDecoder<Events, Checks::kValidate>(module, module.bodies[0], 0, scratch, events)
          .run();
  EXPECT_TRUE(result.has_value()) << result.error().message();
  return events;
}

TEST(FunctionValidator, TellsTheSinkWhatTheSummaryNeeds) {
  const Events events =
      walk(1, {0x03, 0x40, 0x20, 0x00, 0x22, 0x01, 0x21, 0x02, 0x20, 0x00, 0x0d, 0x00,
               0x0b, 0x20, 0x00, 0x04, 0x40, 0x20, 0x00, 0x28, 0x02, 0x07, 0x10, 0x00,
               0x1a, 0x05, 0x0b, 0x41, 0x01, 0x41, 0x00, 0x11, 0x01, 0x00},
           {{1, ValueType::kI32}, {3, ValueType::kI32}});
  EXPECT_EQ(events.text,
            "1 i32; 3 i32; loop; get 0@7; tee 1@9; set 2@11; get 0@13; br_if 0; end; get 0@18; if; "
            "get 0@22; memory 7; call 0; else; end; indirect 1@0; end");
  EXPECT_EQ(events.height, 2u);
}

TEST(FunctionValidator, LeavesOutUnreachableCode) {
  const Events events = walk(0, {0x02, 0x40, 0x0c, 0x00, 0x20, 0x00, 0x02, 0x40, 0x0c, 0x01, 0x0b,
                                 0x6a, 0x1a, 0x0b, 0x41, 0x00, 0x04, 0x40, 0x0f, 0x10, 0x00, 0x05,
                                 0x10, 0x00, 0x0b, 0x41, 0x01, 0x0e, 0x01, 0x00, 0x00, 0x10, 0x00},
                             {{1, ValueType::kI32}});
  EXPECT_EQ(events.text, "1 i32; block; br 0; end; if; return; else; call 0; end; table 2; end");
}

TEST(FunctionValidator, CountsTheHighestOperandStack) {
  EXPECT_EQ(walk(2, {0x10, 0x00, 0x10, 0x00, 0x1a, 0x1a}).height, 4u);
  EXPECT_EQ(walk(0, {0x01}).height, 0u);
  EXPECT_EQ(walk(0, {0x41, 0x00, 0x41, 0x01, 0x6a, 0x41, 0x00, 0x6a, 0x1a}).height, 2u);
}

struct BadBody {
  Bytes code;
  ErrorCode code_class;
  const char* message;
  uint32_t offset;  // in the body
};

TEST(FunctionValidator, SaysWhatIsWrongAndWhere) {
  const ErrorCode kInvalid = ErrorCode::kInvalid;
  const ErrorCode kMalformed = ErrorCode::kMalformed;
  for (const BadBody& bad : std::vector<BadBody>{
           {{0x41, 0x00, 0x42, 0x00, 0x6a, 0x1a},
            kInvalid,
            "type mismatch: i32.add needs [i32, i32], the operands are [i32, i64]",
            5},
           {{0x1a}, kInvalid, "type mismatch: the operand stack is empty", 1},
           {{0x41, 0x00}, kInvalid, "type mismatch: 1 operands remain at the end of a block", 3},
           {{0x20, 0x05, 0x1a}, kInvalid, "unknown local 5", 1},
           {{0x23, 0x00, 0x1a}, kInvalid, "unknown global 0", 1},
           {{0x0c, 0x01}, kInvalid, "unknown label 1", 1},
           {{0x10, 0x01}, kInvalid, "unknown function 1", 1},
           {{0x41, 0x00, 0x11, 0x00, 0x01}, kInvalid, "unknown table 1", 3},
           {{0x41, 0x00, 0x11, 0x07, 0x00}, kInvalid, "unknown type 7", 3},
           {{0x41, 0x00, 0x28, 0x03, 0x00, 0x1a},
            kInvalid,
            "alignment must not be larger than natural",
            3},
           {{0x41, 0x00, 0x28, 0x02, 0x80, 0x80, 0x80, 0x80, 0x10, 0x1a},
            kInvalid,
            "offset out of range",
            3},
           {{0xd2, 0x00, 0x1a}, kInvalid, "undeclared function reference 0", 1},
           {{0x41, 0x00, 0x04, 0x7f, 0x41, 0x00, 0x0b, 0x1a},
            kInvalid,
            "type mismatch: an if without else leaves its operands [], not [i32]",
            7},
           {{0x05}, kMalformed, "misplaced ELSE opcode", 1},
           {{0x0b}, kMalformed, "section size mismatch: code after the function's end", 2},
           {{0x02, 0x40}, kMalformed, "unexpected end of section or function", 4},
           {{0x02, 0x20, 0x0b}, kInvalid, "unknown type 32", 1},
           {{0x02, 0x48, 0x0b}, kMalformed, "malformed value type 0x48", 2},
           {{0xff}, kMalformed, "illegal opcode ff", 1},
           {{0xfc, 0x40}, kMalformed, "illegal opcode fc 40", 1},
           {{0x41, 0x80, 0x80, 0x80, 0x80, 0x40}, kMalformed, "integer too large", 6},
           {{0x42, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00},
            kMalformed,
            "integer representation too long",
            11},
           {{0xfc, 0x09, 0x00}, kMalformed, "data count section required", 1},
           {{0xfd, 0x0c},
            ErrorCode::kUnsupported,
            "needs simd: not supported yet (opcode fd 0c)",
            1},
           {{0xfd, 0x80, 0x02},
            ErrorCode::kUnsupported,
            "needs relaxed-simd: not supported yet",
            1},
           {{0x12, 0x00}, ErrorCode::kUnsupported, "needs tail-call: not supported yet", 1},
           {{0x02, 0x7b, 0x0b}, ErrorCode::kUnsupported, "needs simd: not supported yet", 2},
           {{0xd0, 0x00}, ErrorCode::kUnsupported, "needs function-references: not supported", 2},
           {{0xd0, 0x80, 0x01}, ErrorCode::kUnsupported, "needs function-references", 2},
       }) {
    ModuleBuilder builder = base();
    builder.function(0, bad.code);
    const Bytes bytes = builder.build();
    const Module module = decode_module(bytes, 1000).value();
    ValidationScratch scratch;
    const Result<void> result = validate_function(module, 0, scratch);
    ASSERT_FALSE(result.has_value()) << bad.message;
    EXPECT_EQ(result.error().code(), bad.code_class) << bad.message;
    EXPECT_EQ(result.error().message().substr(0, std::string(bad.message).size()), bad.message);
    EXPECT_EQ(result.error().offset(), module.bodies[0].file_offset + bad.offset) << bad.message;
    EXPECT_GE(result.error().offset(), 1000u);
  }
}

TEST(FunctionValidator, KnowsTheTypesOfVeryManyLocals) {
  ModuleBuilder builder = base();
  Bytes code;
  // 255 i32, then i64 up to 40,000, then f32: the arithmetic holds only if the types do.
  test::append(code, test::join({{0x20},
                                 test::u32(254),
                                 {0x45, 0x1a},
                                 {0x20},
                                 test::u32(255),
                                 {0x50, 0x1a},
                                 {0x20},
                                 test::u32(39999),
                                 {0x50, 0x1a},
                                 {0x20},
                                 test::u32(40000),
                                 {0x8c, 0x1a}}));
  builder.function(0, code,
                   {{255, ValueType::kI32}, {39745, ValueType::kI64}, {9, ValueType::kF32}});
  const Result<void> result = validate_module(builder.build());
  EXPECT_TRUE(result.has_value()) << result.error().message();
}

TEST(FunctionValidator, LimitsLocals) {
  ModuleBuilder builder = base();
  builder.function(1, {0x20, 0x00}, {{50000, ValueType::kI32}});  // and one parameter
  const Result<void> result = validate_module(builder.build());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
  EXPECT_EQ(result.error().message(), "50001 locals, at most 50000 are possible (in function 0)");
}

TEST(FunctionValidator, LimitsTheOperandStack) {
  ModuleBuilder builder;
  const uint32_t many = builder.type({}, ModuleBuilder::Types(1000, ValueType::kI32));
  builder.function(many, {0x00});
  builder.function(builder.type({}, {}), test::join({test::repeat({0x10, 0x00}, 1001), {0x00}}));
  const Result<void> result = validate_module(builder.build());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace wisp::jit
