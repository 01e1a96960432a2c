#include "component/text/core_value_text.h"

#include <bit>
#include <charconv>
#include <system_error>
#include <type_traits>

#include "component/text/wave_writer.h"

namespace wisp::component {

namespace {

template <class Signed>
std::optional<uint64_t> parse_integer(std::string_view text) {
  using Unsigned = std::make_unsigned_t<Signed>;
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const bool is_negative = text.starts_with('-');
  if (is_hexadecimal) text.remove_prefix(2);
  const char* const end = text.data() + text.size();
  Signed negative = 0;
  Unsigned number = 0;
  const auto [last, status] =
      is_negative ? std::from_chars(text.data(), end, negative)
                  : std::from_chars(text.data(), end, number, is_hexadecimal ? 16 : 10);
  if (status != std::errc() || last != end) return std::nullopt;
  return is_negative ? static_cast<Unsigned>(negative) : number;
}

template <class Float, class Bits>
std::optional<uint64_t> parse_float(std::string_view text) {
  Float value = 0;
  const auto [last, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return std::bit_cast<Bits>(value);
}

}  // namespace

std::optional<uint64_t> parse_core_value(jit::ValueType type, std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  switch (type) {
    case jit::ValueType::kI32:
      return parse_integer<int32_t>(text);
    case jit::ValueType::kI64:
      return parse_integer<int64_t>(text);
    case jit::ValueType::kF32:
      return parse_float<float, uint32_t>(text);
    case jit::ValueType::kF64:
      return parse_float<double, uint64_t>(text);
    default:
      return std::nullopt;
  }
}

std::string core_value_to_text(jit::ValueType type, uint64_t bits) {
  switch (type) {
    case jit::ValueType::kI32:
      return std::to_string(static_cast<int32_t>(bits));
    case jit::ValueType::kI64:
      return std::to_string(static_cast<int64_t>(bits));
    case jit::ValueType::kF32:
      return to_text(std::bit_cast<float>(static_cast<uint32_t>(bits)), "NaN");
    case jit::ValueType::kF64:
      return to_text(std::bit_cast<double>(bits), "NaN");
    case jit::ValueType::kFuncRef:
      return bits == 0 ? "<null funcref>" : "<funcref>";
    default:
      return bits == 0 ? "<null externref>" : "<externref>";
  }
}

}  // namespace wisp::component
