#include "component/text/wave_reader.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <limits>

#include "platform/printable.h"
#include "platform/utf8.h"

namespace wisp::component {

namespace {

constexpr uint32_t kNaN32 = 0x7fc00000;
constexpr uint64_t kNaN64 = 0x7ff8000000000000;

std::string_view label_of(const WaveToken& token) {
  return token.text.substr(token.text.starts_with('%') ? 1 : 0);
}

const LabeledType* find_member(const ValType& type, std::string_view label) {
  for (const LabeledType& member : type.members) {
    if (member.label == label) return &member;
  }
  return nullptr;
}

Value none_of(const ValType& option) {
  Value value;
  value.kind = option.kind;
  return value;
}

// A payload that may stand for its option or result alone.
bool may_be_flat(const ValType* payload) {
  return payload != nullptr && payload->kind != TypeKind::kOption &&
         payload->kind != TypeKind::kResult;
}

// std::from_chars leaves numbers alone that are too large or too small.
template <class Float>
Float out_of_range(std::string_view text) {
  const bool is_negative = text[0] == '-';
  const size_t exponent = text.find_first_of("eE");
  const bool is_tiny = exponent != std::string_view::npos && text[exponent + 1] == '-';
  const Float magnitude = is_tiny ? Float(0) : std::numeric_limits<Float>::infinity();
  return is_negative ? -magnitude : magnitude;
}

template <class Float>
Float parse_float(std::string_view text) {
  if (text == "inf") return std::numeric_limits<Float>::infinity();
  if (text == "-inf") return -std::numeric_limits<Float>::infinity();
  Float value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  return status == std::errc() ? value : out_of_range<Float>(text);
}

class WaveReader {
 public:
  explicit WaveReader(std::string_view text, size_t offset = 0) : lexer_(text, offset) {}

  Result<Value> read(const ValType& type);
  Result<std::vector<Value>> read_arguments(const FuncType& type, std::string_view function);
  Result<void> advance() {
    token_ = WISP_TRY(lexer_.next());
    return {};
  }
  Result<void> expect_end() {
    if (token_.kind == WaveTokenKind::kEnd) return {};
    return lexer_.error(token_.offset, "expected nothing more, found " + found());
  }

 private:
  std::string found() const {
    return token_.kind == WaveTokenKind::kEnd ? "the end" : quoted(token_.text);
  }
  Error mismatch(const ValType& type, std::string hint = "") const {
    return lexer_.error(token_.offset, subject_ + "expected " + to_string(type) + ", found " +
                                           found() + std::move(hint));
  }
  Error problem(size_t offset, std::string message) const {
    return lexer_.error(offset, subject_ + std::move(message));
  }
  Result<void> expect(char punctuation) {
    if (!token_.is(punctuation)) {
      return problem(token_.offset, "expected " + quoted({&punctuation, 1}) + ", found " + found());
    }
    return advance();
  }
  // After an item: a comma, or what closes the list. A comma may stand before the latter.
  Result<void> separate(char close) {
    if (token_.is(',')) return advance();
    if (token_.is(close)) return {};
    return problem(token_.offset, "expected `,` or " + quoted({&close, 1}) + ", found " + found());
  }

  Result<Value> read_bool(const ValType& type);
  Result<Value> read_integer(const ValType& type);
  Result<Value> read_float(const ValType& type);
  Result<Value> read_text(const ValType& type);
  Result<Value> read_list(const ValType& type);
  Result<Value> read_tuple(const ValType& type);
  Result<Value> read_record(const ValType& type);
  Result<Value> read_flags(const ValType& type);
  Result<Value> read_case(const ValType& type);
  Result<Value> read_option(const ValType& type);
  Result<Value> read_result(const ValType& type);
  Result<void> read_payload(const ValType* payload, std::string_view label, Value& value);

