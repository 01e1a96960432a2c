#include "component/abi/block_copy.h"

#include <array>
#include <bit>
#include <cstring>
#include <numeric>

#include "component/abi/place.h"
#include "platform/vector_support.h"

namespace wisp::component {

#if defined(__x86_64__)
BlockKernel block_kernel_of_avx2(const BlockTable& table);
BlockKernel avx2_block_kernel(const BlockTable& table) {
  return has_avx2() ? block_kernel_of_avx2(table) : nullptr;
}
#else
BlockKernel avx2_block_kernel(const BlockTable&) { return nullptr; }
#endif

// What each byte of one value is. 1. mark() goes through the type; 2. lay_out() makes the pattern.
class BlockRules {
 public:
  // False: not a type for blocks.
  bool mark(const ValType& type) {
    if (type.size == 0 || type.size > kMaxValueSize) return false;
    size_ = type.size;
    return mark(type, 0, {}) && cases_are_products();
  }
  bool lay_out(BlockPattern& pattern) const;

 private:
  static constexpr uint32_t kMaxValueSize = 128;  // larger ones are copied member by member
  static constexpr uint32_t kMaxLanes = 64;
  // Bytes looked at for one type, again for each case: bounds what compiling it may cost.
  static constexpr uint32_t kMaxWork = 1024;
  static constexpr uint32_t kMaxDepth = BlockTable::kMaxDepth;
  static constexpr uint32_t kMaxCases = CaseLanes::kMaxCases;

  // Inside of which cases a part of the value is, from the outermost on.
  struct Chosen {
    uint32_t depth = 0;
    std::array<uint32_t, kMaxDepth> discriminants{}, cases{};
    bool operator==(const Chosen&) const = default;
  };
  struct Rule {
    uint8_t mask = 0, cap = 0, max = 0xff;
    bool is_char = false, is_used = false;
    uint32_t depth = 0;
    std::array<uint32_t, kMaxDepth> discriminants{};
    uint8_t cases = 0;                       // of the outer sum, as bits
    std::array<uint8_t, kMaxCases> inner{};  // of the inner one, by the case of the outer
  };
  struct Byte {
    uint8_t mask = 0xff, cap = 0xff, max = 0xff;
    bool is_char = false;
  };

  bool mark(const ValType& type, uint32_t offset, const Chosen& chosen);
  bool mark_sum(const ValType& type, uint32_t offset, const Chosen& chosen);
  bool set(uint32_t offset, uint32_t size, Byte byte, const Chosen& chosen);
  bool cases_are_products() const;
  bool is_plain() const;
  bool lay_out_cases(BlockPattern& pattern) const;

  std::array<Rule, kMaxValueSize> rules_;
  uint32_t size_ = 0;
  uint32_t work_ = 0;
  uint32_t depth_ = 0;
};

namespace {

// Bits that a byte of a flags value may have.
uint8_t flags_mask(const ValType& type, uint32_t byte) {
  const size_t count = type.members.size();
  if (count >= 8 * (byte + 1)) return 0xff;
  return count <= 8 * byte ? 0 : static_cast<uint8_t>((1u << (count - 8 * byte)) - 1);
}

}  // namespace

bool BlockRules::mark(const ValType& type, uint32_t offset, const Chosen& chosen) {
  switch (type.kind) {
    case TypeKind::kBool:
      return set(offset, 1, {.cap = 1}, chosen);
    case TypeKind::kChar:
      return set(offset, 4, {.is_char = true}, chosen);
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) {
        if (!mark(*member.type, offset + member.offset, chosen)) return false;
      }
      return true;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        if (!mark(*type.element, offset + i * type.element->size, chosen)) return false;
      }
      return true;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return mark_sum(type, offset, chosen);
    case TypeKind::kFlags:
      for (uint32_t i = 0; i < type.size; i++) {
        if (!set(offset + i, 1, {.mask = flags_mask(type, i)}, chosen)) return false;
      }
      return true;
    default:
      return type.kind <= TypeKind::kChar && set(offset, type.size, {}, chosen);
  }
}

bool BlockRules::mark_sum(const ValType& type, uint32_t offset, const Chosen& chosen) {
  const uint32_t count = case_count(type);
  if (type.discriminant_size != 1) return false;
  if (!set(offset, 1, {.max = static_cast<uint8_t>(count - 1)}, chosen)) return false;
  if (type.kind == TypeKind::kEnum || type.size == 1) return true;
  if (count > kMaxCases || chosen.depth == kMaxDepth) return false;
  Chosen inside = chosen;
  inside.depth++;
  if (inside.depth > depth_) depth_ = inside.depth;
  inside.discriminants[chosen.depth] = offset;
  for (uint32_t i = 0; i < count; i++) {
    inside.cases[chosen.depth] = i;
    const ValType* payload = case_payload(type, i);
    if (payload != nullptr && !mark(*payload, offset + type.payload_offset, inside)) return false;
  }
  return true;
}

