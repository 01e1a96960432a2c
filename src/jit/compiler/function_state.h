// FunctionState<Masm>: the function being compiled. It consists of parts by subject; each group of
// opcodes (ops_*.h) names those that it works on.
//
// External interface: FunctionState, the first base of FunctionCompiler. The groups are its other
// bases; they have no members of their own and find the state by a cast of themselves, so that it
// costs nothing to have many:
//   FunctionState<Masm>& state() { return static_cast<FunctionCompiler<Masm>&>(*this); }
//
//   cursor     where walk 2 is in the body (function_decoder.h)
//   lookahead  what the next opcode takes (lookahead.h)
//   frame      where locals and operands lie in memory (function_frame.h)
//   traps      the pc table, stubs that trap (trap_sites.h)
//   homes      the registers of locals (home_state.h)
//   operands   the operand stack, temporaries (operands.h)
//   control    open blocks and their labels (control_state.h)
#pragma once

#include "jit/compiler/control_state.h"
#include "jit/compiler/module_context.h"
#include "jit/compiler/operand_moves.h"
#include "jit/compiler/operand_places.h"
#include "jit/compiler/operands.h"

namespace wisp::jit {

template <class Masm>
class FunctionCompiler;

template <class Masm>
struct FunctionState {
  // `the_memory` holds the summary of this function and its homes, and nothing of another.
  FunctionState(Masm& the_masm, const ModuleContext& the_context, CompilerMemory& the_memory,
                std::vector<TrapSite>& sites, std::vector<CallSite>& the_calls,
                uint32_t the_function, const FunctionBody& body, const HomeResult& the_homes)
      : masm(the_masm),
        context(the_context),
        module(the_context.module),
        memory(the_memory),
        summary(*the_memory.summary),
        calls(the_calls),
        layout(context.call_layouts[module.functions[the_function]]),
        cursor(module, body),
        lookahead(cursor, context.options),
        frame(summary, the_homes),
        traps(masm, cursor, static_cast<uint32_t>(body.file_offset - module.file_offset), sites,
              memory.stubs),
        homes(masm, frame, cursor, memory.homes.data(), the_homes),
        operands(masm, context.options, cursor, frame, traps, homes, memory.nodes.data(),
                 the_homes),
        control(cursor, memory, module.types[module.functions[the_function]]) {}
  FunctionState(const FunctionState&) = delete;
  FunctionState& operator=(const FunctionState&) = delete;

  Masm& masm;
  const ModuleContext& context;
  const Module& module;
  CompilerMemory& memory;
  const FuncSummary& summary;
  std::vector<CallSite>& calls;  // to be patched by the linker
  const CallLayout& layout;      // of the function's own signature

  BodyCursor cursor;
  const Lookahead lookahead;
  const FunctionFrame<Masm> frame;
  TrapSites<Masm> traps;
  HomeState<Masm> homes;
  Operands<Masm> operands;
  ControlState control;
};

}  // namespace wisp::jit
