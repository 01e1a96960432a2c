// The loop of BlockPattern, once for each instruction set; chosen when a pattern is made.
//
// External interface: block_kernel() for block_copy.cpp, the others for tests and files that are
// compiled for one instruction set (platform/simd.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace wisp::component {

enum class BlockStatus : uint8_t { kCopied, kInvalidChar, kInvalidDiscriminant };

// Of 32 bytes of the pattern. A byte is a value's where `mask` has bits; it arrives as the lesser
// of itself and `cap`, and is wrong above `max`. `chars` is all ones in the four bytes of a char.
struct BlockLanes {
  static constexpr size_t kSize = 32;
  uint8_t mask[kSize], cap[kSize], max[kSize], chars[kSize];
};

// What of these bytes depends on discriminants: a byte is a value's only in the cases of `cases`, a
// bit for each; the discriminant is in the byte with the number `here` of the same 16, or `before`
// of the 16 before them; kNone: in neither.
struct CaseLanes {
  static constexpr uint8_t kNone = 0x80;
  static constexpr uint32_t kMaxCases = 8;
  uint8_t here[BlockLanes::kSize], before[BlockLanes::kSize], cases[BlockLanes::kSize];
};

struct BlockTable {
  // Sums inside of sums: the outer ones decide first.
  static constexpr uint32_t kMaxDepth = 2;

  const BlockLanes* lanes = nullptr;
  const CaseLanes* cases[kMaxDepth] = {};
  size_t size = 0;  // in bytes; a multiple of 32
  uint32_t depth = 0;
  bool looks_before = false;
  bool has_chars = false;
  bool has_max = false;
};

using BlockKernel = BlockStatus (*)(const BlockTable& table, uint8_t* to, const uint8_t* from,
                                    size_t size);
BlockKernel baseline_block_kernel(const BlockTable& table);
// Null where the build or the processor has no AVX2.
BlockKernel avx2_block_kernel(const BlockTable& table);
inline BlockKernel block_kernel(const BlockTable& table) {
  const BlockKernel best = avx2_block_kernel(table);
  return best != nullptr ? best : baseline_block_kernel(table);
}

}  // namespace wisp::component
