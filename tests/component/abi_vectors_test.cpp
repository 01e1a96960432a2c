// The canonical ABI vectors: what the specification's executable reference computes for layouts,
// lifting, lowering and transcoding. Every line must hold; the counts see to it that none is lost.
#include <gtest/gtest.h>

#include <fstream>

#include "component/adapter.h"
#include "component/layout.h"
#include "component/lift.h"
#include "component/lower.h"
#include "component/strings.h"
#include "tests/component/support/abi_json.h"
#include "tests/component/support/scripted_guest.h"

namespace wisp::component {
namespace {

using testing::AbiTypes;
using testing::json;
using testing::parse_encoding;
using testing::parse_hex;
using testing::parse_value;
using testing::same_value;
using testing::ScriptedGuest;

// Calls `check` for each line; it answers what is wrong, or nothing. At most ten are shown.
template <class Check>
void for_each_line(const std::string& file, size_t expected_lines, Check check) {
  std::ifstream in(std::string(WISP_SHARED "/component/abi/") + file);
  if (!in) GTEST_SKIP() << "no shared data";
  size_t lines = 0, failures = 0;
  for (std::string line; std::getline(in, line); lines++) {
    const json vector = json::parse(line);
    const std::string wrong = check(vector);
    if (!wrong.empty() && ++failures <= 10) {
      ADD_FAILURE() << vector["id"] << " " << vector.value("note", "") << ": " << wrong << "\n"
                    << line.substr(0, 400);
    }
  }
  EXPECT_EQ(failures, 0u);
  EXPECT_EQ(lines, expected_lines);
}

json core_names(const std::vector<jit::ValueType>& types) {
  json names = json::array();
  for (jit::ValueType type : types) names.push_back(jit::to_string(type));
  return names;
}

uint64_t number(const json& text) {
  if (!text.is_string()) return text.get<uint64_t>();
  // Answers the largest number for those that are larger.
  return std::strtoull(text.get<std::string>().c_str(), nullptr, 10);
}

std::string check_layout(const json& vector) {
  AbiTypes types;
  if (vector.contains("params")) {
    const std::vector<LabeledType> params = types.parse_all(vector["params"]);
    const ValType* result = vector["result"].is_null() ? nullptr : types.parse(vector["result"]);
    const FuncType* func = types.builder().func(params, result, false);
    if (func == nullptr) return types.builder().why();
    for (const auto& [key, direction] : {std::pair{"lift", CanonicalDirection::kLift},
                                         std::pair{"lower", CanonicalDirection::kLower}}) {
      const jit::FuncType core = flatten_functype(*func, direction);
      const json found{{"params", core_names(core.params)}, {"results", core_names(core.results)}};
      if (found != vector[key]) return std::string(key) + " " + found.dump();
    }
    return "";
  }
  const ValType* type = types.parse(vector["type"]);
  const bool is_large_enum =
      vector["type"].contains("enum") && vector["type"]["enum"].get<uint32_t>() > 10000;
  if (number(vector["size64"]) >= kMaxValueSize) return type == nullptr ? "" : "accepted";
  if (type == nullptr) return is_large_enum ? "" : "refused";
  if (type->size != number(vector["size"])) return "size " + std::to_string(type->size);
  if (type->size64 != number(vector["size64"])) return "size64 " + std::to_string(type->size64);
  if (type->alignment != number(vector["align"])) return "alignment";
  if (!vector.contains("flat")) return "";
  std::vector<jit::ValueType> flat;
  flatten_type(*type, flat);
  if (core_names(flat) != vector["flat"]) return core_names(flat).dump();
  return type->flat_count == flat.size() ? "" : "flat_count";
}

TEST(AbiVectors, Layout) { for_each_line("layout.jsonl", 1225, check_layout); }

std::vector<uint64_t> parse_slots(const json& flat) {
  std::vector<uint64_t> slots;
  for (const json& each : flat) slots.push_back(number(each[1]));
  slots.resize(std::max<size_t>(slots.size(), 32));
  return slots;
}

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

// The limit of 2^28 - 1 bytes, in a memory that has room for more. Only the first look: values of
// the host for so many elements would take gigabytes.
std::string check_big(const json& vector) {
  static ScriptedGuest guest(4097, StringEncoding::kUtf8, nullptr);
  guest.options.encoding = parse_encoding(vector["enc"]);
  AbiTypes types;
  const ValType& type = *types.parse(vector["types"][0]);
  CallState call;
  const CallSide side{.call = &call, .options = &guest.options};
  uint64_t slots[2] = {vector["flat"][0][1], vector["flat"][1][1]};
  uint32_t address, length;
  SourceString source;
  const bool found = type.kind == TypeKind::kString
                         ? lift_source_string(call, guest.options, static_cast<uint32_t>(slots[0]),
                                              static_cast<uint32_t>(slots[1]), source)
                         : read_list(side, *type.element, Place::flat(slots), address, length);
  return found == vector.contains("ok") ? "" : "wrong";
}

std::string check_lift(const json& vector) {
  if (vector.contains("big")) return check_big(vector);
  AbiTypes types;
  const std::vector<LabeledType> labeled = types.parse_all(vector["types"]);
  ScriptedGuest guest(vector["pages"].get<uint64_t>(), parse_encoding(vector["enc"]), nullptr);
  for (const json& piece : vector["data"]) {
    const std::vector<uint8_t> bytes = parse_hex(piece[1]);
    std::memcpy(&guest.bytes[piece[0].get<size_t>()], bytes.data(), bytes.size());
  }
  CallState call;
  const CallSide side{.call = &call, .options = &guest.options};
  std::vector<uint64_t> slots = parse_slots(vector["flat"]);
  std::vector<Value> values;
  const bool lifted =
      lift_values(side, make_value_list(labeled, vector["max_flat"]), slots.data(), values);
  if (lifted == call.unwinding()) return "result and latch differ";
  if (vector.contains("trap")) return lifted ? "no trap: " + vector["trap"].dump() : "";
  if (!lifted) return "trap: " + *call.trap_message();
  for (size_t i = 0; i < values.size(); i++) {
    const ValType& type = *labeled[i].type;
    if (!same_value(type, values[i], parse_value(type, vector["values"][i]))) return "value";
    if (!matches(type, values[i])) return "matches() refuses it";
  }
  return "";
}

TEST(AbiVectors, Lift) { for_each_line("lift.jsonl", 2991, check_lift); }

// What the memory of the giving guest holds where there are no values.
constexpr uint8_t kForeign = 0xf8;

// What must hold of the receiving guest after lowering.
std::string check_lowered(const json& vector, const ValueList& list, const ScriptedGuest& guest,
                          bool lowered, const CallState& call, const std::vector<uint64_t>& slots) {
  const size_t out = vector.contains("out") ? vector["out"].get<size_t>() : guest.bytes.size();
  constexpr uint8_t kFill = 0xa5;
  if (lowered == call.unwinding()) return "result and latch differ";
  if (vector.contains("trap")) {
    if (lowered) return "no trap: " + vector["trap"].dump();
    return guest.log == vector["log"] ? "" : "log " + guest.log.dump();
  }
  if (!lowered) return "trap: " + *call.trap_message();
  if (guest.log != vector["log"]) return "log " + guest.log.dump();
  if (write_slots(vector["flat"], slots) != vector["flat"]) {
    return "flat " + write_slots(vector["flat"], slots).dump();
  }
  // Blocks that a string outgrew hold what it was.
  const bool has_strings = vector["types"].dump().find("string") != std::string::npos;
  std::vector<bool> may_change(guest.bytes.size()), is_value(guest.bytes.size());
  for (const auto& [address, size] : guest.blocks) {
    std::fill_n(may_change.begin() + static_cast<ptrdiff_t>(address), size, true);
  }
  for (const json& piece : vector["mem"]) {
    const std::vector<uint8_t> bytes = parse_hex(piece[1]);
    const size_t address = piece[0];
    if (std::memcmp(&guest.bytes[address], bytes.data(), bytes.size()) != 0) return "memory";
    std::fill_n(may_change.begin() + static_cast<ptrdiff_t>(address), bytes.size(), true);
    std::fill_n(is_value.begin() + static_cast<ptrdiff_t>(address), bytes.size(), true);
  }
  for (size_t i = 0; i < guest.bytes.size(); i++) {
    if (guest.bytes[i] == kForeign && !is_value[i] && !has_strings) {
      return "leaked at " + std::to_string(i);
    }
    if (guest.bytes[i] == kFill || may_change[i]) continue;
    // Padding of the return area.
    const bool is_in_area = i >= out && i < out + list.size;
    if (!is_in_area || guest.bytes[i] != 0) return "wrote at " + std::to_string(i);
  }
  return "";
}

std::optional<uint32_t> return_area(const json& vector) {
  if (!vector.contains("out")) return std::nullopt;
  return vector["out"].get<uint32_t>();
}

std::string check_lower(const json& vector) {
  if (vector["from"] != "utf8") return "";  // the host holds UTF-8; the adapter does the others
  AbiTypes types;
  const std::vector<LabeledType> labeled = types.parse_all(vector["types"]);
  std::vector<Value> values;
  for (size_t i = 0; i < labeled.size(); i++) {
    values.push_back(parse_value(*labeled[i].type, vector["values"][i]));
  }
  ScriptedGuest guest(vector["pages"].get<uint64_t>(), parse_encoding(vector["enc"]),
                      vector["alloc"], 0xa5);
  CallState call;
  const CallSide side{.call = &call, .options = &guest.options};
  std::vector<uint64_t> slots(32, 0xdddddddddddddddd);
  const ValueList list = make_value_list(labeled, vector["max_flat"]);
  const bool lowered = lower_values(side, list, values, slots.data(), return_area(vector));
  return check_lowered(vector, list, guest, lowered, call, slots);
}

TEST(AbiVectors, Lower) { for_each_line("lower.jsonl", 1956, check_lower); }

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

// The same values, but lifted from another guest that holds them in the encoding `from`.
std::string check_transfer(const json& vector) {
  AbiTypes types;
  const std::vector<LabeledType> labeled = types.parse_all(vector["types"]);
  std::vector<Value> values;
  for (size_t i = 0; i < labeled.size(); i++) {
    values.push_back(parse_value(*labeled[i].type, vector["values"][i]));
  }
  const bool tagged = vector.contains("tagged");
  const StringEncoding from = parse_encoding(vector["from"]);
  ScriptedGuest source(ScriptedGuest::kMaxPages, tagged ? StringEncoding::kUtf16 : from,
                       json{{"start", 1024}, {"shrink", "keep"}, {"grow", "move"}}, kForeign);
  CallState source_call;
  CallSide source_side{.call = &source_call, .options = &source.options};
  std::vector<uint64_t> from_slots(32);
  const ValueList list = make_value_list(labeled, vector["max_flat"]);
  if (!lower_values(source_side, list, values, from_slots.data())) {
    return "cannot build the source: " + *source_call.trap_message();
  }
  source.options.encoding = from;
  if (tagged) {
    Place place;
    if (!find_values(source_side, list, from_slots.data(), place)) return "source";
    PlaceCursor cursor(place);
    for (const LabeledType& each : labeled)
      tag_strings(source, *each.type, cursor.next(*each.type));
  }
  ScriptedGuest guest(vector["pages"].get<uint64_t>(), parse_encoding(vector["enc"]),
                      vector["alloc"], 0xa5);
  CallState call;
  source_side.call = &call;
  const CallSide side{.call = &call, .options = &guest.options};
  std::vector<uint64_t> slots(32, 0xdddddddddddddddd);
  TransferRoutines routines;
  const bool transferred = transfer_values({source_side, side}, routines.plan(list),
                                           from_slots.data(), slots.data(), return_area(vector));
  return check_lowered(vector, list, guest, transferred, call, slots);
}

TEST(AbiVectors, Transfer) { for_each_line("lower.jsonl", 1956, check_transfer); }

std::string check_transcode(const json& vector) {
  ScriptedGuest source(1, parse_encoding(vector["from"]), nullptr);
  const std::vector<uint8_t> bytes = parse_hex(vector["src"]);
  std::copy(bytes.begin(), bytes.end(), source.bytes.begin() + 256);
  ScriptedGuest guest(1, parse_encoding(vector["to"]), vector["alloc"], 0xa5);
  CallState call;
  const CallSide from{.call = &call, .options = &source.options};
  const CallSide to{.call = &call, .options = &guest.options};
  uint64_t from_slots[2] = {256, vector["len"].get<uint64_t>()}, slots[2] = {};
  const ValType& string = *TypeBuilder::primitive(TypeKind::kString);
  TransferRoutines routines;
  const TransferRoutine& routine = *routines.routine(string);
  const bool transferred = routine.flat({from, to}, routine, from_slots, slots);
  if (guest.log != vector["log"]) return "log " + guest.log.dump();
  if (vector.contains("trap")) return transferred ? "no trap: " + vector["trap"].dump() : "";
  if (!transferred) return "trap: " + *call.trap_message();
  if (slots[0] != vector["ptr"].get<uint64_t>()) return "ptr " + std::to_string(slots[0]);
  if (slots[1] != vector["out_len"].get<uint64_t>()) return "out_len " + std::to_string(slots[1]);
  const std::vector<uint8_t> out = parse_hex(vector["out"]);
  return std::equal(out.begin(), out.end(), &guest.bytes[slots[0]]) ? "" : "bytes";
}

TEST(AbiVectors, Transcode) { for_each_line("transcode.jsonl", 2611, check_transcode); }

}  // namespace
}  // namespace wisp::component
