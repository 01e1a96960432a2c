// ValidationSink: the hooks of walk 1, all of them empty. A sink derives from it and hides those
// that it needs; nothing is virtual, a hook that is not hidden costs nothing.
//
// Only reachable code is reported: from an unconditional branch to the matching `else` or `end` no
// hook is called, that `else` or `end` itself is reported. Walk 2 passes over the same opcodes when
// its sink calls `skip_unreachable`. `position` is the offset of the opcode in the body. Nothing is
// known to be valid before the whole body was walked; but what a hook gets (indices, depths, types)
// was checked before the hook is called.
#pragma once

#include <cstdint>

#include "jit/wasm/immediates.h"
#include "jit/wasm/opcodes.h"
#include "jit/wasm/types.h"

namespace wisp::jit {

struct ValidationSink {
  // One group of local declarations, without the parameters.
  void on_locals(ValueType, uint32_t /* count */) {}

  // Before the hooks below, for every reachable opcode of opcodes.def; with a prefix also for one
  // that turns out to be illegal, but always with a value below kOpcodeLimit.
  void on_opcode(Opcode, uint32_t /* position */) {}

  void on_local_get(uint32_t /* local */, uint32_t /* position */) {}
  void on_local_set(uint32_t /* local */, uint32_t /* position */) {}
  void on_local_tee(uint32_t /* local */, uint32_t /* position */) {}

  void on_block(BlockType, uint32_t /* position */) {}
  void on_loop(BlockType, uint32_t /* position */) {}
  void on_if(BlockType, uint32_t /* position */) {}
  void on_else(uint32_t /* position */) {}
  void on_end(uint32_t /* position */) {}  // the function's final `end` as well

  void on_br(uint32_t /* depth */, uint32_t /* position */) {}
  void on_br_if(uint32_t /* depth */, uint32_t /* position */) {}
  void on_br_table(const BrTable&, uint32_t /* position */) {}
  void on_return(uint32_t /* position */) {}

  void on_call(uint32_t /* function */, uint32_t /* position */) {}
  void on_call_indirect(uint32_t /* type */, uint32_t /* table */, uint32_t /* position */) {}

  // An opcode on a whole table or memory, or of a table's element, that the runtime carries out.
  void on_builtin(uint32_t /* position */) {}

  // A load or a store.
  void on_memory_access(MemArg, uint32_t /* position */) {}

  // Once, at the end of a valid body.
  void on_finish(uint32_t /* max_operand_height */) {}
};

}  // namespace wisp::jit
