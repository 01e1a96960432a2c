// Modules and stores that come and go leave nothing behind in the engine or in the process, however
// they end.
#include <gtest/gtest.h>

#include <string_view>

#include "jit/engine.h"
#include "platform/sanitizer_fiber.h"
#include "tests/support/footprint.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::join;
using test::ModuleBuilder;
using test::u32;
using testing::Footprint;
using enum ValueType;

// A sanitizer's heap is not what mallinfo counts, and it keeps what is freed for a while.
constexpr bool kHeapIsOurs = !kSanitizerFollowsFibers;
constexpr uint32_t kRounds = kHeapIsOurs ? 10'000 : 1'000;
constexpr uint32_t kTypes = 1 << 14;

// One of so many types, each with 14 parameters.
FuncType numbered_type(uint32_t number) {
  FuncType type;
  for (uint32_t bit = 1; bit < kTypes; bit <<= 1) {
    type.params.push_back((number & bit) != 0 ? kI64 : kI32);
  }
  type.results = {kI32};
  return type;
}

TrapCode answer(void*, uint64_t* values) {
  values[0] = 42;
  return TrapCode::kNone;
}
TrapCode refuse(void* store, uint64_t*) {
  static_cast<Store*>(store)->set_trap(TrapCode::kHost, "no");
  return TrapCode::kHost;
}

// Imports a function of a type of its own and calls it, directly and through a table; has memory,
// table, globals, segments of both kinds; traps in two ways.
test::Bytes make_module(uint32_t number) {
  ModuleBuilder module;
  const FuncType own = numbered_type(number);
  const uint32_t type = module.type(own.params, own.results);
  const uint32_t plain = module.type({}, {kI32});
  const uint32_t nothing = module.type({kI64, kF32, number % 2 == 0 ? kF64 : kI32}, {});
  module.add(ModuleBuilder::kImports, join({{4, 'h', 'o', 's', 't', 1, 'f', 0x00}, u32(type)}));
  module.add(ModuleBuilder::kTables, {0x70, 0x00, 4});
  module.memory(1 + number % 3);
  module.add(ModuleBuilder::kGlobals, {0x7f, 0x01, 0x41, 5, 0x0b});
  test::Bytes arguments;
  for (ValueType param : own.params)
    test::append(arguments, {param == kI64 ? uint8_t{0x42} : uint8_t{0x41}, 1});
  module.function(plain, join({arguments, {0x10, 0}}));                        // call 0
  module.function(plain, join({arguments, {0x41, 2, 0x11}, u32(type), {0}}));  // call_indirect
  module.function(plain, {0x00});                                              // unreachable
  module.function(plain, {0x41, 0x7f, 0x28, 2, 0});                            // a load at 2^32 - 1
  module.function(plain, {0x41, 1, 0x40, 0});                                  // memory.grow
  module.function(nothing, {});
  for (uint8_t i = 0; i < 5; i++)
    module.export_item(std::string_view("abcde").substr(i, 1), 0, 1 + i);
  module.add(ModuleBuilder::kElements,
             {0x00, 0x41, 2, 0x0b, 2, 0, 6});  // at 2: the import, another
  module.add(ModuleBuilder::kData, {0x00, 0x41, 8, 0x0b, 3, 'x', 'y', 'z'});
  return module.build();
}

class Lifetimes : public ::testing::Test {
 protected:
  Result<void> call(Instance& instance, std::string_view name, uint64_t& result) {
    uint64_t values[16] = {};
    auto outcome = instance.store().call(*std::get<FuncRef*>(*instance.find_export(name)), values);
    result = values[0];
    return outcome;
  }

  void run(uint32_t round) {
    const test::Bytes bytes = make_module(round % kTypes);
    auto module = engine_->compile(bytes).value();
    Store store(engine_);
    const FuncType type = numbered_type(round % kTypes);
    const bool refuses = round % 3 == 0;
    Extern imports[] = {store.add_host_function(type, refuses ? &refuse : &answer, &store)};
    if (round % 5 == 0) {
      Extern wrong[] = {
          store.add_host_function(numbered_type(round % kTypes ^ 1), &answer, nullptr)};
      EXPECT_EQ(store.instantiate(module, wrong).error().code(), ErrorCode::kLink);
    }
    Instance& instance = *store.instantiate(module, imports).value();
    module = nullptr;  // the instance has it
    uint64_t result = 0;
    for (const char* name : {"a", "b"}) {
      EXPECT_EQ(call(instance, name, result).has_value(), !refuses);
      EXPECT_TRUE(refuses || result == 42) << name << result;
    }
    for (const char* name : {"c", "d"}) {
      const auto trapped = call(instance, name, result);
      ASSERT_FALSE(trapped.has_value()) << name;
      EXPECT_EQ(trapped.error().code(), ErrorCode::kTrap);
      EXPECT_EQ(store.last_trap().backtrace.size(), 1u);
    }
    EXPECT_TRUE(call(instance, "e", result).has_value());
    EXPECT_EQ(result, 1 + round % 3);
  }