  WaveLexer lexer_;
  WaveToken token_;
  std::string subject_;  // "parameter `b` of `add`: "
};

Result<Value> WaveReader::read(const ValType& type) {
  switch (type.kind) {
    case TypeKind::kBool:
      return read_bool(type);
    case TypeKind::kF32:
    case TypeKind::kF64:
      return read_float(type);
    case TypeKind::kChar:
    case TypeKind::kString:
      return read_text(type);
    case TypeKind::kList:
    case TypeKind::kFixedList:
    case TypeKind::kMap:
      return read_list(type);
    case TypeKind::kTuple:
      return read_tuple(type);
    case TypeKind::kRecord:
      return read_record(type);
    case TypeKind::kFlags:
      return read_flags(type);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
      return read_case(type);
    case TypeKind::kOption:
      return read_option(type);
    case TypeKind::kResult:
      return read_result(type);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return problem(token_.offset, "expected " + to_string(type) +
                                        ": a resource cannot be written as text, only a component "
                                        "can pass one");
    case TypeKind::kErrorContext:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return problem(token_.offset, "there is no text for values of " + to_string(type));
    default:
      return read_integer(type);
  }
}

Result<Value> WaveReader::read_bool(const ValType& type) {
  if (!token_.is_keyword("true") && !token_.is_keyword("false")) return mismatch(type);
  Value value;
  value.bits = token_.text == "true";
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_integer(const ValType& type) {
  struct Range {
    TypeKind kind;
    int64_t least;
    uint64_t most;
  };
  static constexpr Range kRanges[] = {
      {TypeKind::kS8, INT8_MIN, INT8_MAX},    {TypeKind::kU8, 0, UINT8_MAX},
      {TypeKind::kS16, INT16_MIN, INT16_MAX}, {TypeKind::kU16, 0, UINT16_MAX},
      {TypeKind::kS32, INT32_MIN, INT32_MAX}, {TypeKind::kU32, 0, UINT32_MAX},
      {TypeKind::kS64, INT64_MIN, INT64_MAX}, {TypeKind::kU64, 0, UINT64_MAX},
  };
  if (token_.kind != WaveTokenKind::kNumber) return mismatch(type);
  const Range* range = &kRanges[0];
  while (range->kind != type.kind) range++;
  const char* const end = token_.text.data() + token_.text.size();
  const bool is_negative = token_.text[0] == '-';
  Value value;
  value.kind = type.kind;
  int64_t negative = 0;
  const auto [last, status] = is_negative ? std::from_chars(token_.text.data(), end, negative)
                                          : std::from_chars(token_.text.data(), end, value.bits);
  const bool fits =
      is_negative ? range->least != 0 && negative >= range->least : value.bits <= range->most;
  if (last != end) return mismatch(type);
  if (status != std::errc() || !fits) {
    return mismatch(type, ", which is not in " + std::to_string(range->least) + " to " +
                              std::to_string(range->most));
  }
  if (is_negative) value.bits = static_cast<uint64_t>(negative);
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_float(const ValType& type) {
  const bool is_nan = token_.is_keyword("nan");
  if (token_.kind != WaveTokenKind::kNumber && !is_nan && !token_.is_keyword("inf")) {
    return mismatch(type);
  }
  Value value;
  value.kind = type.kind;
  if (type.kind == TypeKind::kF32) {
    value.bits = is_nan ? kNaN32 : std::bit_cast<uint32_t>(parse_float<float>(token_.text));
  } else {
    value.bits = is_nan ? kNaN64 : std::bit_cast<uint64_t>(parse_float<double>(token_.text));
  }
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_text(const ValType& type) {
  Value value;
  value.kind = type.kind;
  if (type.kind == TypeKind::kChar) {
    if (token_.kind != WaveTokenKind::kChar) return mismatch(type);
    value.bits = WISP_TRY(lexer_.char_value(token_));
  } else {
    if (token_.kind != WaveTokenKind::kString && token_.kind != WaveTokenKind::kTextBlock) {
      return mismatch(type);
    }
    value.text = WISP_TRY(lexer_.string_value(token_));
  }
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_list(const ValType& type) {
  if (!token_.is('[')) return mismatch(type);
  const size_t start = token_.offset;
  WISP_TRY(advance());
  Value value;
  value.kind = type.kind;
  while (!token_.is(']')) {
    value.elements.push_back(WISP_TRY(read(*type.element)));
    WISP_TRY(separate(']'));
  }
  if (type.kind == TypeKind::kFixedList && value.elements.size() != type.length) {
    return problem(start, "expected " + to_string(type) + ", found " +
                              std::to_string(value.elements.size()) + " elements");
  }
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_tuple(const ValType& type) {
  if (!token_.is('(')) return mismatch(type);
  WISP_TRY(advance());
  Value value;
  value.kind = type.kind;
  for (const LabeledType& member : type.members) {
    if (token_.is(')')) return mismatch(type, " after " + std::to_string(value.elements.size()));
    value.elements.push_back(WISP_TRY(read(*member.type)));
    WISP_TRY(separate(')'));
  }
  if (!token_.is(')'))
    return mismatch(type, ": there are only " + std::to_string(type.members.size()) + " members");
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_record(const ValType& type) {
  const size_t start = token_.offset;
  if (!token_.is('{')) return mismatch(type);
  WISP_TRY(advance());
  Value value;
  value.kind = type.kind;
  value.elements.resize(type.members.size());
  std::vector<bool> given(type.members.size());
  if (token_.is(':')) {
    WISP_TRY(advance());
    if (!token_.is('}')) return mismatch(type);
  } else if (token_.is('}')) {
    return mismatch(type, ": a record without fields is written {:}");
  }
  while (!token_.is('}')) {
    const LabeledType* field =
        token_.kind == WaveTokenKind::kLabel ? find_member(type, label_of(token_)) : nullptr;
    if (field == nullptr) return mismatch(type, ", which is no field of it");
    const auto index = static_cast<size_t>(field - type.members.data());
    if (given[index]) return problem(token_.offset, "the field " + found() + " comes twice");
    given[index] = true;
    WISP_TRY(advance());
    WISP_TRY(expect(':'));
    value.elements[index] = WISP_TRY(read(*field->type));
    WISP_TRY(separate('}'));
  }
  for (size_t i = 0; i < given.size(); i++) {
    const ValType& field = *type.members[i].type;
    if (given[i]) continue;
    if (field.kind != TypeKind::kOption) {
      return problem(start, "the field " + quoted(type.members[i].label) + " of " +
                                to_string(type) + " is missing");
    }
    value.elements[i] = none_of(field);
  }
  WISP_TRY(advance());
  return value;
}

Result<Value> WaveReader::read_flags(const ValType& type) {
  if (!token_.is('{')) return mismatch(type);
  WISP_TRY(advance());
  Value value;
  value.kind = type.kind;
  while (!token_.is('}')) {
    const LabeledType* flag =
        token_.kind == WaveTokenKind::kLabel ? find_member(type, label_of(token_)) : nullptr;
    if (flag == nullptr) return mismatch(type, ", which is no flag of it");
    const uint64_t bit = uint64_t{1} << (flag - type.members.data());
    if ((value.bits & bit) != 0) {
      return problem(token_.offset, "the flag " + found() + " comes twice");
    }
    value.bits |= bit;
    WISP_TRY(advance());
    WISP_TRY(separate('}'));
  }
  WISP_TRY(advance());
  return value;
}

// `case`, or `case(payload)`.
Result<void> WaveReader::read_payload(const ValType* payload, std::string_view label,
                                      Value& value) {
  const size_t start = token_.offset;
  WISP_TRY(advance());
  if (payload == nullptr) {
    if (!token_.is('(')) return {};
    return problem(token_.offset, quoted(label) + " has no payload");
  }
  if (!token_.is('(')) {
    return problem(start, quoted(label) + " needs a payload: " + std::string(label) + "(" +
                              to_string(*payload) + ")");
  }
  WISP_TRY(advance());
  value.elements.push_back(WISP_TRY(read(*payload)));
  return expect(')');
}

Result<Value> WaveReader::read_case(const ValType& type) {
  if (token_.kind != WaveTokenKind::kLabel) return mismatch(type);
  const std::string_view label = label_of(token_);
  const LabeledType* member = find_member(type, label);
  if (member == nullptr) return mismatch(type, ", which is no case of it");
  if (is_wave_keyword(token_.text)) {
    return mismatch(type, ": a case that is named as a keyword is written %" + std::string(label));
  }
  Value value;
  value.kind = type.kind;
  value.bits = static_cast<uint64_t>(member - type.members.data());
  WISP_TRY(read_payload(member->type, label, value));
  return value;
}

Result<Value> WaveReader::read_option(const ValType& type) {
  Value value;
  value.kind = type.kind;
  if (token_.is_keyword("none")) {
    WISP_TRY(read_payload(nullptr, "none", value));
    return value;
  }
  value.bits = 1;
  if (token_.is_keyword("some")) {
    WISP_TRY(read_payload(type.element, "some", value));
    return value;
  }
  if (!may_be_flat(type.element)) return mismatch(type, ": write some(...) or none");
  value.elements.push_back(WISP_TRY(read(*type.element)));
  return value;
}

Result<Value> WaveReader::read_result(const ValType& type) {
  Value value;
  value.kind = type.kind;
  if (token_.is_keyword("ok")) {
    WISP_TRY(read_payload(type.element, "ok", value));
    return value;
  }
  if (token_.is_keyword("err")) {
    value.bits = 1;
    WISP_TRY(read_payload(type.error, "err", value));
    return value;
  }
  if (!may_be_flat(type.element)) return mismatch(type, ": write ok or err");
  value.elements.push_back(WISP_TRY(read(*type.element)));
  return value;
}

Result<std::vector<Value>> WaveReader::read_arguments(const FuncType& type,
                                                      std::string_view function) {
  WISP_TRY(advance());
  WISP_TRY(expect('('));
  std::vector<Value> values;
  for (const LabeledType& param : type.params) {
    subject_ = "parameter " + quoted(param.label) + " of " + quoted(function) + ": ";
    if (token_.is(')')) {
      if (param.type->kind != TypeKind::kOption) {
        return problem(token_.offset, "expected " + to_string(*param.type) + ", found no argument");
      }
      values.push_back(none_of(*param.type));
      continue;
    }
    values.push_back(WISP_TRY(read(*param.type)));
    WISP_TRY(separate(')'));
  }
  subject_.clear();
  if (!token_.is(')')) {
    return problem(token_.offset, "more arguments than " + quoted(function) +
                                      " has parameters: " + to_string(type));
  }
  WISP_TRY(advance());
  WISP_TRY(expect_end());
  return values;
}

}  // namespace

Result<Value> parse_wave_value(std::string_view text, const ValType& type) {
  if (!is_valid_utf8(text)) return Error(ErrorCode::kUsage, "the text is not UTF-8");
  WaveReader reader(text);
  WISP_TRY(reader.advance());
  Value value = WISP_TRY(reader.read(type));
  WISP_TRY(reader.expect_end());
  return value;
}

Result<WaveCall> parse_wave_call(std::string_view text) {
  if (!is_valid_utf8(text)) return Error(ErrorCode::kUsage, "the call is not UTF-8");
  const size_t parenthesis = text.find('(');
  std::string_view name = text.substr(0, parenthesis);
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; };
  while (!name.empty() && is_space(name.front())) name.remove_prefix(1);
  while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
  if (name.empty()) {
    return Error(ErrorCode::kUsage, "expected a call such as name(1, \"two\"), found " +
                                        (text.empty() ? "nothing" : quoted(text)));
  }
  if (parenthesis == std::string_view::npos) {
    return Error(ErrorCode::kUsage, "expected a call: write " + quoted(std::string(name) + "()"));
  }
  return WaveCall{text, name};
}

Result<std::vector<Value>> parse_wave_arguments(const WaveCall& call, const FuncType& type) {
  const auto parenthesis =
      static_cast<size_t>(call.name.data() - call.text.data()) + call.name.size();
  WaveReader reader(call.text, parenthesis);
  return reader.read_arguments(type, call.name);
}

}  // namespace wisp::component
