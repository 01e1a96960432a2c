#include "tests/spec/core_values.h"

#include <cstdlib>

namespace wisp::spec {
namespace {

using jit::ValueType;

struct FloatFormat {
  uint64_t sign, exponent, quiet;  // masks: sign bit, exponent bits, top bit of the payload
};
constexpr FloatFormat kF32{0x80000000, 0x7f800000, 0x00400000};
constexpr FloatFormat kF64{0x8000000000000000, 0x7ff0000000000000, 0x0008000000000000};

bool matches_float(const FloatFormat& format, const std::string& text, uint64_t slot) {
  uint64_t quiet_nan = format.exponent | format.quiet;
  if (text == "nan:canonical") return (slot & ~format.sign) == quiet_nan;
  if (text == "nan:arithmetic") return (slot & quiet_nan) == quiet_nan;
  return slot == std::strtoull(text.c_str(), nullptr, 10);
}

// Host references are numbers; 0 is null in a slot.
uint64_t reference_slot(const std::string& text) {
  return text == "null" ? 0 : std::strtoull(text.c_str(), nullptr, 10) + 1;
}

bool is_null_type(const std::string& type) {
  return type == "refnull" || type == "nullref" || type == "nullfuncref" || type == "nullexternref";
}

}  // namespace

std::optional<uint64_t> to_slot(const Value& value) {
  if (is_null_type(value.type)) return 0;
  if (!value.text) return std::nullopt;
  const std::string& text = *value.text;
  if (value.type == "i32") return static_cast<uint32_t>(std::strtoll(text.c_str(), nullptr, 10));
  if (value.type == "i64") return static_cast<uint64_t>(std::strtoll(text.c_str(), nullptr, 10));
  if (value.type == "f32" || value.type == "f64") return std::strtoull(text.c_str(), nullptr, 10);
  if (value.type == "externref") return reference_slot(text);
  if (value.type == "funcref" && text == "null") return 0;
  return std::nullopt;
}

std::optional<bool> matches(const Value& expected, ValueType type, uint64_t slot) {
  if (!expected.either.empty()) {
    bool any = false;
    for (const Value& choice : expected.either) any |= matches(choice, type, slot).value_or(false);
    return any;
  }
  if (is_null_type(expected.type)) return jit::is_reference(type) && slot == 0;
  if (expected.type != jit::to_string(type)) return std::nullopt;
  if (!expected.text) return slot != 0;  // any reference, or some function
  switch (type) {
    case ValueType::kF32:
      return matches_float(kF32, *expected.text, slot);
    case ValueType::kF64:
      return matches_float(kF64, *expected.text, slot);
    default:
      break;
  }
  std::optional<uint64_t> wanted = to_slot(expected);
  if (!wanted) return std::nullopt;
  return *wanted == slot;
}

std::string describe(const Value& value) { return value.type + " " + value.text.value_or("any"); }

std::string describe(ValueType type, uint64_t slot) {
  std::string text = std::string(jit::to_string(type)) + " ";
  if (type == ValueType::kI32) return text + std::to_string(static_cast<int32_t>(slot));
  if (type == ValueType::kI64) return text + std::to_string(static_cast<int64_t>(slot));
  return text + std::to_string(slot);
}

}  // namespace wisp::spec
