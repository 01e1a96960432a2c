// CheckedCompiler<Masm>: FunctionCompiler for tests and fuzzing. Guests behave alike with it, if
// the compiler is right. Before each opcode that can be reached
//   1. it tests that the two operands on top have zeros in the upper half where they are i32 in a
//      register, as every access to memory relies on. A trap `unreachable` where the guest has no
//      such opcode says that one had not;
//   2. it brings operands to their slots at random, so that every opcode meets operands in every
//      place.
//
// External interface: CheckedCompiler; CompilerOptions::checks_seed turns it on. It is an option
// when running, not when building, because the oracle compares the program with and without it in
// one process, and because what is tested is what is shipped. It costs nothing where it is off: it
// is a sink of its own.
#pragma once

#include <algorithm>

#include "jit/compiler/function_compiler.h"

namespace wisp::jit {

template <class Masm>
class CheckedCompiler : public FunctionCompiler<Masm> {
 public:
  template <class... Arguments>
  explicit CheckedCompiler(uint64_t seed, Arguments&&... arguments)
      : FunctionCompiler<Masm>(std::forward<Arguments>(arguments)...), random_state_(seed) {}

  void compile(bool needs_zeros) { this->compile_into(*this, needs_zeros); }

  void on_opcode(Opcode) {
    if (!state().control.is_reachable) return;
    if (!state().operands.has_flags()) test_upper_halves();
    spill_at_random();
  }

 private:
  FunctionState<Masm>& state() { return *this; }

  void test_upper_halves() {
    const Operands<Masm>& operands = state().operands;
    const uint32_t height = operands.height();
    for (uint32_t operand = height - std::min(height, 2u); operand < height; ++operand) {
      const ValueNode& node = operands[operand];
      if (node.type != ValueType::kI32) continue;
      const uint8_t code = operands.register_of(node);
      if (code != RegisterFile::kNothing) test_upper_half(Gpr{code});
    }
  }
  void test_upper_half(Gpr reg) {
    Masm& masm = state().masm;
    masm.move(Width::k32, Masm::kScratch, reg);
    masm.compare(Width::k64, Masm::kScratch, reg);
    state().traps.trap_if(Cond::kNotEqual, TrapCode::kUnreachable);
  }

  void spill_at_random() {
    Operands<Masm>& operands = state().operands;
    if (operands.height() == 0 || random(4) != 0) return;
    // What only the next opcode may use stays.
    const uint32_t lasting = operands.height() - (operands.top().is_lasting() ? 0 : 1);
    const uint32_t limit = random(lasting + 1);
    if (random(2) == 0)
      operands.canonicalize(limit);
    else
      operands.spill_below(limit);
  }

  // SplitMix64.
  uint32_t random(uint32_t limit) {
    uint64_t bits = random_state_ += 0x9e3779b97f4a7c15;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111eb;
    return static_cast<uint32_t>((bits ^ bits >> 31) % limit);
  }

  uint64_t random_state_;
};

}  // namespace wisp::jit
