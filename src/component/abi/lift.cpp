#include "component/abi/lift.h"

#include "component/abi/strings.h"
#include "component/type/layout.h"

namespace wisp::component {
namespace {

bool charge(const CallSide& side, uint64_t size_bytes) {
  if (side.fuel == nullptr) return true;
  if (size_bytes > *side.fuel) {
    return side.trap(
        "too much data handed to the host in one call (hostcall-fuel, or the memory budget)");
  }
  *side.fuel -= size_bytes;
  return true;
}

bool lift_string(const CallSide& side, Place from, Value& value) {
  SourceString source;
  if (!lift_source_string(*side.call, *side.options, read_word(side, from, 0),
                          read_word(side, from, 1), source)) {
    return false;
  }
  if (!charge(side, source.size_bytes())) return false;
  value.text = to_utf8(source);
  return true;
}

// Room for the parts of a value.
bool make_elements(const CallSide& side, Value& value, size_t count) {
  if (!charge(side, uint64_t{count} * sizeof(Value))) return false;
  value.elements.resize(count);
  return true;
}

bool lift_elements(const CallSide& side, const ValType& element, uint32_t count, PlaceCursor from,
                   Value& value) {
  if (!make_elements(side, value, count)) return false;
  for (Value& each : value.elements) {
    if (!lift(side, element, from.next(element), each)) return false;
  }
  return true;
}

bool lift_list(const CallSide& side, const ValType& type, Place from, Value& value) {
  uint32_t address, length;
  if (!read_list(side, *type.element, from, address, length)) return false;
  return lift_elements(side, *type.element, length, PlaceCursor(Place::memory(address)), value);
}

bool lift_members(const CallSide& side, const ValType& type, Place from, Value& value) {
  PlaceCursor cursor(from);
  if (!make_elements(side, value, type.members.size())) return false;
  for (size_t i = 0; i < type.members.size(); i++) {
    const ValType& member = *type.members[i].type;
    if (!lift(side, member, cursor.next(member), value.elements[i])) return false;
  }
  return true;
}

bool lift_case(const CallSide& side, const ValType& type, Place from, Value& value) {
  uint32_t index;
  if (!read_case(side, type, from, index)) return false;
  value.bits = index;
  const ValType* payload = case_payload(type, index);
  if (payload == nullptr) return true;
  if (!make_elements(side, value, 1)) return false;
  return lift(side, *payload, payload_of(type, from), value.elements[0]);
}

}  // namespace

bool lift(const CallSide& side, const ValType& type, Place from, Value& value) {
  value.kind = type.kind;
  switch (type.kind) {
    case TypeKind::kString:
      return lift_string(side, from, value);
    case TypeKind::kList:
    case TypeKind::kMap:
      return lift_list(side, type, from, value);
    case TypeKind::kFixedList:
      return lift_elements(side, *type.element, type.length, PlaceCursor(from), value);
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      return lift_members(side, type, from, value);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return lift_case(side, type, from, value);
    case TypeKind::kFlags:
      value.bits = read_flags(side, type, from);
      return true;
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return lift_handle(side, type, from, value.bits);
    case TypeKind::kErrorContext:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return side.trap("streams and futures are not supported");
    default:
      return read_scalar(side, type.kind, from, value.bits);
  }
}

bool find_values(const CallSide& side, const ValueList& list, uint64_t* slots, Place& place) {
  place = Place::flat(slots);
  if (!list.in_memory()) return true;
  place = Place::memory(static_cast<uint32_t>(slots[0]));
  return check_area(*side.call, *side.options, place.address, list.size, list.alignment);
}

bool lift_values(const CallSide& side, const ValueList& list, uint64_t* slots,
                 std::vector<Value>& values) {
  Place place;
  if (!find_values(side, list, slots, place)) return false;
  PlaceCursor cursor(place);
  values.resize(list.types.size());
  for (size_t i = 0; i < list.types.size(); i++) {
    if (!lift(side, *list.types[i].type, cursor.next(*list.types[i].type), values[i])) return false;
  }
  return true;
}

}  // namespace wisp::component
