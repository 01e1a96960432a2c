#include "jit/runtime/trap.h"

namespace wisp::jit {

const char* to_string(TrapCode code) {
  switch (code) {
    case TrapCode::kNone:
      return "no trap";
    case TrapCode::kUnreachable:
      return "unreachable";
    case TrapCode::kMemoryOutOfBounds:
      return "out of bounds memory access";
    case TrapCode::kTableOutOfBounds:
      return "out of bounds table access";
    case TrapCode::kUndefinedElement:
      return "undefined element";
    case TrapCode::kUninitializedElement:
      return "uninitialized element";
    case TrapCode::kIndirectCallTypeMismatch:
      return "indirect call type mismatch";
    case TrapCode::kIntegerDivideByZero:
      return "integer divide by zero";
    case TrapCode::kIntegerOverflow:
      return "integer overflow";
    case TrapCode::kInvalidConversionToInteger:
      return "invalid conversion to integer";
    case TrapCode::kStackExhausted:
      return "call stack exhausted";
    case TrapCode::kInterrupted:
      return "interrupted";
    case TrapCode::kHost:
      return "trap in a host function";
    case TrapCode::kExit:
      return "exit";
  }
  return "unknown trap";
}

}  // namespace wisp::jit
