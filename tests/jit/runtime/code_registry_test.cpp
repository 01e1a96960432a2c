#include "jit/runtime/code_registry.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace wisp::jit {
namespace {

// Addresses that no code can have.
constexpr uintptr_t kBase = uintptr_t{1} << 60;

TEST(CodeRegistry, FindsTheRangeThatContainsAnAddress) {
  code_registry::add({kBase, kBase + 16, nullptr});
  code_registry::add({kBase + 32, kBase + 48, nullptr});
  EXPECT_EQ(code_registry::find(kBase - 1).begin, 0u);
  EXPECT_EQ(code_registry::find(kBase).begin, kBase);
  EXPECT_EQ(code_registry::find(kBase + 15).end, kBase + 16);
  EXPECT_EQ(code_registry::find(kBase + 16).begin, 0u);
  EXPECT_EQ(code_registry::find(kBase + 40).begin, kBase + 32);
  code_registry::remove(kBase);
  EXPECT_EQ(code_registry::find(kBase).begin, 0u);
  code_registry::remove(kBase + 32);
}

TEST(CodeRegistry, HoldsMoreRangesThanAChunk) {
  for (uintptr_t i = 0; i < 1000; i++) {
    code_registry::add({kBase + i * 16, kBase + i * 16 + 16, nullptr});
  }
  for (uintptr_t i = 0; i < 1000; i++) {
    EXPECT_EQ(code_registry::find(kBase + i * 16 + 7).begin, kBase + i * 16);
  }
  for (uintptr_t i = 0; i < 1000; i++) code_registry::remove(kBase + i * 16);
  EXPECT_EQ(code_registry::find(kBase + 7).begin, 0u);
}

TEST(CodeRegistry, MayBeReadWhileItChanges) {
  code_registry::add({kBase, kBase + 16, nullptr});
  std::atomic<bool> stop{false};
  std::thread writer([&stop] {
    while (!stop) {
      code_registry::add({kBase + 64, kBase + 80, nullptr});
      code_registry::remove(kBase + 64);
    }
  });
  for (int i = 0; i < 100'000; i++) ASSERT_EQ(code_registry::find(kBase + 1).begin, kBase);
  stop = true;
  writer.join();
  code_registry::remove(kBase);
}

}  // namespace
}  // namespace wisp::jit
