#include "tests/component/support/abi_json.h"

#include <bit>
#include <cstring>

namespace wisp::component::testing {
namespace {

struct PrimitiveName {
  const char* name;
  TypeKind kind;
};
constexpr PrimitiveName kPrimitives[] = {
    {"bool", TypeKind::kBool},    {"s8", TypeKind::kS8},   {"u8", TypeKind::kU8},
    {"s16", TypeKind::kS16},      {"u16", TypeKind::kU16}, {"s32", TypeKind::kS32},
    {"u32", TypeKind::kU32},      {"s64", TypeKind::kS64}, {"u64", TypeKind::kU64},
    {"f32", TypeKind::kF32},      {"f64", TypeKind::kF64}, {"char", TypeKind::kChar},
    {"string", TypeKind::kString}};

uint64_t number(const json& text) {
  if (text.is_number_unsigned()) return text.get<uint64_t>();
  if (text.is_number()) return static_cast<uint64_t>(text.get<int64_t>());
  const auto digits = text.get<std::string>();
  return digits[0] == '-' ? static_cast<uint64_t>(std::stoll(digits)) : std::stoull(digits);
}

// The vectors are of the deterministic profile, in which lowering makes every NaN canonical. Wisp
// passes NaNs on as they are, so its input is made canonical.
uint64_t canonical_nan(TypeKind kind, uint64_t bits) {
  if (kind == TypeKind::kF32 && (bits & 0x7fffffff) > 0x7f800000) return 0x7fc00000;
  if (kind == TypeKind::kF64 && (bits & ~(uint64_t{1} << 63)) > 0x7ff0000000000000) {
    return 0x7ff8000000000000;
  }
  return bits;
}

uint32_t decode_char(const std::string& text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (bytes[0] < 0x80) return bytes[0];
  const int length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
  uint32_t result = bytes[0] & (0x7fu >> length);
  for (int i = 1; i < length; i++) result = result << 6 | (bytes[i] & 0x3fu);
  return result;
}

uint32_t find_label(const ValType& type, const std::string& label) {
  for (uint32_t i = 0; i < type.members.size(); i++) {
    if (type.members[i].label == label) return i;
  }
  return ~0u;
}

// The payload of the case that `value.bits` names, if it has one.
void add_payload(const ValType* type, const json& text, Value& value) {
  if (type != nullptr) value.elements.push_back(parse_value(*type, text));
}

void parse_elements(const ValType& type, const json& text, Value& value) {
  for (const json& each : text) value.elements.push_back(parse_value(*type.element, each));
}

void parse_compound(const ValType& type, const json& text, Value& value) {
  switch (type.kind) {
    case TypeKind::kRecord:
      for (size_t i = 0; i < text.size(); i++) {
        value.elements.push_back(parse_value(*type.members[i].type, text[i][1]));
      }
      return;
    case TypeKind::kTuple:
      for (size_t i = 0; i < text.size(); i++) {
        value.elements.push_back(parse_value(*type.members[i].type, text[i]));
      }
      return;
    case TypeKind::kVariant: {
      value.bits = find_label(type, text["case"]);
      const ValType* payload = type.members[value.bits].type;
      if (payload != nullptr) add_payload(payload, text["payload"], value);
      return;
    }
    case TypeKind::kEnum:
      value.bits = find_label(type, text);
      return;
    case TypeKind::kFlags:
      for (const json& label : text) value.bits |= uint64_t{1} << find_label(type, label);
      return;
    case TypeKind::kOption:
      value.bits = text.is_null() ? 0 : 1;
      if (value.bits == 1) add_payload(type.element, text["some"], value);
      return;
    case TypeKind::kResult:
      value.bits = text.contains("Err") ? 1 : 0;
      if (value.bits == 0) {
        add_payload(type.element, text["Ok"], value);
      } else {
        add_payload(type.error, text["Err"], value);
      }
      return;
    default:
      parse_elements(type, text, value);
      return;
  }
}

}  // namespace

std::string_view AbiTypes::label(const std::string& name) {
  std::span<char> copy = arena_.make_span<char>(name.size());
  std::memcpy(copy.data(), name.data(), name.size());
  return {copy.data(), copy.size()};
}

std::vector<LabeledType> AbiTypes::parse_all(const json& list) {
  std::vector<LabeledType> types;
  for (const json& each : list) types.push_back({"", parse(each), 0});
  return types;
}

const ValType* AbiTypes::parse(const json& text) {
  if (text.is_string()) {
    const auto name = text.get<std::string>();
    if (name == "own") return builder_.own(resource_);
    if (name == "borrow") return builder_.borrow(resource_);
    for (const PrimitiveName& each : kPrimitives) {
      if (name == each.name) return TypeBuilder::primitive(each.kind);
    }
    return nullptr;
  }
  const std::string key = text.begin().key();
  const json& body = text.begin().value();
  std::vector<LabeledType> members;
  if (key == "record" || key == "variant") {
    for (const json& each : body) {
      const ValType* type = each.size() > 1 ? parse(each[1]) : nullptr;
      if (each.size() > 1 && type == nullptr) return nullptr;
      members.push_back({label(each[0]), type, 0});
    }
    return key == "record" ? builder_.record(members) : builder_.variant(members);
  }
  if (key == "tuple") {
    members = parse_all(body);
    for (const LabeledType& each : members) {
      if (each.type == nullptr) return nullptr;
    }
    return builder_.tuple(members);
  }
  if (key == "enum" || key == "flags") {
    for (unsigned i = 0; i < body.get<unsigned>(); i++) {
      members.push_back({label((key == "enum" ? "e" : "f") + std::to_string(i)), nullptr, 0});
    }
    return key == "enum" ? builder_.enumeration(members) : builder_.flags(members);
  }
  if (key == "result") {
    const ValType* ok = body[0].is_null() ? nullptr : parse(body[0]);
    const ValType* error = body[1].is_null() ? nullptr : parse(body[1]);
    return builder_.result(ok, error);
  }
  if (key == "map") return builder_.map(parse(body[0]), parse(body[1]));
  if (key == "len" || key == "list") {  // keys are in alphabetical order
    const ValType* element = parse(text["list"]);
    if (element == nullptr) return nullptr;
    return text.contains("len") ? builder_.fixed_list(element, text["len"])
                                : builder_.list(element);
  }
  const ValType* payload = parse(body);
  return payload == nullptr ? nullptr : builder_.option(payload);
}

Value parse_value(const ValType& type, const json& text) {
  Value value;
  value.kind = type.kind;
  switch (type.kind) {
    case TypeKind::kBool:
      value.bits = text.get<bool>();
      break;
    case TypeKind::kChar:
      value.bits = decode_char(text.get<std::string>());
      break;
    case TypeKind::kString:
      value.text = text.get<std::string>();
      break;
    default:
      if (is_primitive(type.kind)) {
        value.bits = canonical_nan(type.kind, number(text));
      } else {
        parse_compound(type, text, value);
      }
  }
  return value;
}

StringEncoding parse_encoding(const std::string& text) {
  return text == "utf8"    ? StringEncoding::kUtf8
         : text == "utf16" ? StringEncoding::kUtf16
                           : StringEncoding::kLatin1Utf16;
}

std::vector<uint8_t> parse_hex(const std::string& text) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

bool same_value(const ValType& type, const Value& a, const Value& b) {
  if (type.kind == TypeKind::kF32) {
    const auto x = std::bit_cast<float>(static_cast<uint32_t>(a.bits));
    const auto y = std::bit_cast<float>(static_cast<uint32_t>(b.bits));
    return a.bits == b.bits || (x != x && y != y);
  }
  if (type.kind == TypeKind::kF64) {
    const auto x = std::bit_cast<double>(a.bits), y = std::bit_cast<double>(b.bits);
    return a.bits == b.bits || (x != x && y != y);
  }
  if (a.kind != b.kind || a.bits != b.bits || a.text != b.text) return false;
  if (a.elements.size() != b.elements.size()) return false;
  for (size_t i = 0; i < a.elements.size(); i++) {
    const ValType* element = type.element;
    if (type.kind == TypeKind::kRecord || type.kind == TypeKind::kTuple) {
      element = type.members[i].type;
    } else if (type.kind == TypeKind::kVariant) {
      element = type.members[a.bits].type;
    } else if (type.kind == TypeKind::kResult && a.bits == 1) {
      element = type.error;
    }
    if (!same_value(*element, a.elements[i], b.elements[i])) return false;
  }
  return true;
}

}  // namespace wisp::component::testing
