// Sinks that record what the two walks over a body report, and the check that both report the same
// about reachable code. Shared by tests and the fuzz target.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "jit/wasm/function_decoder.h"
#include "jit/wasm/function_validator.h"
#include "jit/wasm/opcodes.h"
#include "jit/wasm/validation_sink.h"

namespace wisp::jit {

// The opcodes that a walk reports, with their positions.
struct Trace {
  std::vector<std::pair<Opcode, uint32_t>> opcodes;
  bool operator==(const Trace&) const = default;
};

// Walk 1.
struct ValidationTrace : ValidationSink {
  Trace trace;
  std::bitset<kOpcodeLimit> seen;

  void on_opcode(Opcode opcode, uint32_t position) {
    seen.set(static_cast<size_t>(opcode));
    trace.opcodes.emplace_back(opcode, position);
  }
};

// Walk 2, which passes over unreachable code.
class TrustedTrace {
 public:
  TrustedTrace(const Module& module, const FunctionBody& body) : cursor_(module, body) {}

  Trace run() {
    FunctionDecoder<TrustedTrace, Checks::kTrusted>::run(cursor_, *this);
    return std::move(trace_);
  }

  void on_opcode(Opcode opcode) { trace_.opcodes.emplace_back(opcode, cursor_.position()); }
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  void on_##name() {}
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  void on_##name(MemArg) {}
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  void on_##name(auto... values) { special(Opcode::k##Name, values...); }
#include "jit/wasm/opcodes.def"

 private:
  void special(Opcode opcode, auto... values) {
    if constexpr (sizeof...(values) == 1) consume(values...);
    switch (opcode) {
      case Opcode::kUnreachable:
      case Opcode::kBr:
      case Opcode::kBrTable:
      case Opcode::kReturn:
        return cursor_.skip_unreachable();
      default:
        break;
    }
  }
  void consume(auto) {}
  void consume(const BrTable& table) {
    for (uint32_t depth : table) deepest_ = depth > deepest_ ? depth : deepest_;
  }
  void consume(BlockType type) { operands_ += type.params().size() + type.results().size(); }

  BodyCursor cursor_;
  Trace trace_;
  uint32_t deepest_ = 0;
  size_t operands_ = 0;
};

// Validates a body; if it is valid, whether walk 2 reports exactly what walk 1 did.
inline bool walks_agree(const Module& module, uint32_t defined, ValidationScratch& scratch) {
  ValidationTrace sink;
  const FunctionBody& body = module.bodies[defined];
  FunctionDecoder<ValidationTrace, Checks::kValidate> validator(
      module, body, module.imported_functions + defined, scratch, sink);
  if (!validator.run()) return true;
  return TrustedTrace(module, body).run() == sink.trace;
}

}  // namespace wisp::jit
