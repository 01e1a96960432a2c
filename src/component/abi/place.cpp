#include "component/abi/place.h"

#include "component/abi/host_resource.h"
#include "platform/check.h"

namespace wisp::component {
namespace {

uint64_t load_sized(const CallSide& side, uint32_t address, uint32_t size) {
  switch (size) {
    case 1:
      return load_scalar<uint8_t>(side.memory(), address);
    case 2:
      return load_scalar<uint16_t>(side.memory(), address);
    case 4:
      return load_scalar<uint32_t>(side.memory(), address);
    default:
      return load_scalar<uint64_t>(side.memory(), address);
  }
}

void store_sized(const CallSide& side, uint32_t address, uint32_t size, uint64_t value) {
  switch (size) {
    case 1:
      return store_scalar(side.memory(), address, static_cast<uint8_t>(value));
    case 2:
      return store_scalar(side.memory(), address, static_cast<uint16_t>(value));
    case 4:
      return store_scalar(side.memory(), address, static_cast<uint32_t>(value));
    default:
      return store_scalar(side.memory(), address, value);
  }
}

uint64_t extend(int64_t value) { return static_cast<uint64_t>(value); }

}  // namespace

void LendList::give_back(ResourceTable& table) {
  for (uint32_t i = 0; i < count_; i++) {
    Handle* handle = table.find(i < few_.size() ? few_[i] : more_[i - few_.size()]);
    if (handle != nullptr) handle->give_back();
  }
  count_ = 0;
}

bool read_scalar(const CallSide& side, TypeKind kind, Place from, uint64_t& value) {
  const uint32_t size = scalar_size(kind);
  const uint64_t bits = from.is_flat() ? *from.slots : load_sized(side, from.address, size);
  switch (kind) {
    case TypeKind::kBool:
      value = static_cast<uint32_t>(bits) != 0;
      return true;
    case TypeKind::kS8:
      value = extend(static_cast<int8_t>(bits));
      return true;
    case TypeKind::kU8:
      value = static_cast<uint8_t>(bits);
      return true;
    case TypeKind::kS16:
      value = extend(static_cast<int16_t>(bits));
      return true;
    case TypeKind::kU16:
      value = static_cast<uint16_t>(bits);
      return true;
    case TypeKind::kS32:
      value = extend(static_cast<int32_t>(bits));
      return true;
    case TypeKind::kU32:
    case TypeKind::kF32:
      value = static_cast<uint32_t>(bits);
      return true;
    case TypeKind::kChar:
      value = static_cast<uint32_t>(bits);
      return check_char(*side.call, static_cast<uint32_t>(bits));
    default:
      value = bits;
      return true;
  }
}

void write_scalar(const CallSide& side, TypeKind kind, Place to, uint64_t value) {
  const uint32_t size = scalar_size(kind);
  if (!to.is_flat()) return store_sized(side, to.address, size, value);
  *to.slots = size == 8 ? value : static_cast<uint32_t>(value);
}

uint32_t case_count(const ValType& type) {
  return type.kind == TypeKind::kOption || type.kind == TypeKind::kResult
             ? 2
             : static_cast<uint32_t>(type.members.size());
}

const ValType* case_payload(const ValType& type, uint32_t index) {
  switch (type.kind) {
    case TypeKind::kOption:
      return index == 0 ? nullptr : type.element;
    case TypeKind::kResult:
      return index == 0 ? type.element : type.error;
    default:
      return type.members[index].type;
  }
}

bool read_case(const CallSide& side, const ValType& type, Place from, uint32_t& result) {
  result = static_cast<uint32_t>(
      from.is_flat() ? *from.slots : load_sized(side, from.address, type.discriminant_size));
  if (result >= case_count(type)) [[unlikely]] {
    return side.trap("invalid variant discriminant: discriminant " + std::to_string(result) +
                     " out of range [0.." + std::to_string(case_count(type)) + ")");
  }
  return true;
}

void write_case(const CallSide& side, const ValType& type, Place to, uint32_t value) {
  if (to.is_flat()) {
    *to.slots = value;
  } else {
    store_sized(side, to.address, type.discriminant_size, value);
  }
}

void clear_unused_slots(const ValType& type, const ValType* payload, Place to) {
  if (!to.is_flat()) return;
  const uint32_t used = payload == nullptr ? 1 : 1 + payload->flat_count;
  for (uint32_t i = used; i < type.flat_count; i++) to.slots[i] = 0;
}

uint32_t read_flags(const CallSide& side, const ValType& type, Place from) {
  const auto bits = static_cast<uint32_t>(
      from.is_flat() ? *from.slots : load_sized(side, from.address, type.discriminant_size));
  return type.members.size() == 32 ? bits : bits & ((1u << type.members.size()) - 1);
}

void write_flags(const CallSide& side, const ValType& type, Place to, uint32_t value) {
  write_case(side, type, to, value);
}

bool read_list(const CallSide& side, const ValType& element, Place from, uint32_t& address,
               uint32_t& length) {
  address = read_word(side, from, 0);
  length = read_word(side, from, 1);
  return check_list(*side.call, *side.options, address, length, element.size, element.alignment);
}

bool allocate_list(const CallSide& side, const ValType& element, Place to, uint64_t length,
                   uint32_t& address) {
  if (!allocate_list(*side.call, *side.options, length, element.size, element.alignment, address)) {
    return false;
  }
  write_word(side, to, 0, address);
  write_word(side, to, 1, static_cast<uint32_t>(length));
  return true;
}

Handle* find_handle(CallState& call, ResourceTable& table, const RuntimeResourceType* type,
                    uint32_t index) {
  Handle* handle = table.find(index);
  if (handle == nullptr) [[unlikely]] {
    call.trap("unknown handle index " + std::to_string(index));
    return nullptr;
  }
  if (handle->type() != type) [[unlikely]] {
    const auto owner = [](const RuntimeResourceType* of) {
      return of->implementation != nullptr ? "guest-defined resource" : "host-defined resource";
    };
    call.trap("handle index " + std::to_string(index) + " used with the wrong type, expected " +
              owner(type) + " but found a different " + owner(handle->type()));
    return nullptr;
  }
  return handle;
}

bool lift_handle(const CallSide& side, const ValType& type, Place from, uint64_t& representation) {
  const uint32_t index = read_word(side, from);
  const RuntimeResourceType* resource = side.resource_types[type.resource->index];
  Handle* handle = find_handle(*side.call, *side.table, resource, index);
  if (handle == nullptr) return false;
  representation = handle->representation;
  if (type.kind == TypeKind::kBorrow) {
    if (side.lends == nullptr) return true;
    if (!handle->lend()) return side.trap("a handle is lent too often in one call");
    side.lends->add(index);
    return true;
  }
  if (handle->is_borrow()) return side.trap("cannot lift own resource from a borrow");
  if (handle->lend_count() != 0) return side.trap("cannot remove owned resource while borrowed");
  side.table->remove(index);
  return true;
}

bool lower_handle(const CallSide& side, const ValType& type, Place to, uint64_t representation) {
  const RuntimeResourceType* resource = side.resource_types[type.resource->index];
  Ownership ownership = Ownership::kOwned;
  if (type.kind == TypeKind::kBorrow) {
    if (resource->implementation == side.instance && side.instance != nullptr) {
      write_word(side, to, 0, static_cast<uint32_t>(representation));
      return true;
    }
    ownership = Ownership::kBorrowed;
  }
  const uint32_t index = side.table->insert(resource, representation, ownership);
  if (index == 0) return side.trap(side.table->refusal());
  write_word(side, to, 0, index);
  return true;
}

}  // namespace wisp::component
