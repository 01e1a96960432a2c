// FunctionCompiler<Masm>: the sink of walk 2. Turns one validated body into machine code.
//
// External interface: FunctionCompiler; `compile`, once per object. The state is its first base;
// the opcodes are in groups beside it, in any order, one file ops_*.h each: a new group is a new
// base. Behind the code come traps, edges of branch tables, and tables.
#pragma once

#include "jit/compiler/ops_branch_table.h"
#include "jit/compiler/ops_call.h"
#include "jit/compiler/ops_compare.h"
#include "jit/compiler/ops_control.h"
#include "jit/compiler/ops_convert.h"
#include "jit/compiler/ops_divide.h"
#include "jit/compiler/ops_float.h"
#include "jit/compiler/ops_integer.h"
#include "jit/compiler/ops_memory.h"
#include "jit/compiler/ops_parametric.h"
#include "jit/compiler/ops_reference.h"
#include "jit/compiler/ops_variable.h"
#include "jit/compiler/prologue.h"

namespace wisp::jit {

template <class Masm>
class FunctionCompiler : public FunctionState<Masm>,
                         public Prologue<Masm>,
                         public ControlFlow<Masm>,
                         public CallSequence<Masm>,
                         public ControlOps<Masm>,
                         public BranchTableOps<Masm>,
                         public CallOps<Masm>,
                         public ParametricOps<Masm>,
                         public VariableOps<Masm>,
                         public MemoryOps<Masm>,
                         public ReferenceOps<Masm>,
                         public IntegerOps<Masm>,
                         public DivideOps<Masm>,
                         public CompareOps<Masm>,
                         public FloatOps<Masm>,
                         public ConvertOps<Masm> {
 public:
  using FunctionState<Masm>::FunctionState;

  void compile(bool needs_zeros) { compile_into(*this, needs_zeros); }

  // The first byte of a function that began at `position` of the buffer.
  static uint32_t aligned(uint32_t position) {
    return (position + kFunctionAlignment - 1) & ~(kFunctionAlignment - 1);
  }

  void on_opcode(Opcode) {}

 protected:
  // `sink`: this object, as what it is.
  template <class Sink>
  void compile_into(Sink& sink, bool needs_zeros) {
    FunctionState<Masm>& state = *this;
    state.masm.align(kFunctionAlignment);
    this->emit_prologue(needs_zeros);
    FunctionDecoder<Sink, Checks::kTrusted>::run(state.cursor, sink);
    state.traps.emit_stubs();
    this->emit_edge_stubs();
    if (!state.control.has_walked_like_first())
      return state.masm.buffer().fail("the walks over the function disagree");
    this->emit_tables();
  }

 private:
  static constexpr uint32_t kFunctionAlignment = 16;
};

}  // namespace wisp::jit
