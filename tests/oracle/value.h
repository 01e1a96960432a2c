// Value: what the oracle computes with, and how far the specification fixes its bits.
//
// External interface: Value and `could_be`. The specification lets an engine choose the sign and,
// in part, the payload of a NaN that arithmetic makes (core 2.0, section 4.3.3, "NaN propagation").
// So a value carries how much of it is fixed, and what depends on a free choice is not compared.
#pragma once

#include <cstdint>
#include <string>

#include "jit/wasm/types.h"

namespace wisp::oracle {

enum class Certainty : uint8_t {
  kExact,          // these bits
  kCanonicalNan,   // a NaN with the canonical payload and any sign
  kArithmeticNan,  // a NaN with the top bit of its payload set, any other bits, any sign
  kUnknown,        // computed from the bits of such a NaN: any bits
};

// i32 and f32 are in the low half, zero-extended. References are numbers: 0 is null; an externref
// is what the embedder gave; a funcref means what the holder of the value says (the interpreter:
// the address of a FunctionInstance; an Outcome: which function, counted over the modules, plus 1).
struct Value {
  jit::ValueType type = jit::ValueType::kI32;
  Certainty certainty = Certainty::kExact;
  uint64_t bits = 0;

  bool is_exact() const { return certainty == Certainty::kExact; }
  bool operator==(const Value&) const = default;
};

inline Value i32(uint32_t bits) { return {jit::ValueType::kI32, Certainty::kExact, bits}; }
inline Value i64(uint64_t bits) { return {jit::ValueType::kI64, Certainty::kExact, bits}; }
inline Value f32(uint32_t bits) { return {jit::ValueType::kF32, Certainty::kExact, bits}; }
inline Value f64(uint64_t bits) { return {jit::ValueType::kF64, Certainty::kExact, bits}; }

// Whether an engine that computed `actual` may do so by the specification.
bool could_be(const Value& expected, const Value& actual);

// "i32 7", "f64 1.5 (0x3ff8000000000000)", "funcref 3", "externref null"
std::string to_string(const Value& value);

}  // namespace wisp::oracle
