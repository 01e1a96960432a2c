#include "cli/quantity.h"

#include <algorithm>
#include <charconv>
#include <string>

namespace wisp::cli {

namespace {

std::optional<uint64_t> parse_digits(std::string_view text, int base) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Unit {
  std::string_view name;
  uint64_t ns;
};

constexpr uint64_t kSecond = 1'000'000'000;
constexpr Unit kUnits[] = {
    {"ns", 1},           {"us", 1'000},         {"ms", 1'000'000},     {"s", kSecond},
    {"m", 60 * kSecond}, {"min", 60 * kSecond}, {"h", 3600 * kSecond},
};

}  // namespace

std::optional<uint64_t> parse_number(std::string_view text) {
  const bool is_hexadecimal = text.starts_with("0x");
  std::string digits(is_hexadecimal ? text.substr(2) : text);
  std::erase(digits, '_');
  if (!is_hexadecimal && digits.starts_with('+')) digits.erase(0, 1);
  return parse_digits(digits, is_hexadecimal ? 16 : 10);
}

std::optional<uint64_t> parse_duration_ns(std::string_view text) {
  uint64_t total = 0;
  if (const std::optional<uint64_t> seconds = parse_digits(text, 10)) {
    if (__builtin_mul_overflow(*seconds, kSecond, &total)) return std::nullopt;
    return total;
  }
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const size_t end = std::min(text.find_first_of("0123456789 ", digits), text.size());
    const std::optional<uint64_t> number = parse_digits(text.substr(0, digits), 10);
    uint64_t unit_ns = 0;
    for (const Unit& unit : kUnits) {
      if (unit.name == text.substr(digits, end - digits)) unit_ns = unit.ns;
    }
    uint64_t part = 0;
    if (!number || unit_ns == 0 || __builtin_mul_overflow(*number, unit_ns, &part) ||
        __builtin_add_overflow(total, part, &total)) {
      return std::nullopt;
    }
    text.remove_prefix(std::min(text.find_first_not_of(' ', end), text.size()));
  }
  return total;
}

}  // namespace wisp::cli
