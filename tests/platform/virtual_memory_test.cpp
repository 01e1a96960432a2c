#include "platform/virtual_memory.h"

#include <gtest/gtest.h>

#include "platform/reservation_pool.h"

namespace wisp {
namespace {

TEST(Reservation, OpensPieceByPieceAndReadsAsZeroAfterDiscard) {
  auto reservation = Reservation::reserve(size_t{8} << 30).value();
  ASSERT_TRUE(reservation.protect(kPageGranule, kPageGranule, PageAccess::kReadWrite).has_value());
  uint8_t* page = reservation.base() + kPageGranule;
  EXPECT_EQ(page[17], 0);
  page[17] = 5;
  reservation.discard(kPageGranule, kPageGranule);
  EXPECT_EQ(page[17], 0);
  EXPECT_TRUE(reservation.contains(reinterpret_cast<uintptr_t>(page)));
  EXPECT_FALSE(reservation.contains(reinterpret_cast<uintptr_t>(reservation.base()) - 1));
}

TEST(ReservationDeathTest, WhatIsNotOpenFaults) {
  auto reservation = Reservation::reserve(2 * kPageGranule).value();
  ASSERT_TRUE(reservation.protect(0, kPageGranule, PageAccess::kReadWrite).has_value());
  reservation.base()[kPageGranule - 1] = 1;
  EXPECT_DEATH(reservation.base()[kPageGranule] = 1, "");
}

TEST(Reservation, SaysWhenAddressSpaceRunsOut) {
  auto result = Reservation::reserve(size_t{1} << 60);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kLimit);
}

TEST(Reservation, PopulatedPagesAreZeroAndTrimmingKeepsTheStart) {
  Reservation memory = Reservation::reserve(4 * kPageGranule).value();
  uint8_t* base = memory.base();
  ASSERT_TRUE(memory.protect(0, 2 * kPageGranule, PageAccess::kReadWrite).has_value());
  memory.populate(0, 2 * kPageGranule);
  for (size_t i = 0; i < 2 * kPageGranule; i += 512) ASSERT_EQ(base[i], 0);
  base[kPageGranule - 1] = 7;
  memory.trim(kPageGranule);
  EXPECT_EQ(memory.size_bytes(), kPageGranule);
  EXPECT_EQ(base[kPageGranule - 1], 7);
  EXPECT_DEATH(base[kPageGranule] = 1, "");
}

TEST(ReservationPool, AReusedSlotHoldsNothingOfItsLastUser) {
  constexpr size_t kReserved = size_t{1} << 32;
  ReservationPool pool;
  MemorySlot slot = pool.acquire(kReserved, 4 * kPageGranule).value();
  uint8_t* base = slot.reservation.base();
  for (size_t i = 0; i < 4 * kPageGranule; i += 512) base[i] = 0xaa;
  pool.release(std::move(slot));
  EXPECT_EQ(pool.free_slots(), 1u);
  slot = pool.acquire(kReserved, 2 * kPageGranule).value();
  ASSERT_EQ(slot.reservation.base(), base);
  for (size_t i = 0; i < 2 * kPageGranule; i += 512) ASSERT_EQ(base[i], 0);
  EXPECT_DEATH(base[2 * kPageGranule] = 1, "");  // closed again
  pool.release(std::move(slot));
  slot = pool.acquire(kReserved, 6 * kPageGranule).value();
  for (size_t i = 0; i < 6 * kPageGranule; i += 512) ASSERT_EQ(base[i], 0);
}

TEST(ReservationPool, DoesNotMixSizes) {
  ReservationPool pool;
  MemorySlot slot = pool.acquire(kPageGranule, kPageGranule).value();
  pool.release(std::move(slot));
  MemorySlot larger = pool.acquire(2 * kPageGranule, 0).value();
  EXPECT_EQ(larger.reservation.size_bytes(), 2 * kPageGranule);
  EXPECT_EQ(pool.free_slots(), 1u);
}

// Free slots count, since they take address space as much as others; unless it is scarce, when they
// are not kept.
TEST(ReservationPool, TheSpaceOfAllPoolsIsLimited) {
  SlotSpace space(4 * kPageGranule);
  ReservationPool pool(space), other(space);
  MemorySlot first = pool.acquire(kPageGranule, 0).value();
  pool.release(std::move(first));
  EXPECT_EQ(pool.free_slots(), 1u);
  EXPECT_EQ(space.used(), kPageGranule);
  MemorySlot second = other.acquire(2 * kPageGranule, 0).value();
  first = pool.acquire(kPageGranule, 0).value();
  const auto refused = pool.acquire(2 * kPageGranule, 0);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kLimit);
  EXPECT_EQ(
      refused.error().message(),
      "cannot reserve 131072 bytes of address space: the memories of this process have 196608 "
      "of 262144");
  pool.release(std::move(first));
  EXPECT_EQ(pool.free_slots(), 0u);
  EXPECT_EQ(space.used(), 2 * kPageGranule);
  EXPECT_TRUE(pool.acquire(2 * kPageGranule, 0).has_value());
  other.release(std::move(second));
}

}  // namespace
}  // namespace wisp
