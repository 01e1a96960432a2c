#include "component/abi/resource_table.h"

#include <gtest/gtest.h>

#include "component/abi/host_resource.h"

namespace wisp::component {
namespace {

class Counted : public HostResource {
 public:
  explicit Counted(int& count) : count_(count) { count_++; }
  ~Counted() override { count_--; }

 private:
  int& count_;
};

uint64_t representation(HostResource* object) { return reinterpret_cast<uintptr_t>(object); }

const RuntimeResourceType kGuestType{reinterpret_cast<InstanceState*>(16), nullptr};

TEST(ResourceTable, FreedIndicesAreReusedLastInFirstOut) {
  HandleBudget budget;
  ResourceTable table(budget);
  for (uint32_t i = 1; i <= 4; i++) EXPECT_EQ(table.insert(&kGuestType, i), i);
  table.remove(2);
  table.remove(4);
  EXPECT_EQ(table.insert(&kGuestType, 5), 4u);
  EXPECT_EQ(table.insert(&kGuestType, 6), 2u);
  EXPECT_EQ(table.insert(&kGuestType, 7), 5u);
  EXPECT_EQ(table.live_count(), 5u);
}

TEST(ResourceTable, ZeroAndFreeEntriesAreNotThere) {
  HandleBudget budget;
  ResourceTable table(budget);
  EXPECT_EQ(table.find(0), nullptr);
  EXPECT_EQ(table.find(1), nullptr);
  EXPECT_EQ(table.find(~0u), nullptr);
  const uint32_t index = table.insert(&kGuestType, 9);
  ASSERT_NE(table.find(index), nullptr);
  EXPECT_EQ(table.find(index)->representation, 9u);
  table.remove(index);
  EXPECT_EQ(table.find(index), nullptr);
}

TEST(ResourceTable, AFullTableAnswersZero) {
  HandleBudget budget{2};
  ResourceTable table(budget);
  EXPECT_EQ(table.insert(&kGuestType, 1), 1u);
  EXPECT_EQ(table.insert(&kGuestType, 1), 2u);
  EXPECT_EQ(table.insert(&kGuestType, 1), 0u);
  table.remove(1);
  EXPECT_EQ(table.insert(&kGuestType, 1), 1u);
}

// Entries that are free again are their table's: what counts is how many there ever were at once.
TEST(ResourceTable, TablesShareABudget) {
  HandleBudget budget{3};
  ResourceTable a(budget), b(budget);
  const uint32_t first = a.insert(&kGuestType, 1);
  EXPECT_NE(a.insert(&kGuestType, 2), 0u);
  EXPECT_NE(b.insert(&kGuestType, 3), 0u);
  EXPECT_EQ(b.insert(&kGuestType, 4), 0u);
  a.remove(first);
  EXPECT_EQ(b.insert(&kGuestType, 4), 0u);
  EXPECT_EQ(a.insert(&kGuestType, 4), first);
}

// The table itself and the objects of the host behind its handles.
TEST(ResourceTable, TakesMemoryFromABudget) {
  int alive = 0;
  MemoryBudget memory(2000);
  {
    HandleBudget budget{1'000, &memory};
    ResourceTable table(budget);
    EXPECT_EQ(table.insert(&kGuestType, 1), 1u);
    EXPECT_EQ(memory.used(), 16 * sizeof(Handle));
    auto* object = new Counted(alive);
    const uint32_t index = table.insert(&kHostResourceType<Counted>, representation(object));
    EXPECT_EQ(memory.used(), 16 * sizeof(Handle) + object->size_bytes());
    table.insert(&kHostResourceType<Counted>, representation(object), Ownership::kBorrowed);
    EXPECT_EQ(memory.used(), 16 * sizeof(Handle) + object->size_bytes());
    table.remove(index);
    EXPECT_EQ(memory.used(), 16 * sizeof(Handle));
    delete object;
    // 32 entries are 512 bytes, 64 are 1,024; the old ones count until they are gone.
    for (uint32_t i = 0; i < 61; i++) ASSERT_NE(table.insert(&kGuestType, 1), 0u) << i;
    EXPECT_EQ(memory.used(), 64 * sizeof(Handle));
    EXPECT_EQ(table.insert(&kGuestType, 1), 0u);
    EXPECT_EQ(std::string_view(table.refusal()),
              "the memory budget has no room for another handle (--memory-budget)");
    for (uint32_t i = 10; i < 20; i++) table.remove(i);
    uint32_t objects = 0;
    for (Counted* each = nullptr;; objects++) {
      each = new Counted(alive);
      if (table.insert(&kHostResourceType<Counted>, representation(each)) != 0) continue;
      delete each;
      break;
    }
    EXPECT_EQ(objects, (2000 - 1024) / 256u);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(memory.used(), 0u);
}

TEST(ResourceTable, DestructionDeletesChildrenFirst) {
  int alive = 0;
  {
    HandleBudget budget;
    ResourceTable table(budget);
    auto* parent = new Counted(alive);
    auto* child = new Counted(alive);
    auto* grandchild = new Counted(alive);
    child->set_parent(*parent);
    grandchild->set_parent(*child);
    table.insert(&kHostResourceType<Counted>, representation(parent));
    table.insert(&kHostResourceType<Counted>, representation(child));
    table.insert(&kHostResourceType<Counted>, representation(grandchild));
    EXPECT_EQ(parent->child_count(), 1u);
  }
  EXPECT_EQ(alive, 0);
}

TEST(ResourceTable, BorrowsAreNotDeleted) {
  int alive = 0;
  Counted object(alive);
  {
    HandleBudget budget;
    ResourceTable table(budget);
    table.insert(&kHostResourceType<Counted>, representation(&object), Ownership::kBorrowed);
    EXPECT_EQ(table.borrow_count(), 1u);
  }
  EXPECT_EQ(alive, 1);
}

TEST(ResourceTable, HostTypesDifferByClass) {
  class Other : public HostResource {};
  EXPECT_NE(static_cast<const void*>(&kHostResourceType<Counted>),
            static_cast<const void*>(&kHostResourceType<Other>));
}

}  // namespace
}  // namespace wisp::component
