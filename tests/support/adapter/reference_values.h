// Values as the executable specification lifts and lowers them: all are lifted before the first is
// lowered, one by one. definitions.py: load, store, lift_flat, lower_flat.
#pragma once

#include <string>

#include "component/type/layout.h"
#include "component/type/types.h"
#include "tests/support/adapter/reference_strings.h"

namespace wisp::test {

using component::LabeledType;
using component::TypeKind;
using component::ValType;

struct ReferenceValue {
  uint64_t bits = 0;  // a number; the case of a variant
  std::vector<ReferenceValue> parts;
  ReferenceString string;
};

// Too many parts: the case is not worth its time.
struct TooMuch {};

// In memory where `slots` is null.
struct ReferencePlace {
  uint64_t* slots = nullptr;
  uint32_t address = 0;

  ReferencePlace at(uint32_t slot, uint32_t offset) const {
    return slots != nullptr ? ReferencePlace{slots + slot, 0}
                            : ReferencePlace{nullptr, address + offset};
  }
};

inline uint32_t number_size(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kS8:
    case TypeKind::kU8:
      return 1;
    case TypeKind::kS16:
    case TypeKind::kU16:
      return 2;
    case TypeKind::kS64:
    case TypeKind::kU64:
    case TypeKind::kF64:
      return 8;
    default:
      return 4;
  }
}
inline bool is_signed(TypeKind kind) {
  return kind == TypeKind::kS8 || kind == TypeKind::kS16 || kind == TypeKind::kS32;
}
inline uint64_t low_bytes(uint64_t value, uint32_t size) {
  return size == 8 ? value : value & ((uint64_t{1} << (8 * size)) - 1);
}
// The payloads of a sum type; null: none.
inline std::vector<const ValType*> payloads(const ValType& type) {
  if (type.kind == TypeKind::kOption) return {nullptr, type.element};
  if (type.kind == TypeKind::kResult) return {type.element, type.error};
  std::vector<const ValType*> types;
  for (const LabeledType& one : type.members) types.push_back(one.type);
  return types;
}
inline bool is_sum(TypeKind kind) {
  return kind == TypeKind::kVariant || kind == TypeKind::kEnum || kind == TypeKind::kOption ||
         kind == TypeKind::kResult;
}

class ReferenceLifter {
 public:
  explicit ReferenceLifter(ReferenceGuest& guest) : guest_(guest) {}

