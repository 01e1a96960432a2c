// Immediates: what follows an opcode, and how to read it from bytes that were validated.
//
// Interface: BlockType, MemArg, BrTable; TrustedImmediates, whose `read_<kind>` returns a tuple of
// the immediates of that kind (the kinds are those of opcodes.def), and `skip`, which passes over
// one opcode. Nothing here checks anything: bodies go through the validator first. Source: core
// specification, section 5.4.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <tuple>

#include "jit/wasm/module.h"
#include "jit/wasm/opcodes.h"
#include "jit/wasm/types.h"

namespace wisp::jit {

// The type of a block: nothing, one result, or a function type of the module, which it views.
// One word (0, the encoding of a value type, or a pointer), because every open block keeps one.
class BlockType {
 public:
  BlockType() = default;
  explicit BlockType(ValueType result) : word_(static_cast<uint8_t>(result)) {}
  explicit BlockType(const FuncType& type) : word_(reinterpret_cast<uintptr_t>(&type)) {}

  std::span<const ValueType> params() const {
    if (word_ <= kLastCode) return {};
    return function().params;
  }
  std::span<const ValueType> results() const {
    if (word_ > kLastCode) return function().results;
    if (word_ == 0) return {};
    return {&kSingles.types[word_ - kFirstCode], 1};
  }
  // No parameters and no results: the most frequent form.
  bool is_empty() const { return word_ == 0; }

 private:
  static constexpr uintptr_t kFirstCode = 0x6f;  // the encodings of value types
  static constexpr uintptr_t kLastCode = 0x7f;
  static constexpr auto kSingles = [] {
    struct {
      ValueType types[kLastCode - kFirstCode + 1];
    } all{};
    for (uintptr_t code = kFirstCode; code <= kLastCode; ++code) {
      all.types[code - kFirstCode] = ValueType(code);
    }
    return all;
  }();

  const FuncType& function() const { return *reinterpret_cast<const FuncType*>(word_); }

  uintptr_t word_ = 0;
};

struct MemArg {
  uint32_t align_log2 = 0;
  uint32_t offset = 0;
};

// LEB128 of validated bytes. The one-byte form is by far the most frequent.
namespace leb {

[[gnu::noinline]] inline uint64_t read_unsigned_slow(const uint8_t*& at) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const uint64_t byte = *at++;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}
[[gnu::noinline]] inline int64_t read_signed_slow(const uint8_t*& at) {
  uint64_t value = 0;
  uint64_t byte;
  unsigned shift = 0;
  do {
    byte = *at++;
    value |= (byte & 0x7f) << shift;
    shift += 7;
  } while (byte >= 0x80);
  if (shift < 64) value |= -((byte >> 6) & 1) << shift;
  return static_cast<int64_t>(value);
}

[[gnu::always_inline]] inline uint64_t read_unsigned(const uint8_t*& at) {
  if (*at < 0x80) [[likely]]
    return *at++;
  return read_unsigned_slow(at);
}
[[gnu::always_inline]] inline int64_t read_signed(const uint8_t*& at) {
  if (*at < 0x80) [[likely]]
    return static_cast<int64_t>(uint64_t{*at++} << 57) >> 57;
  return read_signed_slow(at);
}

// A number of up to four bytes, read without a jump that depends on how many they are: that is
// hard to predict. Length 0 if it is longer, or if there are less than four bytes to `end`.
struct Short {
  uint32_t bytes = 0;
  uint32_t length = 0;

  [[gnu::always_inline]] uint32_t value_unsigned() const {
    return (bytes & 0x7f) | (bytes >> 1 & 0x3f80) | (bytes >> 2 & 0x1fc000) |
           (bytes >> 3 & 0xfe00000);
  }
  [[gnu::always_inline]] int32_t value_signed() const {
    const uint32_t unused = 32 - 7 * length;
    return static_cast<int32_t>(value_unsigned() << unused) >> unused;
  }
};
[[gnu::always_inline]] inline Short peek_short(const uint8_t* at, const uint8_t* end) {
  if (end - at < 4) [[unlikely]]
    return {};
  uint32_t bytes;
  std::memcpy(&bytes, at, 4);
  if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap32(bytes);
  const uint32_t ends = ~bytes & 0x80808080;
  if (ends == 0) [[unlikely]]
    return {};
  // All bits up to the lowest of `ends`.
  return {bytes & (ends ^ (ends - 1)), static_cast<uint32_t>(std::countr_zero(ends)) / 8 + 1};
}

inline uint32_t read_u32(const uint8_t*& at) { return static_cast<uint32_t>(read_unsigned(at)); }

inline void skip(const uint8_t*& at) {
  while (*at++ >= 0x80) {
  }
}

}  // namespace leb

// The targets of a br_table, as label depths; the last one is the default.
class BrTable {
 public:
  class Iterator {
   public:
    Iterator(const uint8_t* at, uint32_t left) : at_(at), left_(left) { load(); }
    uint32_t operator*() const { return depth_; }
    Iterator& operator++() {
      --left_;
      load();
      return *this;
    }
    bool operator!=(const Iterator& other) const { return left_ != other.left_; }

