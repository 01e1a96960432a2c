// FunctionDecoder<Sink, Checks>: walks one function body and tells a sink what it sees.
// BodyCursor: the place in the body, for the sink of walk 2.
//
//   kValidate (function_validator.h)  walk 1: validates, and calls the hooks of ValidationSink
//   kTrusted  (here)                  walk 2: trusts the bytes; for each opcode, calls
//                                     `sink.on_<opcode>(immediates...)`
//
// The hooks of walk 2 are named in opcodes.def: on_i32_add(), on_local_get(uint32_t),
// on_i32_load(MemArg), on_block(BlockType), on_br_table(BrTable),
// on_call_indirect(uint32_t type, uint32_t table), on_end() ... The final `end` of the function is
// reported like any other. `on_opcode(Opcode)` comes before each of them.
//
// Unreachable code: a sink of walk 2 that has emitted an unconditional branch (br, br_table,
// return, unreachable) calls `skip_unreachable()` of the cursor; the next opcode it gets is the
// `else` or `end` of the block that it is in. Walk 1 leaves out exactly the same opcodes, so what
// both report about reachable code can be counted in step.
#pragma once

#include <cstdint>
#include <tuple>

#include "jit/wasm/immediates.h"
#include "jit/wasm/module.h"
#include "jit/wasm/opcodes.h"
#include "platform/inline.h"

namespace wisp::jit {

enum class Checks : uint8_t { kValidate, kTrusted };

template <class Sink, Checks kChecks>
class FunctionDecoder;

// Where walk 2 is in a body, and what comes next there.
class BodyCursor {
 public:
  // Behind the declarations of locals.
  BodyCursor(const Module& module, const FunctionBody& body)
      : begin_(body.code.data()),
        end_(begin_ + body.code.size()),
        immediates_(module, begin_, end_) {
    for (uint32_t groups = std::get<0>(immediates_.read_local()); groups != 0; --groups) {
      (void)immediates_.read_local();
      (void)immediates_.read_ref_type();
    }
  }

  bool is_at_end() const { return immediates_.at() >= end_; }
  // Goes to the next opcode; its immediates are to be read.
  Opcode next() {
    opcode_at_ = immediates_.at();
    return immediates_.read_opcode();
  }
  TrustedImmediates& bytes() { return immediates_; }

  // In the body, of the opcode that is being visited.
  uint32_t position() const { return static_cast<uint32_t>(opcode_at_ - begin_); }

  // Lookahead: the opcode after the one that is being visited; only the prefix, which is none, of
  // those that have one. Not after the final `end`.
  Opcode peek_opcode() const { return Opcode(*immediates_.at()); }
  // Its first immediate, where that is an index (a local, a label, ...).
  uint32_t peek_index() const {
    TrustedImmediates next(immediates_);
    (void)next.read_opcode();
    return std::get<0>(next.read_local());
  }
  // Leaves out that opcode, whose only immediate it is.
  void skip_next_index() {
    (void)immediates_.read_opcode();
    (void)immediates_.read_local();
  }
  // Leaves out the opcode after the one that is being visited: the sink has done its work already.
  void skip_next() { immediates_.skip(immediates_.read_opcode()); }

  void skip_unreachable() {
    for (uint32_t depth = 0;;) {
      TrustedImmediates next(immediates_);
      Opcode opcode = next.read_opcode();
      if (opcode == Opcode::kBlock || opcode == Opcode::kLoop || opcode == Opcode::kIf) ++depth;
      if (depth == 0 && (opcode == Opcode::kEnd || opcode == Opcode::kElse)) return;
      if (opcode == Opcode::kEnd) --depth;
      skip_next();
    }
  }

 private:
  const uint8_t* begin_;
  const uint8_t* end_;
  const uint8_t* opcode_at_ = nullptr;
  TrustedImmediates immediates_;
};

template <class Sink>
class FunctionDecoder<Sink, Checks::kTrusted> {
 public:
  static void run(BodyCursor& cursor, Sink& sink) {
    while (!cursor.is_at_end()) visit_frequent(cursor.next(), cursor.bytes(), sink);
  }

 private:
  // The five most frequent opcodes are tested for before the jump table: that is predicted better.
  [[gnu::always_inline]] static void visit_frequent(Opcode opcode, TrustedImmediates& bytes,
                                                    Sink& sink) {
    sink.on_opcode(opcode);
    if (opcode == Opcode::kLocalGet) {
      sink.on_local_get(std::get<0>(bytes.read_local()));
    } else if (opaque(opcode) == Opcode::kI32Const) {
      sink.on_i32_const(std::get<0>(bytes.read_i32()));
    } else if (opaque(opcode) == Opcode::kI32Load) {
      sink.on_i32_load(std::get<0>(bytes.read_memarg()));
    } else if (opaque(opcode) == Opcode::kLocalSet) {
      sink.on_local_set(std::get<0>(bytes.read_local()));
    } else if (opaque(opcode) == Opcode::kLocalTee) {
      sink.on_local_tee(std::get<0>(bytes.read_local()));
    } else {
      visit(opaque(opcode), bytes, sink);
    }
  }

  [[gnu::always_inline]] static void visit(Opcode opcode, TrustedImmediates& bytes, Sink& sink) {
    switch (opcode) {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  case Opcode::k##Name:                                               \
    return sink.on_##name();
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  case Opcode::k##Name:                                                  \
    return sink.on_##name(std::get<0>(bytes.read_memarg()));
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates)              \
  case Opcode::k##Name:                                                              \
    return std::apply([&sink](auto... values) { return sink.on_##name(values...); }, \
                      bytes.read_##immediates());
#include "jit/wasm/opcodes.def"
    }
  }
};

}  // namespace wisp::jit