  ReferenceValue lift(const ValType& type, ReferencePlace from) {
    if (++count_ > 200'000) throw TooMuch{};
    ReferenceValue value;
    if (is_sum(type.kind)) return lift_case(type, from);
    switch (type.kind) {
      case TypeKind::kString: {
        const auto [address, length] = pair(from);
        value.string = load_string(guest_, address, length);
        count_ += value.string.text.size() / 16;
        return value;
      }
      case TypeKind::kList:
      case TypeKind::kMap: {
        const auto [address, length] = pair(from);
        const ValType& element = *type.element;
        const uint64_t size = uint64_t{length} * element.size;
        if (size > kMaxBytes) throw ReferenceTrap{"list too long"};
        if (address % element.alignment != 0) throw ReferenceTrap{"unaligned pointer"};
        if (!guest_.is_inside(address, size)) throw ReferenceTrap{"list content out-of-bounds"};
        lift_elements(element, length, {nullptr, address}, value);
        return value;
      }
      case TypeKind::kFixedList:
        lift_elements(*type.element, type.length, from, value);
        return value;
      case TypeKind::kRecord:
      case TypeKind::kTuple: {
        uint32_t slot = 0;
        for (const LabeledType& member : type.members) {
          value.parts.push_back(lift(*member.type, from.at(slot, member.offset)));
          slot += member.type->flat_count;
        }
        return value;
      }
      case TypeKind::kFlags: {
        const auto count = static_cast<uint32_t>(type.members.size());
        value.bits = read(from, type.size) & ((uint64_t{1} << count) - 1);
        return value;
      }
      case TypeKind::kOwn:
        value.bits = guest_.handles.take(type.resource->index, word(from));
        return value;
      case TypeKind::kBorrow:
        value.bits = guest_.handles.lend(type.resource->index, word(from));
        return value;
      default:
        return lift_number(type.kind, from);
    }
  }

 private:
  uint64_t read(ReferencePlace from, uint32_t size) const {
    return from.slots != nullptr ? low_bytes(*from.slots, size) : guest_.load(from.address, size);
  }
  uint32_t word(ReferencePlace from) const { return static_cast<uint32_t>(read(from, 4)); }
  std::pair<uint32_t, uint32_t> pair(ReferencePlace from) const {
    return {word(from), word(from.at(1, 4))};
  }
  ReferenceValue lift_number(TypeKind kind, ReferencePlace from) {
    ReferenceValue value;
    // A flat bool is all 32 bits of its slot.
    const bool is_flat_bool = kind == TypeKind::kBool && from.slots != nullptr;
    value.bits = read(from, is_flat_bool ? 4 : number_size(kind));
    if (kind == TypeKind::kBool) value.bits = value.bits != 0;
    if (kind == TypeKind::kChar) {
      const bool is_surrogate = value.bits >= 0xd800 && value.bits < 0xe000;
      if (value.bits > 0x10ffff || is_surrogate) throw ReferenceTrap{"invalid char"};
    }
    return value;
  }
  ReferenceValue lift_case(const ValType& type, ReferencePlace from) {
    const std::vector<const ValType*> cases = payloads(type);
    ReferenceValue value;
    value.bits = read(from, from.slots != nullptr ? 4 : type.discriminant_size);
    if (value.bits >= cases.size()) throw ReferenceTrap{"invalid variant discriminant"};
    const ValType* payload = cases[value.bits];
    if (payload != nullptr) value.parts.push_back(lift(*payload, from.at(1, type.payload_offset)));
    return value;
  }
  void lift_elements(const ValType& element, uint32_t count, ReferencePlace from,
                     ReferenceValue& value) {
    for (uint32_t i = 0; i < count; ++i) {
      value.parts.push_back(lift(element, from.at(i * element.flat_count, i * element.size)));
    }
  }

  ReferenceGuest& guest_;
  size_t count_ = 0;
};

class ReferenceLowerer {
 public:
  explicit ReferenceLowerer(ReferenceGuest& guest) : guest_(guest) {}

  void lower(const ValType& type, const ReferenceValue& value, ReferencePlace to) {
    if (is_sum(type.kind)) return lower_case(type, value, to);
    switch (type.kind) {
      case TypeKind::kString: {
        const auto [address, length] = StringStore(guest_, value.string).run();
        write(to, 4, address);
        return write(to.at(1, 4), 4, length);
      }
      case TypeKind::kList:
      case TypeKind::kMap: {
        const ValType& element = *type.element;
        const auto length = static_cast<uint32_t>(value.parts.size());
        const uint32_t address = guest_.reallocate(0, 0, element.alignment, length * element.size);
        lower_elements(element, value, {nullptr, address});
        write(to, 4, address);
        return write(to.at(1, 4), 4, length);
      }
      case TypeKind::kFixedList:
        return lower_elements(*type.element, value, to);
      case TypeKind::kRecord:
      case TypeKind::kTuple: {
        uint32_t slot = 0;
        for (size_t i = 0; i < type.members.size(); ++i) {
          const LabeledType& member = type.members[i];
          lower(*member.type, value.parts[i], to.at(slot, member.offset));
          slot += member.type->flat_count;
        }
        return;
      }
      case TypeKind::kFlags:
        return write(to, type.size, value.bits);
      case TypeKind::kOwn:
      case TypeKind::kBorrow:
        return lower_handle(type, static_cast<uint32_t>(value.bits), to);
      default:
        return lower_number(type.kind, value.bits, to);
    }
  }

