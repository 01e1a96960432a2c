#include "component/block_copy.h"

#include <cstring>
#include <numeric>

#include "component/place.h"

namespace wisp::component {
namespace {

// Bits that a byte of a flags value may have.
uint8_t flags_mask(const ValType& type, uint32_t byte) {
  const size_t count = type.members.size();
  if (count >= 8 * (byte + 1)) return 0xff;
  return count <= 8 * byte ? 0 : static_cast<uint8_t>((1u << (count - 8 * byte)) - 1);
}

// `size` bytes, fewer than 8, and zeros.
uint64_t load_few(const uint8_t* from, size_t size) {
  uint64_t value = 0;
  size_t at = 0;
  if ((size & 4) != 0) {
    uint32_t part;
    std::memcpy(&part, from, sizeof part);
    value = part, at = 4;
  }
  if ((size & 2) != 0) {
    uint16_t part;
    std::memcpy(&part, from + at, sizeof part);
    value |= uint64_t{part} << (8 * at), at += 2;
  }
  if ((size & 1) != 0) value |= uint64_t{from[at]} << (8 * at);
  return value;
}
void store_few(uint8_t* to, uint64_t value, size_t size) {
  size_t at = 0;
  if ((size & 4) != 0) {
    const auto part = static_cast<uint32_t>(value);
    std::memcpy(to, &part, sizeof part);
    at = 4;
  }
  if ((size & 2) != 0) {
    const auto part = static_cast<uint16_t>(value >> (8 * at));
    std::memcpy(to + at, &part, sizeof part);
    at += 2;
  }
  if ((size & 1) != 0) to[at] = static_cast<uint8_t>(value >> (8 * at));
}

// The first 8 of `size` bytes.
uint64_t load_half(const uint8_t* from, size_t size) {
  if (size < 8) return load_few(from, size);
  uint64_t value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
void store_half(uint8_t* to, uint64_t value, size_t size) {
  if (size < 8) return store_few(to, value, size);
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

bool BlockPattern::fits(const ValType& type) {
  if (type.size == 0 || type.size > kMaxValueSize) return false;
  switch (type.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) {
        if (!fits(*member.type)) return false;
      }
      return true;
    case TypeKind::kFixedList:
      return fits(*type.element);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return type.size == 1;
    case TypeKind::kFlags:
      return true;
    default:
      return type.kind <= TypeKind::kChar;
  }
}

BlockPattern::BlockPattern(const ValType& type)
    : lanes_(std::lcm(type.size, uint32_t{sizeof(Bytes)}) / sizeof(Bytes)) {
  const uint32_t bytes = static_cast<uint32_t>(lanes_.size() * sizeof(Bytes));
  for (Lanes& lanes : lanes_) std::memset(&lanes.max, 0xff, sizeof lanes.max);
  for (uint32_t offset = 0; offset < bytes; offset += type.size) mark(type, offset);
  for (const Lanes& lanes : lanes_) {
    for (size_t i = 0; i < sizeof(Bytes); i++) {
      is_plain_ &= lanes.mask[i] == 0xff && lanes.cap[i] == 0xff;
      has_max_ |= lanes.max[i] != 0xff;
    }
  }
  is_plain_ &= !has_chars_ && !has_max_;
}

void BlockPattern::set(uint32_t offset, uint32_t size, uint8_t mask, uint8_t cap, uint8_t max) {
  for (uint32_t i = offset; i < offset + size; i++) {
    Lanes& lanes = lanes_[i / sizeof(Bytes)];
    lanes.mask[i % sizeof(Bytes)] = mask;
    lanes.cap[i % sizeof(Bytes)] = cap;
    lanes.max[i % sizeof(Bytes)] = max;
  }
}

void BlockPattern::mark(const ValType& type, uint32_t offset) {
  switch (type.kind) {
    case TypeKind::kBool:
      return set(offset, 1, 0xff, 1, 0xff);
    case TypeKind::kChar:
      lanes_[offset / sizeof(Bytes)].chars[offset % sizeof(Bytes) / 4] = ~uint32_t{0};
      has_chars_ = true;
      return set(offset, 4, 0xff, 0xff, 0xff);
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) mark(*member.type, offset + member.offset);
      return;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        mark(*type.element, offset + i * type.element->size);
      }
      return;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return set(offset, 1, 0xff, 0xff, static_cast<uint8_t>(case_count(type) - 1));
    case TypeKind::kFlags:
      for (uint32_t i = 0; i < type.size; i++) set(offset + i, 1, flags_mask(type, i), 0xff, 0xff);
      return;
    default:
      return set(offset, type.size, 0xff, 0xff, 0xff);
  }
}

template <bool kHasChars, bool kHasMax>
BlockPattern::Bytes BlockPattern::convert(Bytes bytes, const Lanes& lanes, Bad& bad) {
  if constexpr (kHasMax) bad.discriminants |= reinterpret_cast<Bytes>(bytes > lanes.max);
  if constexpr (kHasChars) {
    // Surrogates are moved to the end, behind which nothing is valid.
    const Words moved = (reinterpret_cast<Words>(bytes) ^ 0xd800u) - 0x800u;
    bad.chars |= reinterpret_cast<Words>(moved >= 0x110000u - 0x800u) & lanes.chars;
  }
  bytes &= lanes.mask;
  return bytes < lanes.cap ? bytes : lanes.cap;
}

template <bool kHasChars, bool kHasMax>
BlockStatus BlockPattern::run(uint8_t* to, const uint8_t* from, size_t size) const {
  Bad bad;
  const Lanes* lanes = lanes_.data();
  const Lanes* const end = lanes + lanes_.size();
  size_t i = 0;
  for (; i + sizeof(Bytes) <= size; i += sizeof(Bytes)) {
    Bytes bytes;
    std::memcpy(&bytes, from + i, sizeof bytes);
    bytes = convert<kHasChars, kHasMax>(bytes, *lanes, bad);
    std::memcpy(to + i, &bytes, sizeof bytes);
    if (++lanes == end) lanes = lanes_.data();
  }
  if (i < size) {
    // A call of memcpy would cost more than a short value.
    typedef uint64_t Halves __attribute__((vector_size(16)));
    const size_t rest = size - i, whole = rest & 8;
    Halves halves{load_half(from + i, rest), whole == 0 ? 0 : load_few(from + i + 8, rest - 8)};
    halves = reinterpret_cast<Halves>(
        convert<kHasChars, kHasMax>(reinterpret_cast<Bytes>(halves), *lanes, bad));
    store_half(to + i, halves[0], rest);
    if (whole != 0) store_few(to + i + 8, halves[1], rest - 8);
  }
  uint64_t halves[4];
  std::memcpy(halves, &bad.discriminants, 16);
  std::memcpy(halves + 2, &bad.chars, 16);
  if ((halves[0] | halves[1]) != 0) [[unlikely]]
    return BlockStatus::kInvalidDiscriminant;
  if ((halves[2] | halves[3]) != 0) [[unlikely]]
    return BlockStatus::kInvalidChar;
  return BlockStatus::kCopied;
}

BlockStatus BlockPattern::copy(uint8_t* to, const uint8_t* from, size_t size) const {
  if (is_plain_) {
    if (size != 0) std::memcpy(to, from, size);
    return BlockStatus::kCopied;
  }
  if (has_chars_)
    return has_max_ ? run<true, true>(to, from, size) : run<true, false>(to, from, size);
  return has_max_ ? run<false, true>(to, from, size) : run<false, false>(to, from, size);
}

}  // namespace wisp::component
