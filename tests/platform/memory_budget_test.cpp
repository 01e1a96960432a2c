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

TEST(MemoryBudget, AsksForItsLimitWhenASmallOneIsUsedUp) {
  static int asked = 0;
  MemoryBudget budget(100, [] {
    ++asked;
    return uint64_t{1000};
  });
  EXPECT_TRUE(budget.take(100));
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(budget.left(), MemoryBudget::kUnlimited);
  EXPECT_TRUE(budget.take(800));
  EXPECT_EQ(budget.left(), 100u);
  EXPECT_FALSE(budget.take(101));
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(budget.used(), 900u);
  EXPECT_NE(budget.refusal("x", 101).message().find("100 of the memory budget of 1000"),
            std::string::npos);
  // A limit below the small one changes nothing.
  MemoryBudget small(100, [] { return uint64_t{10}; });
  EXPECT_FALSE(small.take(101));
  EXPECT_TRUE(small.take(100));
}

}  // namespace
}  // namespace wisp