 private:
  void write(ReferencePlace to, uint32_t size, uint64_t value) {
    if (to.slots != nullptr) {
      *to.slots = value;
    } else {
      guest_.store(to.address, size, value);
    }
  }
  void lower_number(TypeKind kind, uint64_t bits, ReferencePlace to) {
    const uint32_t size = number_size(kind);
    if (to.slots != nullptr && is_signed(kind) && (bits >> (8 * size - 1)) != 0) {
      bits |= 0xffffffffu & (~uint64_t{0} << (8 * size - 1));  // sign-extended to 32 bits
    }
    write(to, size, bits);
  }
  void lower_handle(const ValType& type, uint32_t representation, ReferencePlace to) {
    const uint32_t resource = type.resource->index;
    const bool is_owned = type.kind == TypeKind::kOwn;
    if (!is_owned && resource == 0 && guest_.defines_resource0) return write(to, 4, representation);
    write(to, 4, guest_.handles.add(resource, representation, is_owned));
  }
  void lower_case(const ValType& type, const ReferenceValue& value, ReferencePlace to) {
    if (to.slots != nullptr) std::fill_n(to.slots, type.flat_count, 0);
    write(to, type.discriminant_size, value.bits);
    const ValType* payload = payloads(type)[value.bits];
    if (payload != nullptr) lower(*payload, value.parts[0], to.at(1, type.payload_offset));
  }
  void lower_elements(const ValType& element, const ReferenceValue& value, ReferencePlace to) {
    for (uint32_t i = 0; i < value.parts.size(); ++i) {
      lower(element, value.parts[i], to.at(i * element.flat_count, i * element.size));
    }
  }

  ReferenceGuest& guest_;
};

// --- All values of one direction

inline ReferencePlace area(ReferenceGuest& guest, const component::ValueList& list,
                           uint32_t address) {
  if (address % list.alignment != 0) throw ReferenceTrap{"unaligned pointer"};
  if (!guest.is_inside(address, list.size)) throw ReferenceTrap{"pointer out of bounds of memory"};
  return {nullptr, address};
}

// Visits the values as the members of a tuple.
template <class Visit>
void for_each_place(const component::ValueList& list, ReferencePlace start, Visit visit) {
  uint32_t slot = 0, offset = 0;
  for (size_t i = 0; i < list.types.size(); ++i) {
    const ValType& type = *list.types[i].type;
    offset = (offset + type.alignment - 1) / type.alignment * type.alignment;
    visit(i, type, start.at(slot, offset));
    slot += type.flat_count;
    offset += type.size;
  }
}

inline std::vector<ReferenceValue> lift_all(ReferenceGuest& guest, const component::ValueList& list,
                                            uint64_t* slots) {
  ReferencePlace start{slots, 0};
  if (list.in_memory()) start = area(guest, list, static_cast<uint32_t>(slots[0]));
  ReferenceLifter lifter(guest);
  std::vector<ReferenceValue> values;
  for_each_place(list, start, [&](size_t, const ValType& type, ReferencePlace place) {
    values.push_back(lifter.lift(type, place));
  });
  guest.handles.give_back();  // nobody looks before the call is over
  return values;
}

// `return_area`: where the caller wants results that are in memory; null: the guest allocates.
inline void lower_all(ReferenceGuest& guest, const component::ValueList& list,
                      const std::vector<ReferenceValue>& values, uint64_t* slots,
                      const uint32_t* return_area) {
  ReferencePlace start{slots, 0};
  if (list.in_memory() && return_area != nullptr) {
    start = area(guest, list, *return_area);
    guest.claim(*return_area, list.size);
  } else if (list.in_memory()) {
    slots[0] = guest.reallocate(0, 0, list.alignment, list.size);
    start = {nullptr, static_cast<uint32_t>(slots[0])};
  }
  ReferenceLowerer lowerer(guest);
  for_each_place(list, start, [&](size_t i, const ValType& type, ReferencePlace place) {
    lowerer.lower(type, values[i], place);
  });
}

}  // namespace wisp::test
