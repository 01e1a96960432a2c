#include "wasi/preview1/descriptor_table.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace wisp::wasi::preview1 {
namespace {

class DescriptorTableTest : public testing::Test {
 protected:
  int insert(DescriptorTable& table) {
    Fd fd = {};
    const int error = table.insert(std::make_unique<Entry>(EntryKind::kFile), fd);
    return error != 0 ? error : static_cast<int>(fd);
  }

  EventLoop loop_{IoChoice::kEpoll};
  WasiContext context_{loop_};
};

TEST_F(DescriptorTableTest, GivesTheLowestNumberThatIsFree) {
  MemoryBudget budget;
  DescriptorTable table(context_, budget);
  for (int number = 3; number < 10; number++) EXPECT_EQ(insert(table), number);
  for (const uint32_t number : {7u, 0u, 4u}) EXPECT_EQ(table.close(Fd{number}), 0);
  EXPECT_EQ(table.close(Fd{4}), -EBADF);
  for (const int number : {0, 4, 7, 10}) EXPECT_EQ(insert(table), number);
  EXPECT_EQ(table.renumber(Fd{10}, Fd{3}), 0);
  EXPECT_EQ(table.find(Fd{10}), nullptr);
  EXPECT_EQ(table.renumber(Fd{10}, Fd{3}), -EBADF);
  EXPECT_EQ(insert(table), 10);
}

TEST_F(DescriptorTableTest, TakesMemoryFromTheBudgetAndGivesItBack) {
  MemoryBudget budget(10'000);
  {
    DescriptorTable table(context_, budget);
    EXPECT_EQ(budget.used(), 0u) << "the standard streams are the embedder's";
    EXPECT_EQ(insert(table), 3);
    const uint64_t one = budget.used();
    EXPECT_GE(one, sizeof(Entry));
    int last = 0;
    while ((last = insert(table)) >= 0) {
    }
    EXPECT_EQ(last, -ENOMEM);
    EXPECT_EQ(table.close(Fd{3}), 0);
    EXPECT_EQ(table.renumber(Fd{5}, Fd{4}), 0);
    EXPECT_EQ(insert(table), 3);
    EXPECT_EQ(insert(table), 5);
    EXPECT_EQ(insert(table), -ENOMEM);
    EXPECT_EQ(table.close(Fd{0}), 0);
    EXPECT_EQ(budget.used() / one, 10'000 / one);
  }
  EXPECT_EQ(budget.used(), 0u);
}

}  // namespace
}  // namespace wisp::wasi::preview1
