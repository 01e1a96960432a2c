// BlockCopy: values without pointers and handles, from one memory to another in blocks: what lies
// between the values (padding, and what other cases of a variant need) arrives as zeros, a bool as
// 0 or 1, and char and enum values and discriminants are checked on the way.
//
// External interface: BlockPattern. A pattern is what one value looks like, repeated up to a
// multiple of 32 bytes; made once per type. The loops are in block_loop.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "component/abi/block_kernels.h"
#include "component/type/types.h"

namespace wisp::component {

class BlockPattern {
 public:
  // Null: values of this type are copied part by part. They are too large, or have something that
  // no block shows: handles, discriminants far from what they decide, cases that disagree on what a
  // byte is.
  static std::unique_ptr<const BlockPattern> of(const ValType& type);

  // `size` is a multiple of the value's; the ranges do not overlap.
  BlockStatus copy(uint8_t* to, const uint8_t* from, size_t size) const;

  // Whether any bytes are values, and arrive as they are.
  bool is_plain() const { return kernel_ == nullptr; }
  // Null where it is plain.
  const BlockTable* table() const { return kernel_ == nullptr ? nullptr : &table_; }

 private:
  friend class BlockRules;

  std::vector<BlockLanes> lanes_;
  std::vector<CaseLanes> cases_[BlockTable::kMaxDepth];
  BlockTable table_;
  BlockKernel kernel_ = nullptr;
};

}  // namespace wisp::component
