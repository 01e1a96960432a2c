// The canonical ABI vectors: what the specification's executable reference computes for layouts,
// lifting and lowering, here of the routines alone; abi_calls_test.cpp has the same in components.
// Every line must hold; the counts see to it that none is lost.
#include "tests/component/support/abi_vectors.h"

#include <gtest/gtest.h>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/abi/strings.h"
#include "component/type/layout.h"
#include "tests/component/support/scripted_guest.h"

namespace wisp::component {
namespace {

using namespace testing;

json core_names(const std::vector<jit::ValueType>& types) {
  json names = json::array();
  for (jit::ValueType type : types) names.push_back(jit::to_string(type));
  return names;
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
  if (parse_number(vector["size64"]) >= kMaxValueSize) return type == nullptr ? "" : "accepted";
  if (type == nullptr) return is_large_enum ? "" : "refused";
  if (type->size != parse_number(vector["size"])) return "size " + std::to_string(type->size);
  if (type->size64 != parse_number(vector["size64"])) {
    return "size64 " + std::to_string(type->size64);
  }
  if (type->alignment != parse_number(vector["align"])) return "alignment";
  if (!vector.contains("flat")) return "";
  std::vector<jit::ValueType> flat;
  flatten_type(*type, flat);
  if (core_names(flat) != vector["flat"]) return core_names(flat).dump();
  return type->flat_count == flat.size() ? "" : "flat_count";
}

TEST(AbiVectors, Layout) { for_each_line("layout.jsonl", 1225, check_layout); }

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

std::string check_lower(const json& vector) {
  if (vector["from"] != "utf8") return "";  // the host holds UTF-8; abi_calls_test does the others
  AbiTypes types;
  const std::vector<LabeledType> labeled = types.parse_all(vector["types"]);
  const std::vector<Value> values = parse_values(labeled, vector["values"]);
  ScriptedGuest guest(vector["pages"].get<uint64_t>(), parse_encoding(vector["enc"]),
                      vector["alloc"], kFill);
  CallState call;
  const CallSide side{.call = &call, .options = &guest.options};
  std::vector<uint64_t> slots(32, 0xdddddddddddddddd);
  const ValueList list = make_value_list(labeled, vector["max_flat"]);
  const bool lowered = lower_values(side, list, values, slots.data(), return_area(vector));
  if (lowered == call.unwinding()) return "result and latch differ";
  if (guest.log != vector["log"]) return "log " + guest.log.dump();
  if (vector.contains("trap")) return lowered ? "no trap: " + vector["trap"].dump() : "";
  if (!lowered) return "trap: " + *call.trap_message();
  return check_lowered(vector, list, {guest.bytes, guest.bytes.size(), guest.log, slots});
}

TEST(AbiVectors, Lower) { for_each_line("lower.jsonl", 1956, check_lower); }

}  // namespace
}  // namespace wisp::component
