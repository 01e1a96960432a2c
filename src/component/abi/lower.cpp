#include "component/abi/lower.h"

#include "component/abi/lift.h"
#include "component/abi/strings.h"
#include "component/type/layout.h"
#include "platform/check.h"

namespace wisp::component {
namespace {

bool lower_string(const CallSide& side, const Value& value, Place to) {
  uint32_t address, tagged_length;
  if (!lower_utf8(*side.call, *side.options, value.text, address, tagged_length)) return false;
  write_word(side, to, 0, address);
  write_word(side, to, 1, tagged_length);
  return true;
}

bool lower_elements(const CallSide& side, const ValType& element, const Value& value,
                    PlaceCursor to) {
  for (const Value& each : value.elements) {
    if (!lower(side, element, each, to.next(element))) return false;
  }
  return true;
}

bool lower_list(const CallSide& side, const ValType& type, const Value& value, Place to) {
  uint32_t address;
  if (!allocate_list(side, *type.element, to, value.elements.size(), address)) return false;
  return lower_elements(side, *type.element, value, PlaceCursor(Place::memory(address)));
}

bool lower_members(const CallSide& side, const ValType& type, const Value& value, Place to) {
  PlaceCursor cursor(to);
  for (size_t i = 0; i < type.members.size(); i++) {
    const ValType& member = *type.members[i].type;
    if (!lower(side, member, value.elements[i], cursor.next(member))) return false;
  }
  return true;
}

bool lower_case(const CallSide& side, const ValType& type, const Value& value, Place to) {
  const auto index = static_cast<uint32_t>(value.bits);
  const ValType* payload = case_payload(type, index);
  write_case(side, type, to, index);
  clear_unused_slots(type, payload, to);
  return payload == nullptr || lower(side, *payload, value.elements[0], payload_of(type, to));
}

bool all_match(const ValType& element, const Value& value) {
  for (const Value& each : value.elements) {
    if (!matches(element, each)) return false;
  }
  return true;
}

}  // namespace

bool matches(const ValType& type, const Value& value) {
  if (value.kind != type.kind) return false;
  switch (type.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      if (value.elements.size() != type.members.size()) return false;
      for (size_t i = 0; i < type.members.size(); i++) {
        if (!matches(*type.members[i].type, value.elements[i])) return false;
      }
      return true;
    case TypeKind::kList:
    case TypeKind::kMap:
      return all_match(*type.element, value);
    case TypeKind::kFixedList:
      return value.elements.size() == type.length && all_match(*type.element, value);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult: {
      if (value.bits >= case_count(type)) return false;
      const ValType* payload = case_payload(type, static_cast<uint32_t>(value.bits));
      if (payload == nullptr) return value.elements.empty();
      return value.elements.size() == 1 && matches(*payload, value.elements[0]);
    }
    default:
      return true;
  }
}

bool lower(const CallSide& side, const ValType& type, const Value& value, Place to) {
  WISP_DCHECK(value.kind == type.kind);
  switch (type.kind) {
    case TypeKind::kString:
      return lower_string(side, value, to);
    case TypeKind::kList:
    case TypeKind::kMap:
      return lower_list(side, type, value, to);
    case TypeKind::kFixedList:
      return lower_elements(side, *type.element, value, PlaceCursor(to));
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      return lower_members(side, type, value, to);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return lower_case(side, type, value, to);
    case TypeKind::kFlags:
      write_flags(side, type, to, static_cast<uint32_t>(value.bits));
      return true;
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return lower_handle(side, type, to, value.bits);
    case TypeKind::kErrorContext:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return side.trap("streams and futures are not supported");
    default:
      write_scalar(side, type.kind, to, value.bits);
      return true;
  }
}

bool prepare_values(const CallSide& side, const ValueList& list, uint64_t* slots,
                    std::optional<uint32_t> return_area, Place& place) {
  place = Place::flat(slots);
  if (!list.in_memory()) return true;
  if (return_area.has_value()) {
    place = Place::memory(*return_area);
    return check_area(*side.call, *side.options, place.address, list.size, list.alignment);
  }
  uint32_t address;
  if (!checked_realloc(*side.call, *side.options, 0, 0, list.alignment, list.size, address)) {
    return false;
  }
  slots[0] = address;
  place = Place::memory(address);
  return true;
}

bool lower_values(const CallSide& side, const ValueList& list, std::span<const Value> values,
                  uint64_t* slots, std::optional<uint32_t> return_area) {
  Place place;
  if (!prepare_values(side, list, slots, return_area, place)) return false;
  PlaceCursor cursor(place);
  for (size_t i = 0; i < list.types.size(); i++) {
    if (!lower(side, *list.types[i].type, values[i], cursor.next(*list.types[i].type)))
      return false;
  }
  return true;
}

}  // namespace wisp::component