  // Not even decoded, not valid, not within the limits of its store.
  void fail(uint32_t round) {
    const test::Bytes whole = make_module(round % kTypes);
    test::Bytes bytes = whole;
    bytes[bytes.size() - 9] ^= 0x55;  // in the data segment's head
    static_cast<void>(engine_->compile(bytes).has_value());
    bytes.resize(bytes.size() - round % bytes.size());
    static_cast<void>(engine_->compile(bytes).has_value());
    ModuleBuilder invalid;
    invalid.function(invalid.type(numbered_type(round % kTypes).params, {kI32}), {});
    EXPECT_FALSE(engine_->compile(invalid.build()).has_value());
    StoreLimits limits;
    limits.memory_budget = 20'000;
    Store store(engine_, limits);
    auto module = engine_->compile(whole).value();
    Extern imports[] = {store.add_host_function(numbered_type(round % kTypes), &answer, nullptr)};
    EXPECT_EQ(store.instantiate(module, imports).error().code(), ErrorCode::kLimit);
  }

  const test::Bytes kept_ = make_module(1);  // modules have views into it
  std::shared_ptr<Engine> engine_ = Engine::create().value();
};

TEST_F(Lifetimes, TenThousandModulesAndStoresLeaveNothing) {
  const auto rounds = [&](uint32_t first, uint32_t end) {
    for (uint32_t i = first; i < end; i++) {
      run(i);
      if (i % 7 == 0) fail(i);
    }
  };
  rounds(0, 200);
  const size_t types = engine_->signatures()->size();
  EXPECT_EQ(types, 0u);
  const Footprint before = Footprint::now();
  rounds(200, 200 + kRounds);
  const Footprint after = Footprint::now();
  EXPECT_EQ(engine_->signatures()->size(), types);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LE(after.mappings, before.mappings + 8) << before << "; " << after;
  if (!kHeapIsOurs) return;
  EXPECT_LE(after.heap_bytes, before.heap_bytes + 64 * 1024) << before << "; " << after;
  EXPECT_LE(after.resident_bytes, before.resident_bytes + 4 * 1024 * 1024)
      << before << "; " << after;
}

// A type lives as long as something in a store may refer to it, and not longer.
TEST_F(Lifetimes, TypesGoWithTheirLastUser) {
  SignatureRegistry& registry = *engine_->signatures();
  auto module = engine_->compile(kept_).value();
  auto same = engine_->compile(kept_).value();
  EXPECT_EQ(registry.size(), 3u);
  EXPECT_EQ(module->signature_ids(), same->signature_ids());
  const uint32_t id = module->signature_ids()[0];
  module = nullptr;
  EXPECT_EQ(registry.size(), 3u);
  {
    Store store(engine_);
    Extern imports[] = {store.add_host_function(numbered_type(1), &answer, nullptr)};
    ASSERT_TRUE(store.instantiate(same, imports).has_value());
    same = nullptr;
    EXPECT_EQ(registry.size(), 3u);
    store.add_host_function(numbered_type(2), &answer, nullptr);
    EXPECT_EQ(registry.size(), 4u);
  }
  EXPECT_EQ(registry.size(), 0u);
  // Its number is not given out again: what had it would pass for another type.
  same = engine_->compile(kept_).value();
  EXPECT_GT(same->signature_ids()[0], id);
}

// Modules may outlive their engine's handle, and with it whatever gave numbers to their types.
TEST_F(Lifetimes, AModuleOutlivesItsEngine) {
  auto module = engine_->compile(kept_).value();
  engine_ = nullptr;
  module = nullptr;
}

// A module of 20 MB may import 20,000 functions with 1,000 parameters each; whether anybody has
// them to give is not known yet.
TEST_F(Lifetimes, ImportedTypesHaveNoCodeBeforeTheyAreUsed) {
  auto module = engine_->compile(kept_).value();
  for (uint32_t id : module->signature_ids()) {
    EXPECT_EQ(engine_->signatures()->trampolines_of(id).entry, nullptr);
    EXPECT_EQ(engine_->signatures()->trampolines_of(id).exit, nullptr);
  }
  const uint32_t id = module->signature_ids()[0];
  const void* exit = engine_->exit_trampoline(id).value();
  EXPECT_EQ(engine_->exit_trampoline(id).value(), exit);
  EXPECT_EQ(engine_->signatures()->trampolines_of(id).exit, exit);
}

}  // namespace
}  // namespace wisp::jit
