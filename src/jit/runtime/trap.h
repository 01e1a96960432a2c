// Traps: why a guest stopped, and where.
//
// A TrapCode comes from a hardware fault at a guest pc, from a builtin, or from a host function. It
// unwinds to the entry trampoline without running a destructor, so no frame with one may lie in
// between.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wisp::jit {

enum class TrapCode : uint8_t {
  kNone = 0,
  kUnreachable,
  kMemoryOutOfBounds,
  kTableOutOfBounds,
  kUndefinedElement,      // call_indirect: index beyond the table
  kUninitializedElement,  // call_indirect: null entry
  kIndirectCallTypeMismatch,
  kIntegerDivideByZero,
  kIntegerOverflow,
  kInvalidConversionToInteger,
  kStackExhausted,
  kInterrupted,  // the deadline passed
  kHost,         // a host function refused; the message says why
  kExit,         // the guest asked to exit: unwinds like a trap, is none
};

// The text of the reference interpreter, which the conformance suites expect.
const char* to_string(TrapCode code);

// One guest frame of a backtrace, innermost first.
struct Frame {
  std::string module;    // from the name section; may be empty
  std::string function;  // likewise
  uint32_t function_index = 0;
  uint64_t wasm_offset = 0;  // in the file
};

struct Trap {
  TrapCode code = TrapCode::kNone;
  std::string message;
  std::vector<Frame> backtrace;
};

}  // namespace wisp::jit
