#include "jit/wasm/function_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "jit/wasm/module_decoder.h"
#include "tests/support/module_builder.h"
#include "tests/support/walk_sinks.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::ModuleBuilder;

Module decode(const Bytes& bytes) {
  auto module = decode_module(bytes);
  EXPECT_TRUE(module.has_value()) << module.error().message();
  EXPECT_TRUE(validate_module(bytes).has_value()) << validate_module(bytes).error().message();
  return std::move(module).value();
}

// Writes down what it sees, and takes the steps that the compiler takes.
class Recorder {
 public:
  Recorder(const Module& module, const FunctionBody& body) : cursor_(module, body) {}
  std::string run() {
    FunctionDecoder<Recorder, Checks::kTrusted>::run(cursor_, *this);
    return text_;
  }

  void on_opcode(Opcode opcode) {
    text_ += (text_.empty() ? "" : "; ") + std::string(to_string(opcode));
  }
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  void on_##name() { visit(Opcode::k##Name); }
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  void on_##name(MemArg memarg) { add(memarg.align_log2), add(memarg.offset); }
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  void on_##name(auto... values) { (add(values), ...), visit(Opcode::k##Name); }
#include "jit/wasm/opcodes.def"

  bool fuse = false;

 private:
  void add(std::integral auto value) { text_ += " " + std::to_string(value); }
  void add(ValueType type) { text_ += std::string(" ") + to_string(type); }
  void add(BlockType type) {
    text_ +=
        " " + std::to_string(type.params().size()) + "->" + std::to_string(type.results().size());
  }
  void add(MemArg) {}
  void add(const BrTable& table) {
    for (uint32_t depth : table) add(depth);
  }
  void visit(Opcode opcode) {
    if (opcode == Opcode::kBr || opcode == Opcode::kUnreachable || opcode == Opcode::kReturn ||
        opcode == Opcode::kBrTable) {
      cursor_.skip_unreachable();
    }
    if (fuse && opcode == Opcode::kI32Add && cursor_.peek_opcode() == Opcode::kLocalSet) {
      text_ += " into local " + std::to_string(cursor_.peek_index());
      cursor_.skip_next();
    }
  }

  BodyCursor cursor_;
  std::string text_;
};

TEST(FunctionDecoder, ReportsOpcodesWithTheirImmediates) {
  ModuleBuilder builder;
  const uint32_t type = builder.type({ValueType::kI32}, {ValueType::kI32});
  builder.type({}, {});
  builder.memory(1);
  builder.add(ModuleBuilder::kTables, {0x70, 0x00, 0x01});
  builder.function(type, {0x20, 0x00, 0x28, 0x02, 0x80, 0x01, 0x41, 0x7f, 0x6a, 0x42, 0x80,
                          0x7f, 0x1a, 0x44, 0,    0,    0,    0,    0,    0,    0xf0, 0x3f,
                          0x1a, 0x02, 0x7f, 0x41, 0x2a, 0x0b, 0x6a, 0x41, 0x00, 0x11, 0x01,
                          0x00, 0x41, 0,    0x41, 0,    0x41, 0,    0xfc, 0x0e, 0,    0},
                   {{300, ValueType::kI64}});
  const Bytes bytes = builder.build();
  const Module module = decode(bytes);
  EXPECT_EQ(Recorder(module, module.bodies[0]).run(),
            "local.get 0; i32.load 2 128; i32.const -1; i32.add; i64.const -128; drop; "
            "f64.const 4607182418800017408; drop; block 0->1; i32.const 42; end; i32.add; "
            "i32.const 0; call_indirect 1 0; i32.const 0; i32.const 0; i32.const 0; "
            "table.copy 0 0; end");
}

