// What threads share: one engine, in which several compile, run and let go of modules at a time.
// ThreadSanitizer runs only what runs no guest: it cannot follow stacks that switch, nor faults
// that a handler on a stack of its own takes for the guest's.
#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <thread>
#include <vector>

#include "jit/engine.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

constexpr int kThreads = 4;
constexpr int kRounds = 25;

// Exports "f", which takes so many i64 as `count` says and returns the sum of the last and `count`;
// and "trap".
std::vector<uint8_t> adder(uint32_t count) {
  test::ModuleBuilder builder;
  const std::vector<ValueType> params(count, ValueType::kI64);
  const uint32_t type = builder.type(params, {ValueType::kI64});
  const auto last = static_cast<uint8_t>(count - 1);
  builder.function(type, {0x20, last, 0x42, static_cast<uint8_t>(count), 0x7c}, {});
  builder.function(type, {0x00}, {});
  builder.export_item("f", 0, 0);
  builder.export_item("trap", 0, 1);
  return builder.build();
}

void use_engine(const std::shared_ptr<Engine>& engine, int thread, std::atomic<int>& wrong) {
  for (int round = 0; round < kRounds; ++round) {
    // Some signatures are this thread's alone, some are everybody's.
    const auto count = static_cast<uint32_t>(round % 2 == 0 ? 1 + round % 7 : 10 + thread);
    const std::vector<uint8_t> bytes = adder(count);
    auto module = engine->compile(bytes).value();
    Store store(engine);
    Instance& instance = *store.instantiate(module, {}).value();
    std::vector<uint64_t> slots(count, 1000);
    auto* function = std::get<FuncRef*>(*instance.find_export("f"));
    if (!store.call(*function, slots).has_value() || slots[0] != 1000 + count) ++wrong;
    auto* trap = std::get<FuncRef*>(*instance.find_export("trap"));
    slots.assign(count, 0);
    if (store.call(*trap, slots).has_value() || store.last_trap().code != TrapCode::kUnreachable)
      ++wrong;
  }
}

TEST(Threads, CompileBesideEachOther) {
  auto engine = Engine::create().value();
  std::atomic<int> failed = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&engine, &failed, i] {
      std::deque<std::vector<uint8_t>> bytes;
      std::vector<std::shared_ptr<const CompiledModule>> modules;
      for (int round = 0; round < kRounds; ++round) {
        const auto count = static_cast<uint32_t>(round % 2 == 0 ? 1 + round % 7 : 10 + i);
        auto module = engine->compile(bytes.emplace_back(adder(count)));
        if (!module.has_value()) ++failed;
        // Some go at once, some later, in another order.
        if (round % 3 != 0) modules.push_back(std::move(module).value());
        if (round % 5 == 0) modules.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
}

TEST(Threads, ShareAnEngine) {
  auto engine = Engine::create().value();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&engine, &wrong, i] { use_engine(engine, i, wrong); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

// One compiled module in several stores at a time.
TEST(Threads, ShareAModule) {
  auto engine = Engine::create().value();
  const auto bytes = adder(3);
  auto module = engine->compile(bytes).value();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        Store store(engine);
        Instance& instance = *store.instantiate(module, {}).value();
        uint64_t slots[] = {1, 2, 3};
        auto* function = std::get<FuncRef*>(*instance.find_export("f"));
        if (!store.call(*function, slots).has_value() || slots[0] != 6) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace wisp::jit
