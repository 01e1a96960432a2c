// BlockCopy: values without pointers, handles and payloads, from one memory to another in blocks of
// 16 bytes: what lies between the values (padding) arrives as zeros, a bool as 0 or 1, and char and
// enum values are checked on the way.
//
// External interface: BlockPattern. A pattern is what one value looks like, repeated up to a
// multiple of 16 bytes; made once per type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "component/types.h"

namespace wisp::component {

enum class BlockStatus : uint8_t { kCopied, kInvalidChar, kInvalidDiscriminant };

class BlockPattern {
 public:
  // Values of larger types are copied member by member.
  static constexpr uint32_t kMaxValueSize = 128;

  // Whether values of the type can be copied so.
  static bool fits(const ValType& type);
  explicit BlockPattern(const ValType& type);

  // Whether any bytes are values, and arrive as they are.
  bool is_plain() const { return is_plain_; }

  // `size` is a multiple of the value's; the ranges do not overlap.
  BlockStatus copy(uint8_t* to, const uint8_t* from, size_t size) const;

 private:
  typedef uint8_t Bytes __attribute__((vector_size(16)));
  typedef uint32_t Words __attribute__((vector_size(16)));
  // Of 16 bytes. A byte is a value's where `mask` has bits; it arrives as the lesser of itself and
  // `cap`, and is wrong above `max`. `chars` is all ones in the four bytes of a char.
  struct Lanes {
    Bytes mask{}, cap{}, max{};
    Words chars{};
  };
  struct Bad {
    Bytes discriminants{};
    Words chars{};
  };

  void mark(const ValType& type, uint32_t offset);
  void set(uint32_t offset, uint32_t size, uint8_t mask, uint8_t cap, uint8_t max);
  template <bool kHasChars, bool kHasMax>
  BlockStatus run(uint8_t* to, const uint8_t* from, size_t size) const;
  template <bool kHasChars, bool kHasMax>
  static Bytes convert(Bytes bytes, const Lanes& lanes, Bad& bad);

  std::vector<Lanes> lanes_;
  bool is_plain_ = true;  // every bit pattern of every byte is a value
  bool has_chars_ = false;
  bool has_max_ = false;
};

}  // namespace wisp::component
