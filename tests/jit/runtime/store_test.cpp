// Stores, instances and memories through compiled modules: limits, reuse, backtraces.
#include "jit/runtime/store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "jit/engine.h"

namespace wisp::jit {
namespace {

std::vector<uint8_t> read_guest() {
  std::ifstream file(WISP_SOURCE_DIR "/tests/jit/runtime/guest.wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class StoreTest : public testing::Test {
 protected:
  static TrapCode host(void*, uint64_t* values) {
    values[0] = values[0] + values[1];
    return TrapCode::kNone;
  }
  Instance& instantiate(Store& store) {
    FuncRef* function = store.add_host_function(
        {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, &host, nullptr);
    Extern imports[] = {function};
    return *store.instantiate(module_, imports).value();
  }
  static Result<void> call(Instance& instance, std::string_view name, std::span<uint64_t> values) {
    FuncRef* function = std::get<FuncRef*>(*instance.find_export(name));
    return instance.store().call(*function, values);
  }
  static uint64_t call(Instance& instance, std::string_view name, uint64_t a, uint64_t b = 0) {
    uint64_t values[] = {a, b};
    auto result = call(instance, name, values);
    EXPECT_TRUE(result.has_value()) << result.error().message();
    return values[0];
  }
  static TrapCode trap(Instance& instance, std::string_view name, uint64_t a, uint64_t b = 0) {
    uint64_t values[] = {a, b};
    auto result = call(instance, name, values);
    return result.has_value() ? TrapCode::kNone : instance.store().last_trap().code;
  }

  std::shared_ptr<Engine> engine_ = Engine::create().value();
  std::vector<uint8_t> bytes_ = read_guest();
  std::shared_ptr<const CompiledModule> module_ = engine_->compile(bytes_).value();
};

TEST_F(StoreTest, CallsBothWays) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  EXPECT_EQ(call(instance, "add", 40, 2), 42u);
  EXPECT_EQ(call(instance, "call_host", 4), 10u);
  EXPECT_EQ(call(instance, "recurse", 100), 100u);
}

TEST_F(StoreTest, TrapsNameFunctionsAndOffsets) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  EXPECT_EQ(trap(instance, "unreachable", 0), TrapCode::kUnreachable);
  EXPECT_EQ(trap(instance, "divide", 1, 0), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(trap(instance, "divide", 0x80000000, 0xffffffff), TrapCode::kIntegerOverflow);
  EXPECT_EQ(trap(instance, "load", 65533), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(trap(instance, "load", 0xffffffff), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(trap(instance, "recurse", 10'000'000), TrapCode::kStackExhausted);
  const std::vector<Frame>& frames = store.last_trap().backtrace;
  ASSERT_GE(frames.size(), 10u);
  EXPECT_EQ(frames[3].function, "recurse");
  EXPECT_EQ(bytes_.at(frames[3].wasm_offset), 0x10);  // the opcode of call
  EXPECT_EQ(call(instance, "add", 1, 1), 2u);
}

// Whatever a guest left behind, the next one on the same slots sees none of it.
TEST_F(StoreTest, NothingOfOneInstanceReachesTheNext) {
  const uint8_t* base = nullptr;
  for (int round = 0; round < 3; round++) {
    Store store(engine_);
    Instance& instance = instantiate(store);
    Memory& memory = instance.memory(0);
    if (round > 0) {
      EXPECT_EQ(memory.base(), base);  // the slot is reused
    }
    base = memory.base();
    ASSERT_EQ(memory.size_bytes(), kPageSizeBytes);
    for (uint64_t i = 0; i < memory.size_bytes(); i += 8) {
      ASSERT_EQ(*reinterpret_cast<uint64_t*>(memory.base() + i), 0u) << i;
    }
    EXPECT_EQ(trap(instance, "load", 65536), TrapCode::kMemoryOutOfBounds);
    Table& table = instance.table(0);
    EXPECT_NE(table.get(0), 0u);
    EXPECT_EQ(table.get(1), 0u);
    EXPECT_EQ(*std::get<GlobalInstance*>(*instance.find_export("global"))->value, 7u);
    EXPECT_EQ(trap(instance, "dirty", 0xa5a5a5a5a5a5a5a5), TrapCode::kNone);
    EXPECT_EQ(table.get(1), table.get(0));
    EXPECT_EQ(memory.base(), base);  // grown in place
    ASSERT_EQ(call(instance, "grow", 1), 2u);
    ASSERT_EQ(*reinterpret_cast<uint64_t*>(memory.base() + 2 * kPageSizeBytes), 0u);
  }
}

TEST_F(StoreTest, TheEmbeddersLimitOfMemoryHolds) {
  StoreLimits limits;
  limits.max_memory_bytes = 2 * kPageSizeBytes;
  Store store(engine_, limits);
  Instance& instance = instantiate(store);
  EXPECT_EQ(call(instance, "grow", 1), 1u);
  EXPECT_EQ(call(instance, "grow", 1), 0xffffffffu);
  auto refused = store.add_memory({{3, {}}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kLimit);
  limits.max_memory_bytes = 0;
  Store none(engine_, limits);
  FuncRef* function = none.add_host_function(
      {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, &host, nullptr);
  Extern imports[] = {function};
  EXPECT_EQ(none.instantiate(module_, imports).error().code(), ErrorCode::kLimit);
}

TEST_F(StoreTest, TheDeclaredMaximumOfMemoryHolds) {
  Store store(engine_);
  Instance& instance = instantiate(store);
  EXPECT_EQ(call(instance, "grow", 4), 0xffffffffu);
  EXPECT_EQ(call(instance, "grow", 3), 1u);
  EXPECT_EQ(call(instance, "grow", 0), 4u);
  EXPECT_EQ(call(instance, "grow", 0xffffffff), 0xffffffffu);
}

TEST_F(StoreTest, TheLimitOfTheStackDecidesHowDeepAGuestGets) {
  auto depth_with = [&](uint64_t stack_bytes) {
    StoreLimits limits;
    limits.max_stack_bytes = stack_bytes;
    Store store(engine_, limits);
    Instance& instance = instantiate(store);
    uint64_t low = 1, high = 10'000'000;
    while (low + 1 < high) {
      uint64_t middle = (low + high) / 2;
      (trap(instance, "recurse", middle) == TrapCode::kNone ? low : high) = middle;
    }
    return low;
  };
  uint64_t small = depth_with(256 * 1024);
  uint64_t large = depth_with(4096 * 1024);
  EXPECT_GT(small, 1000u);
  EXPECT_GT(large, small * 8);
}

TEST_F(StoreTest, TablesHaveALimit) {
  StoreLimits limits;
  limits.max_table_elements = 10;
  Store store(engine_, limits);
  EXPECT_EQ(store.add_table({ValueType::kFuncRef, {11, {}}}).error().code(), ErrorCode::kLimit);
  Table* table = store.add_table({ValueType::kExternRef, {1, {}}}).value();
  EXPECT_EQ(table->grow(9, 5), 1u);
  EXPECT_EQ(table->get(9), 5u);
  EXPECT_EQ(table->grow(1, 0), std::nullopt);
  // All tables together.
  EXPECT_EQ(store.add_table({ValueType::kFuncRef, {1, {}}}).error().code(), ErrorCode::kLimit);
  EXPECT_TRUE(store.add_table({ValueType::kFuncRef, {0, {}}}).has_value());
}

TEST_F(StoreTest, MemoriesTablesAndInstancesAreCounted) {
  StoreLimits limits;
  limits.max_address_space = 2 * Memory::kReservedBytes - 1;
  limits.max_tables = 2;
  Store store(engine_, limits);
  EXPECT_TRUE(store.add_memory({{0, {}}}).has_value());
  EXPECT_EQ(store.add_memory({{0, {}}}).error().message(),
            "more than 1 memories: each reserves 8 GiB of address space, and all together may have "
            "16 GiB");
  for (int i = 0; i < 2; i++)
    EXPECT_TRUE(store.add_table({ValueType::kFuncRef, {0, {}}}).has_value());
  EXPECT_EQ(store.add_table({ValueType::kFuncRef, {0, {}}}).error().message(),
            "more than 2 tables");

  limits = {};
  limits.max_instance_bytes = 100;
  Store small(engine_, limits);
  Extern imports[] = {small.add_host_function(
      {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, &host, nullptr)};
  const auto refused = small.instantiate(module_, imports);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message(), "the instances take more than 100 bytes");
}

// What every kind of item takes is taken from one budget, and given back.
TEST_F(StoreTest, MemoriesAndTablesShareABudget) {
  StoreLimits limits;
  limits.memory_budget = 4 * kPageSizeBytes;
  Store store(engine_, limits);
  MemoryBudget& budget = store.budget();
  Memory* memory = store.add_memory({{1, {}}}).value();
  Table* table = store.add_table({ValueType::kExternRef, {0, {}}}).value();
  EXPECT_EQ(budget.used(), kPageSizeBytes);
  EXPECT_EQ(memory->grow(4), std::nullopt);
  EXPECT_EQ(memory->grow(2), 1u);
  EXPECT_EQ(budget.left(), kPageSizeBytes);
  EXPECT_EQ(table->grow(kPageSizeBytes / 8 + 1, 0), std::nullopt);
  EXPECT_EQ(table->grow(1000, 0), 0u);
  EXPECT_EQ(budget.left(), kPageSizeBytes - 8000);
  // Twice the entries and the old ones do not fit for a moment; what is asked for does.
  EXPECT_EQ(table->grow(6000, 7), 1000u);
  EXPECT_EQ(table->get(6999), 7u);
  EXPECT_EQ(budget.left(), kPageSizeBytes - 56'000);
  EXPECT_EQ(memory->grow(1), std::nullopt);
  EXPECT_EQ(store.add_memory({{1, {}}}).error().message(),
            "a memory of 1 pages takes 65536 bytes, but only 9536 of the memory budget of 262144 "
            "bytes are left (--memory-budget)");
  EXPECT_EQ(
      store.add_table({ValueType::kFuncRef, {299, {}}}).error().message(),
      "a table of 299 elements takes 9568 bytes, but only 9536 of the memory budget of 262144 "
      "bytes are left (--memory-budget)");
  EXPECT_EQ(budget.left(), 9536u);
  EXPECT_TRUE(store.add_table({ValueType::kFuncRef, {298, {}}}).has_value());
  EXPECT_EQ(budget.left(), 0u);
}

TEST_F(StoreTest, WhatAnInstanceNeedsComesFromTheBudget) {
  uint64_t needed = 0;
  {
    Store store(engine_);
    Instance& instance = instantiate(store);
    needed = store.budget().used();
    ASSERT_EQ(call(instance, "grow", 1), 1u);
    EXPECT_EQ(store.budget().used(), needed + kPageSizeBytes);
  }
  EXPECT_GT(needed, kPageSizeBytes);
  StoreLimits limits;
  limits.memory_budget = needed;
  Store enough(engine_, limits);
  EXPECT_EQ(call(instantiate(enough), "grow", 1), 0xffffffffu);
  for (uint64_t missing : {uint64_t{1}, needed - kPageSizeBytes, needed}) {
    limits.memory_budget = needed - missing;
    Store store(engine_, limits);
    Extern imports[] = {store.add_host_function(
        {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, &host, nullptr)};
    const auto refused = store.instantiate(module_, imports);
    ASSERT_FALSE(refused.has_value()) << missing;
    EXPECT_EQ(refused.error().code(), ErrorCode::kLimit);
    EXPECT_NE(refused.error().message().find("--memory-budget"), std::string::npos);
  }
}

TEST_F(StoreTest, ImportsOfAnotherTypeAreRefusedWithBoth) {
  Store store(engine_);
  FuncRef* function = store.add_host_function({{ValueType::kI64}, {}}, &host, nullptr);
  Extern wrong_type[] = {function};
  auto refused = store.instantiate(module_, wrong_type);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kLink);
  EXPECT_NE(refused.error().message().find("(i32, i64) -> (i64)"), std::string::npos);
  EXPECT_NE(refused.error().message().find("(i64) -> ()"), std::string::npos);
  Extern wrong_kind[] = {store.add_memory({{1, {}}}).value()};
  EXPECT_EQ(store.instantiate(module_, wrong_kind).error().code(), ErrorCode::kLink);
}

TEST_F(StoreTest, ManyStoresShareAModule) {
  std::vector<std::unique_ptr<Store>> stores;
  for (int i = 0; i < 50; i++) {
    stores.push_back(std::make_unique<Store>(engine_));
    Instance& instance = instantiate(*stores.back());
    EXPECT_EQ(call(instance, "add", static_cast<uint64_t>(i), 1), static_cast<uint64_t>(i) + 1);
  }
}

TEST(Engine, RefusesPartsThatTheCompilerDoesNotHave) {
  EXPECT_EQ(Engine::create({0, "homes,magic"}).error().code(), ErrorCode::kUsage);
  EXPECT_TRUE(Engine::create({0, "homes,folding,fusion"}).has_value());
}

}  // namespace
}  // namespace wisp::jit
