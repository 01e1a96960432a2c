// The primitives of a64::Masm on any host: what each emits, disassembled by capstone, against
// masm.golden beside this file. WISP_BLESS=1 rewrites it; the diff is to be reviewed by reading.
// Executing them takes the architecture.
#include "jit/a64/masm.h"

#include <capstone/capstone.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

namespace wisp::jit::a64 {
namespace {

const std::string kGolden = WISP_SOURCE_DIR "/tests/jit/a64/masm.golden";

std::string disassemble(std::span<const uint8_t> code) {
  csh handle;
  EXPECT_EQ(cs_open(CS_ARCH_ARM64, CS_MODE_ARM, &handle), CS_ERR_OK);
  std::string text;
  for (size_t at = 0; at < code.size(); at += 4) {
    cs_insn* instruction = nullptr;
    char position[32];
    std::snprintf(position, sizeof position, "  %03zx  ", at);
    text += position;
    if (cs_disasm(handle, code.data() + at, 4, at, 1, &instruction) == 1) {
      text += std::string(instruction->mnemonic) + " " + instruction->op_str;
      cs_free(instruction, 1);
    } else {
      uint32_t word;
      std::memcpy(&word, code.data() + at, 4);
      std::snprintf(position, sizeof position, ".word %08x", word);
      text += position;
    }
    while (text.back() == ' ') text.pop_back();
    text += '\n';
  }
  cs_close(&handle);
  return text;
}

class Listing {
 public:
  void add(const std::string& title, const std::function<void(Masm&)>& emit) {
    Masm masm{CpuFeatures{}};
    emit(masm);
    EXPECT_EQ(masm.buffer().error(), nullptr) << title;
    text_ += title + "\n" + disassemble(masm.buffer().bytes());
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

constexpr Width kWidths[] = {Width::k32, Width::k64};
const char* name(Width width) { return width == Width::k32 ? "32" : "64"; }

void list_moves(Listing& out) {
  for (Width w : kWidths) {
    out.add(std::string("move") + name(w),
            [&](Masm& m) { m.move(w, x1, x2), m.move(w, x1, x1), m.move(w, sp, x29); });
    out.add(std::string("float_move") + name(w),
            [&](Masm& m) { m.float_move(w, v1, v2), m.float_move(w, v1, v1); });
    out.add(std::string("moves between banks") + name(w),
            [&](Masm& m) { m.move_to_float(w, v1, x2), m.move_from_float(w, x1, v2); });
    for (int64_t value : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{0x12345678},
                          int64_t{0x00ff00ff00ff00ff}, int64_t{-0x123456789abcdef}}) {
      out.add(std::string("move_imm") + name(w) + " " + std::to_string(value),
              [&](Masm& m) { m.move_imm(w, x3, value); });
      out.add(std::string("float_move_imm") + name(w) + " " + std::to_string(value),
              [&](Masm& m) { m.float_move_imm(w, v3, uint64_t(value)); });
    }
  }
}

void list_memory(Listing& out) {
  struct Case {
    const char* title;
    Address address;
  };
  const Case cases[] = {{"[base]", {x20, kNoGpr, 0}},
                        {"[base + 8]", {x20, kNoGpr, 8}},
                        {"[base - 8]", {x29, kNoGpr, -8}},
                        {"[base + 9]", {x20, kNoGpr, 9}},
                        {"[base + 0x7ff8]", {x20, kNoGpr, 0x7ff8}},
                        {"[base + 0x8000]", {x20, kNoGpr, 0x8000}},
                        {"[base - 0x1000]", {x21, kNoGpr, -0x1000}},
                        {"[base + 2^32]", {x20, kNoGpr, int64_t{1} << 32}},
                        {"[sp + 16]", {sp, kNoGpr, 16}},
                        {"[sp + 2^25]", {sp, kNoGpr, 1 << 25}},
                        {"[base + index]", {x20, x9, 0}},
                        {"[base + index + 12]", {x20, x9, 12}},
                        {"[base + index + 0x3000]", {x20, x9, 0x3000}},
                        {"[base + index + 0x3004]", {x20, x9, 0x3004}},
                        {"[base + index - 4]", {x21, x9, -4}},
                        {"[base + index + 0xffffffff]", {x20, x9, 0xffffffff}}};
  for (const Case& c : cases) {
    out.add(std::string("load64 ") + c.title, [&](Masm& m) { m.load(LoadOp::k64, x1, c.address); });
    out.add(std::string("store8 ") + c.title,
            [&](Masm& m) { m.store(StoreOp::k8, c.address, x1); });
    out.add(std::string("load_address ") + c.title,
            [&](Masm& m) { m.load_address(x1, c.address); });
  }
  out.add("all loads", [](Masm& m) {
    for (int op = 0; op <= int(LoadOp::k64); ++op) m.load(static_cast<LoadOp>(op), x1, {x2, x3, 0});
    for (int op = 0; op <= int(LoadOp::k64); ++op)
      m.load(static_cast<LoadOp>(op), x1, {x2, kNoGpr, 8});
  });
  out.add("all stores", [](Masm& m) {
    for (int op = 0; op <= int(StoreOp::k64); ++op) {
      m.store(static_cast<StoreOp>(op), {x2, x3, 0}, x1);
      m.store(static_cast<StoreOp>(op), {x2, kNoGpr, 8}, x1);
      m.store_imm(static_cast<StoreOp>(op), {x2, kNoGpr, 8}, 0);
    }
  });
  for (Width w : kWidths) {
    out.add(std::string("float loads and stores") + name(w), [&](Masm& m) {
      m.float_load(w, v1, {x2, x3, 0});
      m.float_load(w, v1, {x2, kNoGpr, 8});
      m.float_store(w, {x2, x3, 4}, v1);
      m.float_store(w, {sp, kNoGpr, 8}, v1);
    });
  }
}

void list_integer(Listing& out) {
  for (Width w : kWidths) {
    out.add(std::string("binary") + name(w), [&](Masm& m) {
      for (int op = 0; op <= int(BinaryOp::kMul); ++op)
        m.binary(static_cast<BinaryOp>(op), w, x1, x2, x3);
    });
    for (int64_t value :
         {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{0xfff}, int64_t{-0x1000}, int64_t{0x1001},
          int64_t{0xff}, int64_t{0xff00}, int64_t{8}, int64_t{INT32_MIN}}) {
      out.add(std::string("binary_imm") + name(w) + " " + std::to_string(value), [&](Masm& m) {
        for (int code = 0; code <= int(BinaryOp::kMul); ++code) {
          const auto op = static_cast<BinaryOp>(code);
          if (Masm::is_binary_imm(op, w, value)) m.binary_imm(op, w, x1, x2, value);
        }
      });
    }
    out.add(std::string("add_shifted") + name(w), [&](Masm& m) {
      m.add_shifted(w, x1, x2, x3, 0, 0);
      m.add_shifted(w, x1, x2, x3, 3, 0);
      m.add_shifted(w, x1, x2, x3, 2, 16);
      m.add_shifted(w, x1, x1, x1, 1, -16);
      m.add_shifted(w, x1, kNoGpr, x3, 2, 0x12345);
      m.add_shifted(w, x1, kNoGpr, x3, 0, 0x12345678);
    });
    out.add(std::string("shift") + name(w), [&](Masm& m) {
      for (int op = 0; op <= int(ShiftOp::kRotr); ++op) {
        m.shift(static_cast<ShiftOp>(op), w, x1, x2, x3);
        m.shift_imm(static_cast<ShiftOp>(op), w, x1, x2, 5);
        m.shift_imm(static_cast<ShiftOp>(op), w, x1, x2, 64);
      }
    });
    out.add(std::string("unary") + name(w), [&](Masm& m) {
      for (int op = 0; op <= int(UnaryOp::kExtend32S); ++op)
        m.unary(static_cast<UnaryOp>(op), w, x1, x2);
      m.negate(w, x1, x2);
    });
    for (int op = 0; op <= int(DivideOp::kRemU); ++op) {
      out.add(std::string("divide") + name(w) + " " + std::to_string(op), [&](Masm& m) {
        Label zero;
        Label overflow;
        m.divide(static_cast<DivideOp>(op), w, x1, x2, x3, zero, overflow);
        m.bind(zero);
        m.trap();
        m.bind(overflow);
        m.trap();
      });
    }
    out.add(std::string("multiply_high") + name(w), [&](Masm& m) {
      m.multiply_high(Signedness::kSigned, w, x1, x2, x3);
      m.multiply_high(Signedness::kUnsigned, w, x1, x2, x3);
    });
    out.add(std::string("flags") + name(w), [&](Masm& m) {
      m.compare(w, x1, x2);
      for (int64_t value : {0, 1, -1, 4095, -4096}) m.compare_imm(w, x1, value);
      m.test(w, x1, x2);
      for (int64_t value : {1, 0xff, 0x7ffffffe}) m.test_imm(w, x1, value);
      for (int cond = 0; cond <= int(Cond::kFloatNotGreaterEqual); ++cond)
        m.set_if(static_cast<Cond>(cond), x1);
      m.select_if(Cond::kLessS, w, x1, x2, x3);
    });
  }
}

void list_float(Listing& out) {
  for (Width w : kWidths) {
    out.add(std::string("float arithmetic") + name(w), [&](Masm& m) {
      for (int op = 0; op <= int(FloatBinaryOp::kCopysign); ++op)
        m.float_binary(static_cast<FloatBinaryOp>(op), w, v1, v2, v3);
      for (int op = 0; op <= int(FloatUnaryOp::kNearest); ++op)
        m.float_unary(static_cast<FloatUnaryOp>(op), w, v1, v2);
      m.float_convert(w, v1, v2);
      m.float_compare(Cond::kFloatLess, w, v1, v2);
    });
    for (Width int_width : kWidths) {
      out.add(std::string("int") + name(int_width) + " to float" + name(w), [&](Masm& m) {
        m.int_to_float(Signedness::kSigned, int_width, w, v1, x2);
        m.int_to_float(Signedness::kUnsigned, int_width, w, v1, x2);
      });
      for (Signedness signedness : {Signedness::kSigned, Signedness::kUnsigned}) {
        out.add(std::string("float") + name(w) + " to int" + name(int_width) +
                    (signedness == Signedness::kSigned ? " signed" : " unsigned"),
                [&](Masm& m) {
                  Label nan;
                  Label range;
                  m.float_to_int(FloatToIntMode::kSaturating, signedness, int_width, w, x1, v2, nan,
                                 range);
                  m.float_to_int(FloatToIntMode::kTrapping, signedness, int_width, w, x1, v2, nan,
                                 range);
                  m.bind(nan);
                  m.trap();
                  m.bind(range);
                  m.trap();
                });
      }
    }
  }
}

void list_control(Listing& out) {
  out.add("labels", [](Masm& m) {
    Label forward;
    Label backward;
    m.bind(backward);
    m.jump(forward);
    m.jump_if(Cond::kEqual, forward);
    m.jump_if(Cond::kLessU, backward);
    m.jump(forward);
    m.jump(backward);
    m.bind(forward);
    m.jump_if(Cond::kFloatLess, forward);
  });
  out.add("jump_table", [](Masm& m) {
    Label table;
    Label target;
    m.jump_table(x3, table);
    m.bind(target);
    m.trap();
    m.bind(table);
    m.jump_table_entry(table.position(), target);
  });
  out.add("calls", [](Masm& m) {
    const uint32_t backward = m.call();
    const uint32_t forward = m.call();
    m.call_register(x9);
    m.call_mem({x19, kNoGpr, 24});
    m.jump_register(x9);
    m.align(16);
    EXPECT_TRUE(Masm::patch_call(m.buffer().at(0), backward, 0));
    EXPECT_TRUE(Masm::patch_call(m.buffer().at(0), forward, 0x20));
  });
  const auto saved = [](int count) {
    RegisterSet set;
    for (int i = 0; i < count; ++i) set.add(Abi::kCalleeSavedPins[size_t(i)].code);
    return set;
  };
  for (uint32_t size : {0u, 8u, 5000u, 40000u, 20000000u}) {
    for (int count : {0, 1, 5}) {
      out.add("frame of " + std::to_string(size) + " bytes, " + std::to_string(count) + " saved",
              [&](Masm& m) {
                m.prologue({saved(count), size});
                m.epilogue({saved(count), size});
              });
    }
  }
  out.add("adjust_stack", [](Masm& m) { m.adjust_stack(-32), m.adjust_stack(32); });
}

TEST(A64Masm, EmitsWhatTheGoldenFileSays) {
  Listing listing;
  list_moves(listing);
  list_memory(listing);
  list_integer(listing);
  list_float(listing);
  list_control(listing);
  if (std::getenv("WISP_BLESS") != nullptr) {
    std::ofstream(kGolden) << listing.text();
    GTEST_SKIP() << "rewrote " << kGolden;
  }
  std::ostringstream golden;
  golden << std::ifstream(kGolden).rdbuf();
  std::istringstream expected(golden.str());
  std::istringstream actual(listing.text());
  std::string title, expected_line, actual_line;
  while (std::getline(actual, actual_line)) {
    if (actual_line[0] != ' ') title = actual_line;
    ASSERT_TRUE(std::getline(expected, expected_line)) << title;
    ASSERT_EQ(actual_line, expected_line) << title;
  }
  EXPECT_FALSE(std::getline(expected, expected_line))
      << "the golden file goes on: " << expected_line;
}

TEST(A64Masm, BranchOutOfReachIsAnError) {
  Masm masm{CpuFeatures{}};
  Label near;
  masm.jump_if(Cond::kEqual, near);
  for (uint32_t i = 0; i < (1u << 18) - 3; ++i) masm.trap();
  EXPECT_EQ(masm.buffer().error(), nullptr);
  Label far;
  masm.jump_if(Cond::kEqual, far);
  masm.bind(near);
  EXPECT_EQ(masm.buffer().error(), nullptr) << "just within 1 MiB";
  for (uint32_t i = 0; i < 1u << 18; ++i) masm.trap();
  masm.bind(far);
  EXPECT_NE(masm.buffer().error(), nullptr);
}

// bl has 26 bits for words.
TEST(A64Masm, CallsThatDoNotReachAreRefused) {
  constexpr uint32_t kReach = uint32_t{128} << 20;
  Masm m{CpuFeatures{}};
  const uint32_t call = m.call();
  uint8_t* text = m.buffer().at(0);
  EXPECT_TRUE(Masm::patch_call(text, call, kReach - 4));
  EXPECT_EQ(disassemble(m.buffer().bytes()), "  000  bl #0x7fffffc\n");
  EXPECT_FALSE(Masm::patch_call(text, call, kReach));
  EXPECT_FALSE(Masm::patch_call(text - kReach - 4, kReach + 4, 0));
  EXPECT_EQ(disassemble(m.buffer().bytes()), "  000  bl #0x7fffffc\n") << "left as it was";
  EXPECT_TRUE(Masm::patch_call(text - kReach, kReach, 0));
}

TEST(A64Masm, ATextIsNoLargerThanACallReaches) {
  Masm m{CpuFeatures{}};
  m.trap();
  EXPECT_NE(m.buffer().extend(Masm::kMaxTextBytes - 16, 16), 0u);
  EXPECT_EQ(m.buffer().error(), nullptr);
  Masm more{CpuFeatures{}};
  more.trap();
  EXPECT_EQ(more.buffer().extend(Masm::kMaxTextBytes, 16), 0u);
  EXPECT_STREQ(more.buffer().error(), "more machine code than a call can cross");
}

}  // namespace
}  // namespace wisp::jit::a64
