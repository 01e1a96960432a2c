// Place: where a component value lies, in flat slots or in linear memory; and what is the same for
// everybody who reads or writes one there: numbers, discriminants, members, handles.
//
// A flat slot holds 64 bits, zero-extended, so that the joined slots of a variant need no
// conversion.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "component/abi/canonical.h"
#include "component/abi/resource_table.h"
#include "component/type/types.h"

namespace wisp::component {

struct Place {
  uint64_t* slots = nullptr;  // null: in memory
  uint32_t address = 0;       // checked

  static Place flat(uint64_t* slots) { return {slots, 0}; }
  static Place memory(uint32_t address) { return {nullptr, address}; }
  bool is_flat() const { return slots != nullptr; }
  // A part of the value, by its distance in the one form and in the other.
  Place at(uint32_t flat_offset, uint32_t offset) const {
    return is_flat() ? flat(slots + flat_offset) : memory(address + offset);
  }
};

// The handles that a caller lent for one call.
class LendList {
 public:
  void add(uint32_t index) {
    if (count_ < few_.size()) {
      few_[count_] = index;
    } else {
      more_.push_back(index);
    }
    count_++;
  }
  void give_back(ResourceTable& table);

 private:
  uint32_t count_ = 0;
  std::array<uint32_t, 6> few_;
  std::vector<uint32_t> more_;
};

// One guest that takes part in a call.
struct CallSide {
  CallState* call = nullptr;
  const CanonicalOptions* options = nullptr;
  const InstanceState* instance = nullptr;
  ResourceTable* table = nullptr;
  const RuntimeResourceType* const* resource_types = nullptr;  // by ResourceType::index
  // Of the caller: what it lends; null where nobody could miss it.
  LendList* lends = nullptr;
  // Of the host: how many bytes may still be lifted; null where that is not counted.
  uint64_t* fuel = nullptr;

  const jit::MemoryView* memory() const { return options->memory; }
  bool trap(std::string message) const {
    call->trap(std::move(message));
    return false;
  }
};

// Bool, integers, floats (their bits), char: checked and normalised; sign-extended where signed.
bool read_scalar(const CallSide& side, TypeKind kind, Place from, uint64_t& value);
void write_scalar(const CallSide& side, TypeKind kind, Place to, uint64_t value);
// In memory.
constexpr uint32_t scalar_size(TypeKind kind) {
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

// The case of a variant, enum, option or result; checked.
bool read_case(const CallSide& side, const ValType& type, Place from, uint32_t& result);
void write_case(const CallSide& side, const ValType& type, Place to, uint32_t value);
uint32_t case_count(const ValType& type);
// Null: the case has none.
const ValType* case_payload(const ValType& type, uint32_t index);
inline Place payload_of(const ValType& type, Place place) {
  return place.at(1, type.payload_offset);
}
// The flat slots of a sum type that its payload does not use.
void clear_unused_slots(const ValType& type, const ValType* payload, Place to);

uint32_t read_flags(const CallSide& side, const ValType& type, Place from);
void write_flags(const CallSide& side, const ValType& type, Place to, uint32_t value);

// A pointer and a length, or a handle. Inlined, since where the place is is mostly known there.
inline uint32_t read_word(const CallSide& side, Place from, uint32_t index = 0) {
  return from.is_flat() ? static_cast<uint32_t>(from.slots[index])
                        : load_scalar<uint32_t>(side.memory(), from.address + 4 * index);
}
inline void write_word(const CallSide& side, Place to, uint32_t index, uint32_t value) {
  if (to.is_flat()) {
    to.slots[index] = value;
  } else {
    store_scalar<uint32_t>(side.memory(), to.address + 4 * index, value);
  }
}

// The elements of a list in memory, after the checks. `length` counts elements.
bool read_list(const CallSide& side, const ValType& element, Place from, uint32_t& address,
               uint32_t& length);
bool allocate_list(const CallSide& side, const ValType& element, Place to, uint64_t length,
                   uint32_t& address);

// CanonicalABI.md: lift_own, lift_borrow, lower_own, lower_borrow.
bool lift_handle(const CallSide& side, const ValType& type, Place from, uint64_t& representation);
bool lower_handle(const CallSide& side, const ValType& type, Place to, uint64_t representation);
// The handle with this index and type; null: latched.
Handle* find_handle(CallState& call, ResourceTable& table, const RuntimeResourceType* type,
                    uint32_t index);

}  // namespace wisp::component
