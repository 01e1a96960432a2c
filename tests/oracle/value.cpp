#include "tests/oracle/value.h"

#include <cinttypes>
#include <cstdio>

#include "tests/oracle/float_bits.h"

namespace wisp::oracle {

using jit::ValueType;

// clang-format off
bool could_be(const Value& expected, const Value& actual) {
  if (expected.type != actual.type) return false;
  switch (expected.certainty) {
    case Certainty::kExact: return expected.bits == actual.bits;
    case Certainty::kCanonicalNan: return is_canonical_nan(actual.type, actual.bits);
    case Certainty::kArithmeticNan: return is_arithmetic_nan(actual.type, actual.bits);
    case Certainty::kUnknown: return true;
  }
  return false;
}
// clang-format on

namespace {

std::string number(const char* format, auto value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

std::string bits_in_words(ValueType type, uint64_t bits) {
  switch (type) {
    case ValueType::kI32:
      return number("%" PRId32, static_cast<int32_t>(bits));
    case ValueType::kI64:
      return number("%" PRId64, static_cast<int64_t>(bits));
    case ValueType::kF32:
      return number("%.9g", double{from_bits<float>(bits)}) + number(" (0x%08" PRIx64 ")", bits);
    case ValueType::kF64:
      return number("%.17g", from_bits<double>(bits)) + number(" (0x%016" PRIx64 ")", bits);
    default:
      return bits == 0 ? "null" : number("%" PRIu64, bits - 1);
  }
}

}  // namespace

std::string to_string(const Value& value) {
  const std::string type = jit::to_string(value.type);
  switch (value.certainty) {
    case Certainty::kExact:
      return type + " " + bits_in_words(value.type, value.bits);
    case Certainty::kCanonicalNan:
      return type + " nan:canonical";
    case Certainty::kArithmeticNan:
      return type + " nan:arithmetic";
    case Certainty::kUnknown:
      return type + " that is not determined";
  }
  return type;
}

}  // namespace wisp::oracle