   private:
    void load() {
      if (left_ != 0) depth_ = leb::read_u32(at_);
    }
    const uint8_t* at_;
    uint32_t left_;
    uint32_t depth_ = 0;
  };

  BrTable(const uint8_t* targets, uint32_t count) : targets_(targets), count_(count) {}
  // With the default: at least 1.
  uint32_t size() const { return count_; }
  Iterator begin() const { return {targets_, count_}; }
  Iterator end() const { return {targets_, 0}; }

 private:
  const uint8_t* targets_;
  uint32_t count_;
};

// Reads at a cursor of its own; `Sink` hooks get the members of the tuples as arguments.
class TrustedImmediates {
 public:
  // `end`: of the bytes that may be read.
  TrustedImmediates(const Module& module, const uint8_t* at, const uint8_t* end)
      : module_(module), at_(at), end_(end) {}

  const uint8_t* at() const { return at_; }

  // Reads the opcode itself.
  Opcode read_opcode() {
    uint32_t byte = *at_++;
    if (byte != kMiscPrefix) [[likely]]
      return Opcode(byte);
    return Opcode(opcode_value(kMiscPrefix, leb::read_u32(at_)));
  }
  // Passes over the immediates of `opcode`.
  void skip(Opcode opcode);

  std::tuple<> read_none() { return {}; }
  std::tuple<BlockType> read_block_type() {
    uint8_t byte = *at_;
    if (byte == 0x40) return ++at_, BlockType();
    if (byte >= 0x40 && byte < 0x80) return ++at_, BlockType(ValueType(byte));
    return BlockType(module_.types[static_cast<size_t>(leb::read_signed(at_))]);
  }
  std::tuple<BrTable> read_br_table() {
    uint32_t count = leb::read_u32(at_) + 1;
    BrTable table(at_, count);
    for (uint32_t i = 0; i < count; ++i) leb::skip(at_);
    return table;
  }
  std::tuple<ValueType> read_select_type() {
    ++at_;  // the number of types, always 1
    return ValueType(*at_++);
  }
  std::tuple<ValueType> read_ref_type() { return ValueType(*at_++); }
  [[gnu::always_inline]] std::tuple<MemArg> read_memarg() { return memarg(); }
  [[gnu::always_inline]] std::tuple<int32_t> read_i32() {
    const leb::Short number = leb::peek_short(at_, end_);
    if (number.length == 0) [[unlikely]]
      return static_cast<int32_t>(leb::read_signed(at_));
    at_ += number.length;
    return number.value_signed();
  }
  std::tuple<int64_t> read_i64() { return leb::read_signed(at_); }
  std::tuple<uint32_t> read_f32() { return read_bits<uint32_t>(); }
  std::tuple<uint64_t> read_f64() { return read_bits<uint64_t>(); }

  std::tuple<uint32_t> read_label() { return leb::read_u32(at_); }
  [[gnu::always_inline]] std::tuple<uint32_t> read_func() { return read_often_long(); }
  std::tuple<uint32_t> read_local() { return leb::read_u32(at_); }
  std::tuple<uint32_t> read_global() { return leb::read_u32(at_); }
  std::tuple<uint32_t> read_table() { return leb::read_u32(at_); }
  std::tuple<uint32_t> read_memory() { return leb::read_u32(at_); }
  std::tuple<uint32_t> read_data() { return leb::read_u32(at_); }
  std::tuple<uint32_t> read_elem() { return leb::read_u32(at_); }
  std::tuple<uint32_t, uint32_t> read_type_table() { return read_pair(); }
  std::tuple<uint32_t, uint32_t> read_data_memory() { return read_pair(); }
  std::tuple<uint32_t, uint32_t> read_memory_memory() { return read_pair(); }
  std::tuple<uint32_t, uint32_t> read_elem_table() { return read_pair(); }
  std::tuple<uint32_t, uint32_t> read_table_table() { return read_pair(); }

 private:
  [[gnu::always_inline]] uint32_t read_often_long() {
    const leb::Short number = leb::peek_short(at_, end_);
    if (number.length == 0) [[unlikely]]
      return leb::read_u32(at_);
    at_ += number.length;
    return number.value_unsigned();
  }
  // For many opcodes; a tuple would be returned in memory.
  [[gnu::noinline]] MemArg memarg() {
    uint32_t align_log2 = leb::read_u32(at_);
    return {align_log2, read_often_long()};
  }
  std::tuple<uint32_t, uint32_t> read_pair() {
    uint32_t first = leb::read_u32(at_);
    return {first, leb::read_u32(at_)};
  }
  template <class Bits>
  Bits read_bits() {
    Bits bits;
    std::memcpy(&bits, at_, sizeof bits);
    at_ += sizeof bits;
    return bits;
  }

  const Module& module_;
  const uint8_t* at_;
  const uint8_t* end_;
};

inline void TrustedImmediates::skip(Opcode opcode) {
  switch (opcode) {
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) case Opcode::k##Name:
#include "jit/wasm/opcodes.def"
    (void)read_memarg();
    return;
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  case Opcode::k##Name:                                                 \
    (void)read_##immediates();                                          \
    return;
#include "jit/wasm/opcodes.def"
    default:
      return;
  }
}

}  // namespace wisp::jit
