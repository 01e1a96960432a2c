#include "component/adapter.h"

#include <cstring>

#include "component/layout.h"
#include "component/lift.h"
#include "component/lower.h"
#include "component/strings.h"

namespace wisp::component {
namespace {

// One direction between two guests.
struct Transfer {
  const CallSide& source;
  const CallSide& destination;

  bool value(const ValType& type, Place from, Place to) const;

 private:
  bool string(Place from, Place to) const;
  bool list(const ValType& type, Place from, Place to) const;
  bool sum(const ValType& type, Place from, Place to) const;
  bool handle(const ValType& type, Place from, Place to) const;
};

// Numbers of which every bit pattern is a value: a list of them is copied as it is.
bool is_plain(TypeKind kind) { return kind > TypeKind::kBool && kind <= TypeKind::kF64; }

bool Transfer::string(Place from, Place to) const {
  SourceString text;
  if (!lift_source_string(*source.call, *source.options, read_word(source, from, 0),
                          read_word(source, from, 1), text)) {
    return false;
  }
  uint32_t address, tagged_length;
  if (!lower_source_string(*destination.call, *destination.options, text, address, tagged_length)) {
    return false;
  }
  write_word(destination, to, 0, address);
  write_word(destination, to, 1, tagged_length);
  return true;
}

bool Transfer::list(const ValType& type, Place from, Place to) const {
  const ValType& element = *type.element;
  uint32_t from_address, to_address, length;
  if (!read_list(source, element, from, from_address, length)) return false;
  if (!allocate_list(destination, element, to, length, to_address)) return false;
  if (is_plain(element.kind)) {
    if (length != 0) {
      std::memcpy(destination.memory()->base + to_address, source.memory()->base + from_address,
                  size_t{length} * element.size);
    }
    return true;
  }
  for (uint32_t i = 0; i < length; i++) {
    if (!value(element, Place::memory(from_address), Place::memory(to_address))) return false;
    from_address += element.size;
    to_address += element.size;
  }
  return true;
}

bool Transfer::sum(const ValType& type, Place from, Place to) const {
  uint32_t index;
  if (!read_case(source, type, from, index)) return false;
  const ValType* payload = case_payload(type, index);
  write_case(destination, type, to, index);
  clear_unused_slots(type, payload, to);
  return payload == nullptr || value(*payload, payload_of(type, from), payload_of(type, to));
}

bool Transfer::handle(const ValType& type, Place from, Place to) const {
  uint64_t representation;
  return lift_handle(source, type, from, representation) &&
         lower_handle(destination, type, to, representation);
}

bool Transfer::value(const ValType& type, Place from, Place to) const {
  PlaceCursor from_cursor(from), to_cursor(to);
  switch (type.kind) {
    case TypeKind::kString:
      return string(from, to);
    case TypeKind::kList:
    case TypeKind::kMap:
      return list(type, from, to);
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        const ValType& element = *type.element;
        if (!value(element, from_cursor.next(element), to_cursor.next(element))) return false;
      }
      return true;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) {
        if (!value(*member.type, from_cursor.next(*member.type), to_cursor.next(*member.type))) {
          return false;
        }
      }
      return true;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      return sum(type, from, to);
    case TypeKind::kFlags:
      write_flags(destination, type, to, read_flags(source, type, from));
      return true;
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return handle(type, from, to);
    case TypeKind::kErrorContext:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return source.trap("streams and futures are not supported");
    default: {
      uint64_t bits;
      if (!read_scalar(source, type.kind, from, bits)) return false;
      write_scalar(destination, type.kind, to, bits);
      return true;
    }
  }
}

}  // namespace

bool transfer(const CallSide& source, const CallSide& destination, const ValType& type, Place from,
              Place to) {
  return Transfer{source, destination}.value(type, from, to);
}

bool transfer_values(const CallSide& source, const CallSide& destination, const ValueList& list,
                     uint64_t* from_slots, uint64_t* to_slots,
                     std::optional<uint32_t> return_area) {
  if (list.is_plain) {
    for (uint32_t i = 0; i < list.flat_count; i++) to_slots[i] = from_slots[i];
    return true;
  }
  Place from, to;
  if (!find_values(source, list, from_slots, from)) return false;
  if (!prepare_values(destination, list, to_slots, return_area, to)) return false;
  PlaceCursor from_cursor(from), to_cursor(to);
  const Transfer transfer{source, destination};
  for (const LabeledType& each : list.types) {
    if (!transfer.value(*each.type, from_cursor.next(*each.type), to_cursor.next(*each.type))) {
      return false;
    }
  }
  return true;
}

}  // namespace wisp::component
