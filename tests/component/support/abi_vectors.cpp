#include "tests/component/support/abi_vectors.h"

#include <algorithm>
#include <cstdlib>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "tests/component/support/scripted_guest.h"

namespace wisp::component::testing {
namespace {

json write_slots(const json& like, const std::vector<uint64_t>& slots) {
  json flat = json::array();
  for (size_t i = 0; i < like.size(); i++) {
    const std::string type = like[i][0];
    if (type == "i32" || type == "f32") {
      flat.push_back({type, slots[i]});
    } else {
      flat.push_back({type, std::to_string(slots[i])});
    }
  }
  return flat;
}

// Marks every string of a value as tagged utf16: what the vectors call `tagged`.
void tag_strings(ScriptedGuest& guest, const ValType& type, Place place) {
  CallState call;
  const CallSide side{.call = &call, .options = &guest.options};
  PlaceCursor cursor(place);
  uint32_t address, length, index;
  switch (type.kind) {
    case TypeKind::kString:
      write_word(side, place, 1, read_word(side, place, 1) | kUtf16Tag);
      return;
    case TypeKind::kList:
    case TypeKind::kMap:
      if (!read_list(side, *type.element, place, address, length)) return;
      for (uint32_t i = 0; i < length; i++) {
        tag_strings(guest, *type.element, Place::memory(address + i * type.element->size));
      }
      return;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        tag_strings(guest, *type.element, cursor.next(*type.element));
      }
      return;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& each : type.members) {
        tag_strings(guest, *each.type, cursor.next(*each.type));
      }
      return;
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult:
      if (!read_case(side, type, place, index)) return;
      if (const ValType* payload = case_payload(type, index)) {
        tag_strings(guest, *payload, payload_of(type, place));
      }
      return;
    default:
      return;
  }
}

}  // namespace

uint64_t parse_number(const json& text) {
  if (!text.is_string()) return text.get<uint64_t>();
  return std::strtoull(text.get<std::string>().c_str(), nullptr, 10);
}

std::vector<uint64_t> parse_slots(const json& flat) {
  std::vector<uint64_t> slots;
  for (const json& each : flat) slots.push_back(parse_number(each[1]));
  slots.resize(std::max<size_t>(slots.size(), 32));
  return slots;
}

std::vector<Value> parse_values(std::span<const LabeledType> types, const json& values) {
  std::vector<Value> parsed;
  for (size_t i = 0; i < types.size(); i++) {
    parsed.push_back(parse_value(*types[i].type, values[i]));
  }
  return parsed;
}

std::optional<uint32_t> return_area(const json& vector) {
  if (!vector.contains("out")) return std::nullopt;
  return vector["out"].get<uint32_t>();
}

std::string check_lowered(const json& vector, const ValueList& list, const Receiver& receiver) {
  const std::span<const uint8_t> bytes = receiver.bytes;
  const size_t out = return_area(vector).value_or(bytes.size());
  if (write_slots(vector["flat"], receiver.slots) != vector["flat"]) {
    return "flat " + write_slots(vector["flat"], receiver.slots).dump();
  }
  // Blocks that a string outgrew hold what it was.
  const bool has_strings = vector["types"].dump().find("string") != std::string::npos;
  std::vector<bool> may_change(bytes.size()), is_value(bytes.size());
  for (const json& call : receiver.log) {
    std::fill_n(may_change.begin() + call[4].get<ptrdiff_t>(), call[3].get<size_t>(), true);
  }
  for (const json& piece : vector["mem"]) {
    const std::vector<uint8_t> expected = parse_hex(piece[1]);
    const auto address = piece[0].get<ptrdiff_t>();
    if (!std::equal(expected.begin(), expected.end(), bytes.begin() + address)) return "memory";
    std::fill_n(may_change.begin() + address, expected.size(), true);
    std::fill_n(is_value.begin() + address, expected.size(), true);
  }
  for (size_t i = 0; i < bytes.size(); i++) {
    if (bytes[i] == kForeign && !is_value[i] && !has_strings) {
      return "leaked at " + std::to_string(i);
    }
    if (bytes[i] == (i < receiver.filled ? kFill : 0) || may_change[i]) continue;
    // Padding of the return area.
    const bool is_in_area = i >= out && i < out + list.size;
    if (!is_in_area || bytes[i] != 0) return "wrote at " + std::to_string(i);
  }
  return "";
}

SourceImage make_source(const json& vector, const ValueList& list, std::span<const Value> values) {
  const bool tagged = vector.contains("tagged");
  const StringEncoding from = parse_encoding(vector["from"]);
  ScriptedGuest source(kSourcePages, tagged ? StringEncoding::kUtf16 : from,
                       json{{"start", 1024}, {"shrink", "keep"}, {"grow", "move"}}, kForeign);
  CallState call;
  const CallSide side{.call = &call, .options = &source.options};
  SourceImage image;
  image.slots.resize(32);
  if (!lower_values(side, list, values, image.slots.data())) return {};
  if (tagged) {
    Place place;
    if (!find_values(side, list, image.slots.data(), place)) return {};
    PlaceCursor cursor(place);
    for (const LabeledType& each : list.types) {
      tag_strings(source, *each.type, cursor.next(*each.type));
    }
  }
  image.bytes = std::move(source.bytes);
  return image;
}

}  // namespace wisp::component::testing
