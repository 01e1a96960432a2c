// How certain a result is. Core specification 2.0, section 4.3.3, "NaN propagation": where all NaNs
// among the operands are canonical, so is the one that comes out, with any sign; else it is an
// arithmetic one.
#include "tests/oracle/numeric.h"

#include <algorithm>

#include "platform/check.h"
#include "tests/oracle/float_bits.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;

// Instructions that a NaN's bits pass through, or that look at them.
enum class OnBits : uint8_t { kNo, kSign, kCopysign, kReinterpret };
// clang-format off
OnBits on_bits(Opcode opcode) {
  switch (opcode) {
    case Opcode::kF32Abs: case Opcode::kF64Abs: case Opcode::kF32Neg: case Opcode::kF64Neg:
      return OnBits::kSign;
    case Opcode::kF32Copysign: case Opcode::kF64Copysign: return OnBits::kCopysign;
    case Opcode::kI32ReinterpretF32: case Opcode::kI64ReinterpretF64:
    case Opcode::kF32ReinterpretI32: case Opcode::kF64ReinterpretI64:
      return OnBits::kReinterpret;
    default: return OnBits::kNo;
  }
}
// clang-format on

// clang-format off
bool may_trap(Opcode opcode) {
  switch (opcode) {
    case Opcode::kI32DivS: case Opcode::kI32DivU: case Opcode::kI32RemS: case Opcode::kI32RemU:
    case Opcode::kI64DivS: case Opcode::kI64DivU: case Opcode::kI64RemS: case Opcode::kI64RemU:
    case Opcode::kI32TruncF32S: case Opcode::kI32TruncF32U: case Opcode::kI32TruncF64S:
    case Opcode::kI32TruncF64U: case Opcode::kI64TruncF32S: case Opcode::kI64TruncF32U:
    case Opcode::kI64TruncF64S: case Opcode::kI64TruncF64U:
      return true;
    default: return false;
  }
}
// clang-format on

bool is_unknown(const Value& value) { return value.certainty == Certainty::kUnknown; }

bool is_nan_but_not_canonical(const Value& value) {
  if (!jit::is_float(value.type) || !is_nan(value.type, value.bits)) return false;
  return value.certainty == Certainty::kArithmeticNan ||
         (value.is_exact() && !is_canonical_nan(value.type, value.bits));
}

Certainty certainty(Opcode opcode, std::span<const Value> operands, const Value& result) {
  switch (on_bits(opcode)) {
    case OnBits::kSign:
      return operands[0].certainty;
    case OnBits::kCopysign:
      if (operands[1].is_exact()) return operands[0].certainty;
      return operands[0].is_exact() ? Certainty::kUnknown : operands[0].certainty;
    case OnBits::kReinterpret:
      return operands[0].is_exact() ? Certainty::kExact : Certainty::kUnknown;
    case OnBits::kNo:
      break;
  }
  if (std::any_of(operands.begin(), operands.end(), is_unknown)) return Certainty::kUnknown;
  if (!jit::is_float(result.type) || !is_nan(result.type, result.bits)) return Certainty::kExact;
  return std::any_of(operands.begin(), operands.end(), is_nan_but_not_canonical)
             ? Certainty::kArithmeticNan
             : Certainty::kCanonicalNan;
}

}  // namespace

NumericResult apply_numeric(Opcode opcode, std::span<const Value> operands) {
  const jit::OpcodeEffect& effect = jit::kOpcodeEffects[static_cast<size_t>(opcode)];
  WISP_CHECK(operands.size() == effect.pops && !operands.empty());
  for (size_t i = 0; i < operands.size(); ++i) {
    WISP_CHECK(operands[i].type == effect.operands[2 - operands.size() + i]);
  }
  const Value& left = operands.front();
  const Value& right = operands.back();
  if (may_trap(opcode) && (is_unknown(left) || is_unknown(right))) return {{}, {}, false};

  const Computed computed = jit::is_float(left.type)
                                ? compute_float(opcode, left.type, left.bits, right.bits)
                                : compute_integer(opcode, left.type, left.bits, right.bits);
  Value result{effect.result, Certainty::kExact, computed.bits};
  result.certainty = certainty(opcode, operands, result);
  const bool is_some_nan =
      result.certainty == Certainty::kCanonicalNan || result.certainty == Certainty::kArithmeticNan;
  // One that is possible. The sign of abs, neg and copysign is kept in the bits, though nobody may
  // look at it.
  if (is_some_nan && on_bits(opcode) == OnBits::kNo) result.bits = canonical_nan(result.type);
  return {result, computed.trap};
}

}  // namespace wisp::oracle
