#include "component/text/wave_writer.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

#include "component/text/wave_escapes.h"
#include "component/text/wave_lexer.h"
#include "platform/utf8.h"

namespace wisp::component {

namespace {

void write(const ValType& type, const Value& value, std::string& out);

// The shortest digits that read back as the same value, and where the point stands in them.
struct Digits {
  std::string digits;
  int point = 0;
};

template <class Float, class... Precision>
Digits scientific(Float value, Precision... precision) {
  char buffer[96];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value,
                                           std::chars_format::scientific, precision...);
  const std::string_view text(buffer, static_cast<size_t>(end - buffer));
  const size_t e = text.find('e');
  Digits result{std::string(text.substr(0, 1)), 0};
  if (e > 1) result.digits += text.substr(2, e - 2);
  const size_t sign = text[e + 1] == '+' ? 1 : 0;
  std::from_chars(text.data() + e + 1 + sign, text.data() + text.size(), result.point);
  result.point++;
  return result;
}

template <class Float>
std::string fixed_digits(Float value) {
  auto [digits, point] = scientific(value);
  // Where two of the shortest forms are equally near, to_chars takes the even one and Rust, whose
  // spelling everybody prints, the greater one.
  constexpr int kMore = 40;
  const int count = static_cast<int>(digits.size());
  const std::string exact = scientific(value, count - 1 + kMore).digits;
  if (exact.compare(0, digits.size(), digits) == 0 &&
      exact.substr(digits.size()) == "5" + std::string(kMore - 1, '0')) {
    digits.back()++;  // it is even
  }
  if (point <= 0) return "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  if (point >= count) return digits + std::string(static_cast<size_t>(point - count), '0');
  return digits.insert(static_cast<size_t>(point), 1, '.');
}

template <class Float>
std::string float_text(Float value, const char* nan) {
  if (std::isnan(value)) return nan;
  std::string text = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return text + "inf";
  return text + (value == 0 ? "0" : fixed_digits(std::abs(value)));
}

// `bytes` is one character of valid UTF-8.
void write_character(std::string_view bytes, std::string& out) {
  constexpr std::string_view kSpecial = "\\'\"\t\r\n";
  constexpr std::string_view kNames = "\\'\"trn";
  if (const size_t index = kSpecial.find(bytes[0]); index != std::string_view::npos) {
    out += '\\';
    out += kNames[index];
    return;
  }
  const uint32_t code_point = code_point_of(bytes);
  if (!is_escaped_in_wave(code_point)) {
    out += bytes;
    return;
  }
  char digits[8];
  const auto [end, status] = std::to_chars(digits, digits + sizeof digits, code_point, 16);
  out += "\\u{" + std::string(digits, end) + "}";
}

void write_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    size_t size = 1;
    while (size < text.size() && is_utf8_continuation(text[size])) size++;
    write_character(text.substr(0, size), out);
    text.remove_prefix(size);
  }
  out += '"';
}

void write_char(uint32_t code_point, std::string& out) {
  std::string bytes;
  append_utf8(code_point, bytes);
  out += '\'';
  write_character(bytes, out);
  out += '\'';
}

void write_list(const ValType& type, const Value& value, std::string& out) {
  out += '[';
  for (const Value& element : value.elements) {
    if (&element != value.elements.data()) out += ", ";
    write(*type.element, element, out);
  }
  out += ']';
}

void write_tuple(const ValType& type, const Value& value, std::string& out) {
  out += '(';
  for (size_t i = 0; i < value.elements.size(); i++) {
    if (i != 0) out += ", ";
    write(*type.members[i].type, value.elements[i], out);
  }
  out += ')';
}

// Fields that are `none` are left out.
void write_record(const ValType& type, const Value& value, std::string& out) {
  bool is_first = true;
  out += '{';
  for (size_t i = 0; i < value.elements.size(); i++) {
    const LabeledType& field = type.members[i];
    if (field.type->kind == TypeKind::kOption && value.elements[i].bits == 0) continue;
    if (!is_first) out += ", ";
    is_first = false;
    out += field.label;
    out += ": ";
    write(*field.type, value.elements[i], out);
  }
  out += is_first ? ":}" : "}";
}

void write_flags(const ValType& type, uint64_t bits, std::string& out) {
  bool is_first = true;
  out += '{';
  for (size_t i = 0; i < type.members.size(); i++) {
    if ((bits >> i & 1) == 0) continue;
    if (!is_first) out += ", ";
    is_first = false;
    out += type.members[i].label;
  }
  out += '}';
}

void write_payload(const ValType* payload, const Value& value, std::string& out) {
  if (payload == nullptr) return;
  out += '(';
  write(*payload, value.elements[0], out);
  out += ')';
}

void write_case(const ValType& type, const Value& value, std::string& out) {
  const LabeledType& member = type.members[value.bits];
  if (is_wave_keyword(member.label)) out += '%';
  out += member.label;
  write_payload(member.type, value, out);
}

void write(const ValType& type, const Value& value, std::string& out) {
  switch (type.kind) {
    case TypeKind::kBool:
      out += value.bits != 0 ? "true" : "false";
      return;
    case TypeKind::kS8:
    case TypeKind::kS16:
    case TypeKind::kS32:
    case TypeKind::kS64:
      out += std::to_string(static_cast<int64_t>(value.bits));
      return;
    case TypeKind::kU8:
    case TypeKind::kU16:
    case TypeKind::kU32:
    case TypeKind::kU64:
      out += std::to_string(value.bits);
      return;
    case TypeKind::kF32:
      out += to_text(std::bit_cast<float>(static_cast<uint32_t>(value.bits)), "nan");
      return;
    case TypeKind::kF64:
      out += to_text(std::bit_cast<double>(value.bits), "nan");
      return;
    case TypeKind::kChar:
      return write_char(static_cast<uint32_t>(value.bits), out);
    case TypeKind::kString:
      return write_string(value.text, out);
    case TypeKind::kList:
    case TypeKind::kFixedList:
    case TypeKind::kMap:
      return write_list(type, value, out);
    case TypeKind::kTuple:
      return write_tuple(type, value, out);
    case TypeKind::kRecord:
      return write_record(type, value, out);
    case TypeKind::kFlags:
      return write_flags(type, value.bits, out);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
      return write_case(type, value, out);
    case TypeKind::kOption:
      out += value.bits != 0 ? "some" : "none";
      return write_payload(value.bits != 0 ? type.element : nullptr, value, out);
    case TypeKind::kResult:
      out += value.bits != 0 ? "err" : "ok";
      return write_payload(value.bits != 0 ? type.error : type.element, value, out);
    default:
      out += to_string(type);
      return;
  }
}

}  // namespace

std::string to_wave(const ValType& type, const Value& value) {
  std::string text;
  write(type, value, text);
  return text;
}

std::string to_text(float value, const char* nan) { return float_text(value, nan); }
std::string to_text(double value, const char* nan) { return float_text(value, nan); }

}  // namespace wisp::component
