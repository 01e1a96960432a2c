// The checks of the compiler find what breaks its invariants, and change nothing else.
#include "jit/compiler/checked_compiler.h"

#include <gtest/gtest.h>

#include <set>

#include "jit/compiler/module_compiler.h"
#include "jit/engine.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"
#include "jit/x64/masm.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::join;
using test::repeat;

constexpr uint8_t kDataSection = 11;
constexpr uint8_t kFunctionExport = 0;
constexpr uint64_t kOutside = 0x1'0000'0000;  // zero, as an i32, with something in the upper half

// "load" reads its parameter's address, an i32; "wide" takes an i64; "sum" adds eight words.
Bytes guest() {
  test::ModuleBuilder builder;
  builder.memory(1);
  const uint32_t narrow = builder.type({ValueType::kI32}, {ValueType::kI32});
  const uint32_t wide = builder.type({ValueType::kI64}, {ValueType::kI32});
  const Bytes load = {0x20, 0, 0x28, 2, 0};  // local.get 0, i32.load
  const Bytes sum = join({repeat(load, 8), repeat({0x6a}, 7)});
  builder.add(kDataSection, {0, 0x41, 0, 0x0b, 1, 5});  // at address 0
  builder.export_item("load", kFunctionExport, builder.function(narrow, load));
  builder.export_item("wide", kFunctionExport, builder.function(wide, {0x41, 0}));
  builder.export_item("sum", kFunctionExport, builder.function(narrow, sum));
  return builder.build();
}

struct Guest {
  explicit Guest(uint64_t seed)
      : engine(Engine::create({.compile_threads = 1, .disabled = "", .checks_seed = seed}).value()),
        module(engine->compile(bytes).value()),
        store(engine),
        instance(*store.instantiate(module, {}).value()) {}

  FuncRef& function(const char* name) { return *std::get<FuncRef*>(*instance.find_export(name)); }
  TrapCode call(const FuncRef& function, uint64_t argument) {
    uint64_t values[] = {argument};
    return store.call(function, values).has_value() ? TrapCode::kNone : store.last_trap().code;
  }
  // The function that takes an i32 is called as if it took an i64, so that its parameter's register
  // has more than an i32 in it.
  TrapCode load_with_dirty_upper_half() {
    FuncRef dirty = function("load");
    dirty.signature = function("wide").signature;
    return call(dirty, kOutside);
  }

  Bytes bytes = guest();
  std::shared_ptr<Engine> engine;
  std::shared_ptr<const CompiledModule> module;
  Store store;
  Instance& instance;
};

TEST(CheckedCompiler, FindsAnUpperHalfThatIsNotZero) {
  EXPECT_EQ(Guest(1).load_with_dirty_upper_half(), TrapCode::kUnreachable);
  // Without the checks it is where such a fault leads: outside of the memory.
  EXPECT_EQ(Guest(0).load_with_dirty_upper_half(), TrapCode::kMemoryOutOfBounds);
}

TEST(CheckedCompiler, LetsRightCodeRun) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Guest guest(seed);
    uint64_t values[] = {0};
    ASSERT_TRUE(guest.store.call(guest.function("sum"), values).has_value()) << seed;
    EXPECT_EQ(values[0], 40u) << seed;
  }
}

TEST(CheckedCompiler, ChoosesPlacesByItsSeed) {
  const Bytes bytes = guest();
  const Module module = decode_module(bytes).value();
  const auto text_of = [&module](uint64_t seed) {
    ModuleCompileOptions options;
    options.threads = 1;
    options.compiler.checks_seed = seed;
    const CodeImage image = compile_module(module, x64::backend(), options).value();
    return Bytes(image.text().begin(), image.text().end());
  };
  std::set<Bytes> texts;
  for (uint64_t seed = 1; seed <= 20; ++seed) texts.insert(text_of(seed));
  EXPECT_GT(texts.size(), 10u);
  EXPECT_EQ(text_of(7), text_of(7));
}

// ---- What is checked where operands are encoded ----

constexpr Gpr kBase = x64::Masm::kMemoryBase;
constexpr bool stays(const Address& address) { return stays_in_reservation<x64::Abi>(address); }

TEST(CheckedCompiler, KnowsWhichAccessesStayInTheReservation) {
  EXPECT_TRUE(stays({kBase, x64::rax, 0}));
  EXPECT_TRUE(stays({kBase, x64::rax, 0xffffffff}));
  EXPECT_TRUE(stays({kBase, kNoGpr, 0x1fffffffe}));
  EXPECT_TRUE(stays({x64::rbp, kNoGpr, -8}));
  EXPECT_FALSE(stays({kBase, x64::rax, -1}));
  EXPECT_FALSE(stays({kBase, x64::rax, 0x100000000}));
  EXPECT_FALSE(stays({kBase, kNoGpr, 0x1ffffffff}));
  EXPECT_FALSE(stays({kBase, kBase, 0}));
}

#ifndef NDEBUG
TEST(CheckedCompilerDeathTest, EncodesNoOtherAccess) {
  x64::Masm masm{CpuFeatures()};
  EXPECT_DEATH(masm.load(LoadOp::k32U, x64::rax, {kBase, x64::rcx, -4}), "stays_in_reservation");
}
#endif

}  // namespace
}  // namespace wisp::jit