// Numbers of up to four bytes are read in another way than longer ones, and than those at the end.
TEST(FunctionDecoder, ReadsNumbersOfEveryLength) {
  ModuleBuilder builder;
  builder.memory(1);
  builder.function(builder.type({}, {ValueType::kI32}),
                   {0x41, 0x40, 0x1a, 0x41, 0xc0, 0x00, 0x1a, 0x41, 0xc0, 0xbb, 0x78, 0x1a,
                    0x41, 0xff, 0xff, 0xff, 0x3f, 0x1a, 0x41, 0x80, 0x80, 0x80, 0x40, 0x1a,
                    0x41, 0xff, 0xff, 0xff, 0xff, 0x07, 0x1a, 0x41, 0x80, 0x80, 0x80, 0x80,
                    0x78, 0x1a, 0x41, 0x81, 0x80, 0x80, 0x80, 0x00, 0x1a,  // padded
                    0x41, 0x00, 0x28, 0x02, 0x7f, 0x1a, 0x41, 0x00, 0x28, 0x82, 0x00, 0xff,
                    0x7f, 0x1a, 0x41, 0x00, 0x28, 0x02, 0xff, 0xff, 0xff, 0x7f, 0x1a, 0x41,
                    0x00, 0x28, 0x02, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x1a, 0x41, 0xff, 0x7e});
  const Bytes bytes = builder.build();
  const Module module = decode(bytes);
  EXPECT_EQ(Recorder(module, module.bodies[0]).run(),
            "i32.const -64; drop; i32.const 64; drop; i32.const -123456; drop; "
            "i32.const 134217727; drop; i32.const -134217728; drop; "
            "i32.const 2147483647; drop; i32.const -2147483648; drop; i32.const 1; drop; "
            "i32.const 0; i32.load 2 127; drop; i32.const 0; i32.load 2 16383; drop; "
            "i32.const 0; i32.load 2 268435455; drop; i32.const 0; i32.load 2 4294967295; drop; "
            "i32.const -129; end");
}

TEST(FunctionDecoder, IteratesTheTargetsOfBrTable) {
  ModuleBuilder builder;
  builder.function(builder.type({ValueType::kI32}, {}),
                   {0x02, 0x40, 0x20, 0x00, 0x0e, 0x03, 0x00, 0x01, 0x00, 0x01, 0x6a, 0x1a, 0x0b});
  const Bytes bytes = builder.build();
  const Module module = decode(bytes);
  // The dead i32.add is passed over.
  EXPECT_EQ(Recorder(module, module.bodies[0]).run(),
            "block 0->0; local.get 0; br_table 0 1 0 1; end; end");
}

TEST(FunctionDecoder, LooksOneOpcodeAhead) {
  ModuleBuilder builder;
  builder.function(builder.type({ValueType::kI32}, {}),
                   {0x20, 0x00, 0x20, 0x00, 0x6a, 0x21, 0xc8, 0x01, 0x20, 0x00, 0x1a},
                   {{200, ValueType::kI32}});
  const Bytes bytes = builder.build();
  const Module module = decode(bytes);
  Recorder recorder(module, module.bodies[0]);
  recorder.fuse = true;
  EXPECT_EQ(recorder.run(),
            "local.get 0; local.get 0; i32.add into local 200; local.get 0; drop; end");
}

TEST(FunctionDecoder, SkipsUnreachableCodeToTheEndOfItsBlock) {
  ModuleBuilder builder;
  builder.function(builder.type({ValueType::kI32}, {}),
                   {0x20, 0x00, 0x04, 0x40, 0x00, 0x02, 0x40, 0x41, 0x05, 0x04, 0x40,
                    0x05, 0x0b, 0x0b, 0x05, 0x01, 0x0f, 0xfc, 0x05, 0x1a, 0x0b, 0x01});
  const Bytes bytes = builder.build();
  const Module module = decode(bytes);
  EXPECT_EQ(Recorder(module, module.bodies[0]).run(),
            "local.get 0; if 0->0; unreachable; else; nop; return; end; nop; end");
  ValidationScratch scratch;
  EXPECT_TRUE(walks_agree(module, 0, scratch));
}

}  // namespace
}  // namespace wisp::jit
