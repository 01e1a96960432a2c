#include "tests/spec/component_values.h"

namespace wisp::spec {
namespace {

using component::LabeledType;
using component::TypeKind;
using component::ValType;
using component::Value;
using nlohmann::json;

uint64_t number(const json& text) {
  const auto digits = text.get<std::string>();
  return digits[0] == '-' ? static_cast<uint64_t>(std::strtoll(digits.c_str(), nullptr, 10))
                          : std::strtoull(digits.c_str(), nullptr, 10);
}

uint32_t decode_char(const std::string& text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (bytes[0] < 0x80) return bytes[0];
  const unsigned length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  uint32_t result = bytes[0] & (0x7fu >> length);
  for (unsigned i = 1; i < length; i++) result = result << 6 | (bytes[i] & 0x3fu);
  return result;
}

std::optional<uint32_t> find_label(const ValType& type, const std::string& label) {
  for (uint32_t i = 0; i < type.members.size(); i++) {
    if (type.members[i].label == label) return i;
  }
  return std::nullopt;
}

bool add(const ValType& type, const json& text, Value& value) {
  std::optional<Value> element = parse_component_value(type, text);
  if (!element.has_value()) return false;
  value.elements.push_back(std::move(*element));
  return true;
}

bool add_payload(const ValType* type, const json& text, Value& value) {
  return type == nullptr ? text.is_null() : add(*type, text, value);
}

bool parse_sum(const ValType& type, const json& text, Value& value) {
  if (type.kind == TypeKind::kOption) {
    value.bits = text.is_null() ? 0 : 1;
    return text.is_null() || add(*type.element, text, value);
  }
  if (type.kind == TypeKind::kResult) {
    value.bits = text.contains("Err") ? 1 : 0;
    return value.bits == 0 ? add_payload(type.element, text["Ok"], value)
                           : add_payload(type.error, text["Err"], value);
  }
  const std::optional<uint32_t> index =
      find_label(type, type.kind == TypeKind::kEnum ? text : text["case"]);
  if (!index.has_value()) return false;
  value.bits = *index;
  return add_payload(type.members[*index].type,
                     text.is_object() ? text.value("payload", json()) : json(), value);
}

bool parse_compound(const ValType& type, const json& text, Value& value) {
  switch (type.kind) {
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      if (text.size() != type.members.size()) return false;
      for (size_t i = 0; i < text.size(); i++) {
        const json& member = type.kind == TypeKind::kRecord ? text[i][1] : text[i];
        if (!add(*type.members[i].type, member, value)) return false;
      }
      return true;
    case TypeKind::kFlags:
      for (const json& label : text) {
        const std::optional<uint32_t> index = find_label(type, label);
        if (!index.has_value()) return false;
        value.bits |= uint64_t{1} << *index;
      }
      return true;
    case TypeKind::kList:
    case TypeKind::kFixedList:
      for (const json& each : text) {
        if (!add(*type.element, each, value)) return false;
      }
      return true;
    case TypeKind::kMap:
      for (const json& each : text) {
        if (!add(*type.element, json{{"type", "tuple"}, {"value", each}}, value)) return false;
      }
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<Value> parse_component_value(const ValType& type, const json& wrapped) {
  const auto word = wrapped.value("type", "");
  const bool is_list = type.kind == TypeKind::kFixedList && word == "list";
  if (!is_list && word != component::to_string(type.kind)) return std::nullopt;
  if (!wrapped.contains("value")) return std::nullopt;
  const json& text = wrapped["value"];
  Value value;
  value.kind = type.kind;
  switch (type.kind) {
    case TypeKind::kBool:
      value.bits = text.get<bool>();
      return value;
    case TypeKind::kChar:
      value.bits = decode_char(text.get<std::string>());
      return value;
    case TypeKind::kString:
      value.text = text.get<std::string>();
      return value;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      if (!parse_sum(type, text, value)) return std::nullopt;
      return value;
    default:
      break;
  }
  if (is_primitive(type.kind)) {
    value.bits = number(text);
    return value;
  }
  if (!parse_compound(type, text, value)) return std::nullopt;
  return value;
}

std::string describe(const Value& value) {
  std::string text = component::to_string(value.kind);
  if (value.kind == TypeKind::kString) return text + " \"" + value.text + "\"";
  text += " " + std::to_string(static_cast<int64_t>(value.bits));
  if (value.elements.empty()) return text;
  text += " (";
  for (const Value& each : value.elements) text += describe(each) + "; ";
  return text + ")";
}

}  // namespace wisp::spec