// False: another case has something else here.
bool BlockRules::set(uint32_t offset, uint32_t size, Byte byte, const Chosen& chosen) {
  work_ += size;
  if (work_ > kMaxWork) return false;
  for (uint32_t i = offset; i < offset + size; i++) {
    Rule& rule = rules_[i];
    if (!rule.is_used) {
      rule = {.mask = byte.mask,
              .cap = byte.cap,
              .max = byte.max,
              .is_char = byte.is_char,
              .is_used = true,
              .depth = chosen.depth,
              .discriminants = chosen.discriminants};
    } else if (rule.mask != byte.mask || rule.cap != byte.cap || rule.max != byte.max ||
               rule.is_char != byte.is_char || rule.depth != chosen.depth ||
               rule.discriminants != chosen.discriminants) {
      return false;
    }
    rule.cases |= static_cast<uint8_t>(1u << chosen.cases[0]);
    rule.inner[chosen.cases[0]] |= static_cast<uint8_t>(1u << chosen.cases[1]);
  }
  return true;
}

// Whether the cases of the inner sum do not depend on that of the outer.
bool BlockRules::cases_are_products() const {
  for (uint32_t i = 0; i < size_; i++) {
    uint8_t inner = 0;
    for (const uint8_t cases : rules_[i].inner) {
      if (cases == 0) continue;
      if (inner != 0 && cases != inner) return false;
      inner = cases;
    }
  }
  return true;
}

bool BlockRules::is_plain() const {
  for (uint32_t i = 0; i < size_; i++) {
    const Rule& rule = rules_[i];
    if (rule.mask != 0xff || rule.cap != 0xff || rule.max != 0xff || rule.is_char) return false;
  }
  return true;
}

bool BlockRules::lay_out(BlockPattern& pattern) const {
  if (is_plain()) return true;
  BlockTable& table = pattern.table_;
  table.size = std::lcm(size_, uint32_t{BlockLanes::kSize});
  if (table.size > kMaxLanes * BlockLanes::kSize) return false;
  pattern.lanes_.resize(table.size / BlockLanes::kSize);
  for (uint32_t i = 0; i < table.size; i++) {
    const Rule& rule = rules_[i % size_];
    BlockLanes& lanes = pattern.lanes_[i / BlockLanes::kSize];
    const uint32_t in_lane = i % BlockLanes::kSize;
    lanes.mask[in_lane] = rule.mask;
    lanes.cap[in_lane] = rule.cap;
    lanes.max[in_lane] = rule.max;
    lanes.chars[in_lane] = rule.is_char ? 0xff : 0;
    table.has_chars |= rule.is_char;
    table.has_max |= rule.max != 0xff;
  }
  table.lanes = pattern.lanes_.data();
  table.depth = depth_;
  if (!lay_out_cases(pattern)) return false;
  pattern.kernel_ = block_kernel(table);
  return true;
}

// False: a discriminant is too far from what it decides.
bool BlockRules::lay_out_cases(BlockPattern& pattern) const {
  BlockTable& table = pattern.table_;
  for (uint32_t level = 0; level < depth_; level++) {
    pattern.cases_[level].resize(pattern.lanes_.size());
    table.cases[level] = pattern.cases_[level].data();
    for (uint32_t i = 0; i < table.size; i++) {
      const Rule& rule = rules_[i % size_];
      CaseLanes& lanes = pattern.cases_[level][i / BlockLanes::kSize];
      const uint32_t in_lane = i % BlockLanes::kSize;
      lanes.here[in_lane] = lanes.before[in_lane] = CaseLanes::kNone;
      lanes.cases[in_lane] = 0xff;
      if (level >= rule.depth) continue;
      lanes.cases[in_lane] =
          level == 0 ? rule.cases : rule.inner[static_cast<size_t>(std::countr_zero(rule.cases))];
      const uint32_t discriminant = i - i % size_ + rule.discriminants[level];
      const uint32_t blocks = i / 16 - discriminant / 16;
      if (blocks > 1) return false;
      (blocks == 0 ? lanes.here : lanes.before)[in_lane] = discriminant % 16;
      table.looks_before |= blocks == 1;
    }
  }
  return true;
}

std::unique_ptr<const BlockPattern> BlockPattern::of(const ValType& type) {
  BlockRules rules;
  if (!rules.mark(type)) return nullptr;
  auto pattern = std::make_unique<BlockPattern>();
  if (!rules.lay_out(*pattern)) return nullptr;
  return pattern;
}

BlockStatus BlockPattern::copy(uint8_t* to, const uint8_t* from, size_t size) const {
  if (kernel_ != nullptr) return kernel_(table_, to, from, size);
  if (size != 0) std::memcpy(to, from, size);
  return BlockStatus::kCopied;
}

}  // namespace wisp::component
