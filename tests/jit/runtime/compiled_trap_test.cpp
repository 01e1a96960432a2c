// Traps of compiled code: each code at each kind of site (traps.wat), with the opcode that the
// backtrace points at.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <sstream>

#include "jit/engine.h"

namespace wisp::jit {
namespace {

struct Case {
  const char* function;
  TrapCode code;
  uint16_t opcode;  // at the wasm offset; two bytes with their prefix
};

constexpr Case kCases[] = {
    {"unreachable", TrapCode::kUnreachable, 0x00},
    {"unreachable_in_loop", TrapCode::kUnreachable, 0x00},
    {"i32.load", TrapCode::kMemoryOutOfBounds, 0x28},
    {"i64.load8_s", TrapCode::kMemoryOutOfBounds, 0x30},
    {"f64.load", TrapCode::kMemoryOutOfBounds, 0x2b},
    {"load_folded", TrapCode::kMemoryOutOfBounds, 0x28},
    {"i32.store", TrapCode::kMemoryOutOfBounds, 0x36},
    {"i64.store", TrapCode::kMemoryOutOfBounds, 0x37},
    {"f32.store", TrapCode::kMemoryOutOfBounds, 0x38},
    {"i32.store8", TrapCode::kMemoryOutOfBounds, 0x3a},
    {"i32.div_s", TrapCode::kIntegerDivideByZero, 0x6d},
    {"i32.div_s_overflow", TrapCode::kIntegerOverflow, 0x6d},
    {"i32.div_u", TrapCode::kIntegerDivideByZero, 0x6e},
    {"i32.rem_s", TrapCode::kIntegerDivideByZero, 0x6f},
    {"i32.rem_u", TrapCode::kIntegerDivideByZero, 0x70},
    {"i64.div_s", TrapCode::kIntegerDivideByZero, 0x7f},
    {"i64.div_s_overflow", TrapCode::kIntegerOverflow, 0x7f},
    {"i64.rem_u", TrapCode::kIntegerDivideByZero, 0x82},
    {"div_by_constant_zero", TrapCode::kIntegerDivideByZero, 0x6d},
    {"trunc_nan", TrapCode::kInvalidConversionToInteger, 0xaa},
    {"trunc_large", TrapCode::kIntegerOverflow, 0xaa},
    {"trunc_u_negative", TrapCode::kIntegerOverflow, 0xaf},
    {"trunc_nan_u64", TrapCode::kInvalidConversionToInteger, 0xb1},
    {"call_indirect_bounds", TrapCode::kUndefinedElement, 0x11},
    {"call_indirect_null", TrapCode::kUninitializedElement, 0x11},
    {"call_indirect_type", TrapCode::kIndirectCallTypeMismatch, 0x11},
    {"table.get", TrapCode::kTableOutOfBounds, 0x25},
    {"table.get_extern", TrapCode::kTableOutOfBounds, 0x25},
    {"table.set", TrapCode::kTableOutOfBounds, 0x26},
    {"table.set_extern", TrapCode::kTableOutOfBounds, 0x26},
    {"table.fill", TrapCode::kTableOutOfBounds, 0xfc11},
    {"table.copy", TrapCode::kTableOutOfBounds, 0xfc0e},
    {"table.init", TrapCode::kTableOutOfBounds, 0xfc0c},
    {"memory.fill", TrapCode::kMemoryOutOfBounds, 0xfc0b},
    {"memory.copy", TrapCode::kMemoryOutOfBounds, 0xfc0a},
    {"memory.init", TrapCode::kMemoryOutOfBounds, 0xfc08},
};

std::vector<uint8_t> read_guest() {
  std::ifstream file(WISP_SOURCE_DIR "/tests/jit/runtime/traps.wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// With every part of the compiler, and without each.
class CompiledTrapTest : public testing::TestWithParam<const char*> {
 protected:
  Instance& instantiate(Store& store) {
    auto host = [](void*, uint64_t*) { return TrapCode::kNone; };
    Extern imports[] = {store.add_host_function({}, host, nullptr)};
    return *store.instantiate(module_, imports).value();
  }
  static TrapCode trap(Instance& instance, const char* name) {
    uint64_t values[12] = {};
    FuncRef* function = std::get<FuncRef*>(*instance.find_export(name));
    auto result = instance.store().call(*function, values);
    return result.has_value() ? TrapCode::kNone : instance.store().last_trap().code;
  }

  uint16_t opcode_at(const Frame& frame) const {
    const uint16_t opcode = bytes_.at(frame.wasm_offset);
    const bool has_prefix = opcode == 0xfc;
    return has_prefix ? static_cast<uint16_t>(opcode << 8 | bytes_.at(frame.wasm_offset + 1))
                      : opcode;
  }

  std::shared_ptr<Engine> engine_ = Engine::create({1, GetParam()}).value();
  std::vector<uint8_t> bytes_ = read_guest();
  std::shared_ptr<const CompiledModule> module_ = engine_->compile(bytes_).value();
};

TEST_P(CompiledTrapTest, EachSiteHasItsCodeAndItsOffset) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  for (int round = 0; round < 2; round++) {
    for (const Case& wanted : kCases) {
      SCOPED_TRACE(wanted.function);
      EXPECT_EQ(trap(instance, wanted.function), wanted.code);
      const std::vector<Frame>& frames = store.last_trap().backtrace;
      ASSERT_EQ(frames.size(), 1u);
      EXPECT_EQ(opcode_at(frames[0]), wanted.opcode) << "at " << frames[0].wasm_offset;
    }
  }
}

// What comes right behind the call has a site at the same place of the code.
TEST_P(CompiledTrapTest, CallersAreAtTheirCallWhateverFollowsIt) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  constexpr std::pair<const char*, uint16_t> kCallers[] = {
      {"call_before_load", 0x10},          {"call_before_store", 0x10},
      {"call_before_unreachable", 0x10},   {"call_before_call", 0x10},
      {"call_indirect_before_load", 0x11}, {"call_indirect_before_store", 0x11},
  };
  for (const auto& [name, opcode] : kCallers) {
    SCOPED_TRACE(name);
    EXPECT_EQ(trap(instance, name), TrapCode::kUnreachable);
    const std::vector<Frame>& frames = store.last_trap().backtrace;
    ASSERT_EQ(frames.size(), 2u);
    EXPECT_EQ(opcode_at(frames[0]), 0x00);
    EXPECT_EQ(opcode_at(frames[1]), opcode) << "at " << frames[1].wasm_offset;
  }
}

TEST_P(CompiledTrapTest, RecursionOfEveryKindEndsInStackExhaustion) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  for (int round = 0; round < 2; round++) {
    for (const char* name :
         {"recurse", "recurse_indirect", "recurse_builtin", "recurse_host", "recurse_big_frame"}) {
      SCOPED_TRACE(name);
      EXPECT_EQ(trap(instance, name), TrapCode::kStackExhausted);
      const std::vector<Frame>& frames = store.last_trap().backtrace;
      ASSERT_GE(frames.size(), 32u);
      // The innermost may not have begun: then it is at its body.
      const Module& module = module_->module();
      const FunctionBody& body =
          module.bodies[frames[0].function_index - module.imported_functions];
      EXPECT_GE(frames[0].wasm_offset, body.file_offset);
      EXPECT_LT(frames[0].wasm_offset, body.file_offset + body.code.size());
      for (size_t i = 1; i < frames.size(); i++) {
        EXPECT_TRUE(opcode_at(frames[i]) == 0x10 || opcode_at(frames[i]) == 0x11)
            << "frame " << i << " at " << frames[i].wasm_offset;
      }
    }
    EXPECT_EQ(trap(instance, "unreachable"), TrapCode::kUnreachable);
  }
}

INSTANTIATE_TEST_SUITE_P(Without, CompiledTrapTest,
                         testing::Values("", "homes", "folding", "fusion", "homes,folding,fusion"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, ',');
                           return name.empty() ? "nothing" : name;
                         });

TEST(WriteXorExecute, NoPageIsBoth) {
  auto engine = Engine::create().value();
  auto bytes = read_guest();
  auto module = engine->compile(bytes).value();
  std::ifstream maps("/proc/self/maps");
  bool seen_code = false;
  for (std::string line; std::getline(maps, line);) {
    std::istringstream fields(line);
    std::string range, access;
    fields >> range >> access;
    EXPECT_FALSE(access.find('w') != std::string::npos && access.find('x') != std::string::npos)
        << line;
    uintptr_t begin = std::stoull(range, nullptr, 16);
    seen_code |= begin == module->code_base() && access == "r-xp";
  }
  EXPECT_TRUE(seen_code);
}

}  // namespace
}  // namespace wisp::jit
