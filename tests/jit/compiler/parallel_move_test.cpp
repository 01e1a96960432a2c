// ParallelMove against its definition: every destination gets what its source held before.
#include "jit/compiler/parallel_move.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace wisp::jit {
namespace {

constexpr uint8_t kScratch = 15;

// Runs the moves on register contents and counts them.
struct Machine {
  std::array<int, 16> registers{};
  int moves = 0;

  Machine() {
    for (int i = 0; i < 16; ++i) registers[i] = 100 + i;
  }
  void resolve(ParallelMove& moves_to_do) {
    moves_to_do.resolve(kScratch, [this](uint8_t to, uint8_t from) {
      registers[to] = registers[from];
      ++moves;
    });
  }
};

TEST(ParallelMove, OrdersAChain) {
  ParallelMove moves;
  moves.add(0, 1);
  moves.add(1, 2);
  moves.add(2, 3);
  Machine machine;
  machine.resolve(moves);
  EXPECT_EQ(machine.registers[0], 101);
  EXPECT_EQ(machine.registers[1], 102);
  EXPECT_EQ(machine.registers[2], 103);
  EXPECT_EQ(machine.moves, 3);
}

TEST(ParallelMove, BreaksACycleWithOneMoreMove) {
  ParallelMove moves;
  moves.add(4, 5);
  moves.add(5, 6);
  moves.add(6, 4);
  Machine machine;
  machine.resolve(moves);
  EXPECT_EQ(machine.registers[4], 105);
  EXPECT_EQ(machine.registers[5], 106);
  EXPECT_EQ(machine.registers[6], 104);
  EXPECT_EQ(machine.moves, 4);
}

TEST(ParallelMove, DropsMovesToThemselves) {
  ParallelMove moves;
  moves.add(3, 3);
  EXPECT_TRUE(moves.is_empty());
  Machine machine;
  machine.resolve(moves);
  EXPECT_EQ(machine.moves, 0);
}

TEST(ParallelMove, MatchesItsDefinitionOnRandomMoves) {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    ParallelMove moves;
    std::array<int, 15> source;
    source.fill(-1);
    for (uint8_t to = 0; to < 15; ++to) {
      if (random() % 3 == 0) continue;
      source[to] = static_cast<int>(random() % 15);
      moves.add(to, static_cast<uint8_t>(source[to]));
    }
    Machine machine;
    machine.resolve(moves);
    for (int to = 0; to < 15; ++to) {
      ASSERT_EQ(machine.registers[to], 100 + (source[to] < 0 ? to : source[to])) << round;
    }
    ASSERT_LE(machine.moves, 15 + 7);
  }
}

}  // namespace
}  // namespace wisp::jit
