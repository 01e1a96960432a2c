#include "platform/intrusive_list.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace wisp {
namespace {

struct LinkOfOther;
struct Item : ListNode<Item>, ListNode<LinkOfOther> {
  explicit Item(int what) : number(what) {}
  int number;
};
using List = IntrusiveList<Item>;
using OtherList = IntrusiveList<Item, LinkOfOther>;

template <class SomeList>
std::vector<int> numbers_of(const SomeList& list) {
  std::vector<int> numbers;
  for (Item* at = list.front(); at != nullptr; at = list.after(*at)) numbers.push_back(at->number);
  return numbers;
}

TEST(IntrusiveList, FirstInFirstOut) {
  Item a(1), b(2);
  List list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.pop(), nullptr);
  list.push(a);
  list.push(b);
  EXPECT_EQ(list.pop(), &a);
  list.push(a);
  EXPECT_EQ(list.pop(), &b);
  EXPECT_EQ(list.pop(), &a);
  EXPECT_TRUE(list.empty());
}

TEST(IntrusiveList, AnItemLeavesFromAnywhereAndOnlyOneOfItsLists) {
  Item a(1), b(2), c(3);
  List list;
  OtherList other;
  for (Item* item : {&a, &b, &c}) {
    list.push(*item);
    other.push(*item);
  }
  b.ListNode<Item>::unlink();
  b.ListNode<Item>::unlink();
  EXPECT_EQ(numbers_of(list), (std::vector<int>{1, 3}));
  EXPECT_EQ(numbers_of(other), (std::vector<int>{1, 2, 3}));
  EXPECT_FALSE(b.ListNode<Item>::linked());
  EXPECT_TRUE(b.ListNode<LinkOfOther>::linked());
}

TEST(IntrusiveList, ADestroyedItemLeaves) {
  Item a(1), c(3);
  List list;
  list.push(a);
  auto b = std::make_unique<Item>(2);
  list.push(*b);
  list.push(c);
  b.reset();
  EXPECT_EQ(numbers_of(list), (std::vector<int>{1, 3}));
}

TEST(IntrusiveList, ADestroyedListLetsItsItemsGo) {
  Item a(1);
  {
    List list;
    list.push(a);
  }
  EXPECT_FALSE(a.ListNode<Item>::linked());
}

TEST(IntrusiveList, AppendMovesEverything) {
  Item a(1), b(2), c(3);
  List list, more;
  list.append(more);
  EXPECT_TRUE(list.empty());
  list.push(a);
  more.push(b);
  more.push(c);
  list.append(more);
  EXPECT_TRUE(more.empty());
  EXPECT_EQ(numbers_of(list), (std::vector<int>{1, 2, 3}));
  more.append(list);
  EXPECT_EQ(numbers_of(more), (std::vector<int>{1, 2, 3}));
}

}  // namespace
}  // namespace wisp
