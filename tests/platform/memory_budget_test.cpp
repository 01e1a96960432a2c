#include "platform/memory_budget.h"

#include <gtest/gtest.h>

namespace wisp {
namespace {

TEST(MemoryBudget, GivesNoMoreThanThereIs) {
  MemoryBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_EQ(budget.used(), 60u);
  const Error refusal = budget.refusal("a table of 5 elements", 41);
  EXPECT_EQ(refusal.code(), ErrorCode::kLimit);
  EXPECT_EQ(
      refusal.message(),
      "a table of 5 elements takes 41 bytes, but only 40 of the memory budget of 100 bytes are "
      "left (--memory-budget)");
  EXPECT_TRUE(budget.take(40));
  budget.give_back(100);
  EXPECT_EQ(budget.left(), 100u);
  MemoryBudget unlimited;
  EXPECT_TRUE(unlimited.take(uint64_t{1} << 60));
}

}  // namespace
}  // namespace wisp
