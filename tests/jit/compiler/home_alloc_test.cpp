// HomeAllocator: who gets a register, and that no two locals that live at once share one.
#include "jit/compiler/home_alloc.h"

#include <gtest/gtest.h>

#include <random>

namespace wisp::jit {
namespace {

constexpr Gpr kSaved[] = {Gpr{3}, Gpr{12}};
constexpr Gpr kClobbered[] = {Gpr{6}, Gpr{7}};
constexpr Fpr kFloats[] = {Fpr{8}};

class HomeAllocTest : public testing::Test {
 protected:
  HomeAllocTest() : allocator_({kSaved, kClobbered, {}, kFloats}) {
    summary_.begin();
    summary_.locals.require(kMaxLocals);
  }
  static constexpr size_t kMaxLocals = 100;

  // A local that is live from the start unless it is `defined`.
  LocalInfo& add(uint32_t first, uint32_t last, uint64_t weight, bool is_defined = false) {
    LocalInfo info;
    info.first = first;
    info.last = last;
    info.weight = weight;
    if (is_defined) info.set_block = 0;
    const size_t local = summary_.local_types.size();
    EXPECT_LT(local, kMaxLocals);
    summary_.touched.push_back(static_cast<uint32_t>(local));
    summary_.locals[local] = info;
    summary_.local_types.push_back(info.type);
    summary_.blocks[0].end = std::max(summary_.blocks[0].end, last);
    return summary_.locals[local];
  }
  void allocate() { result_ = allocator_.allocate(summary_, true, homes_); }
  bool has_register(uint32_t local) const { return homes_[local].kind == Home::Kind::kGpr; }

  FuncSummary summary_;
  HomeAllocator allocator_;
  std::vector<Home> homes_;
  HomeResult result_;
};

TEST_F(HomeAllocTest, GivesTheHeaviestLocalsRegisters) {
  for (uint64_t weight : {5u, 50u, 6u, 60u, 70u, 80u}) add(1, 100, weight);
  allocate();
  for (uint32_t local : {1u, 3u, 4u, 5u}) EXPECT_TRUE(has_register(local)) << local;
  for (uint32_t local : {0u, 2u}) EXPECT_EQ(homes_[local].kind, Home::Kind::kFrame) << local;
  EXPECT_EQ(result_.slots, 2u);
}

TEST_F(HomeAllocTest, PrefersCalleeSavedRegistersAcrossCalls) {
  add(1, 100, 50).calls_before_last = 20;
  allocate();
  ASSERT_TRUE(has_register(0));
  EXPECT_TRUE(homes_[0].code == 3 || homes_[0].code == 12);
}

TEST_F(HomeAllocTest, SavesNoRegisterForTwoAccesses) {
  summary_.param_count = 1;
  add(1, 100, 2).calls_before_last = 5;
  allocate();
  EXPECT_EQ(homes_[0].kind, Home::Kind::kFrame);
}

TEST_F(HomeAllocTest, WritesThroughWhereWritesAreRarerThanCalls) {
  for (int i = 0; i < 2; ++i) add(1, 100, 1000).calls_before_last = 10;  // take the saved registers
  LocalInfo& info = add(1, 100, 900);
  info.calls_before_last = 10;
  info.set_weight = 1;
  allocate();
  ASSERT_TRUE(has_register(2));
  EXPECT_TRUE(homes_[2].is_write_through);
  EXPECT_GE(homes_[2].slot, 0);
}

TEST_F(HomeAllocTest, SharesARegisterBetweenLivesThatDoNotOverlap) {
  for (uint32_t i = 0; i < 8; ++i) add(i * 10 + 1, i * 10 + 9, 20, true);
  allocate();
  for (uint32_t local = 0; local < 8; ++local) EXPECT_TRUE(has_register(local)) << local;
  EXPECT_EQ(result_.used_gprs.count(), 1);
}

TEST_F(HomeAllocTest, ZeroesOnlyWhatMayBeReadBeforeItIsWritten) {
  summary_.param_count = 1;
  add(5, 9, 10);
  add(5, 9, 10);
  add(5, 9, 10, true);
  allocate();
  EXPECT_FALSE(homes_[0].needs_zero);
  EXPECT_TRUE(homes_[1].needs_zero);
  EXPECT_FALSE(homes_[2].needs_zero);
}

TEST_F(HomeAllocTest, NeverLetsTwoLivesMeetInARegister) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    summary_.begin();
    for (int i = 0; i < 40; ++i) {
      uint32_t first = 1 + random() % 200;
      add(first, first + random() % 60, 1 + random() % 100, random() % 2 == 0);
    }
    allocate();
    for (uint32_t a = 0; a < 40; ++a) {
      for (uint32_t b = a + 1; b < 40; ++b) {
        if (!has_register(a) || !has_register(b) || homes_[a].code != homes_[b].code) continue;
        auto begin = [&](uint32_t local) {
          return homes_[local].is_live_at_entry ? 0 : summary_.locals[local].first;
        };
        ASSERT_TRUE(homes_[a].last < begin(b) || homes_[b].last < begin(a)) << a << " " << b;
      }
    }
  }
}

}  // namespace
}  // namespace wisp::jit
