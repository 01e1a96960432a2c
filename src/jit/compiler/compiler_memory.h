// What one thread's compiler keeps from one function to the next, and what it hands to the linker.
//
// External interface: CompilerMemory with what it holds, CallSite.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/home_alloc.h"
#include "jit/compiler/label.h"
#include "jit/compiler/value_node.h"
#include "jit/runtime/trap.h"
#include "jit/wasm/immediates.h"

namespace wisp::jit {

// A stub out of line that raises `code` at a position of the body.
struct TrapStub {
  Label label;
  TrapCode code;
  uint32_t position;
  Gpr entry;  // call_indirect: tells a null entry from a wrong type
};

struct BlockFrame {
  enum class Kind : uint8_t { kFunction, kBlock, kLoop, kIf, kElse };
  Kind kind;
  bool is_joined;       // something jumps to the label in front of which the block ends
  uint32_t height;      // of the operands below its parameters
  uint32_t label;       // index of the label that branches go to
  uint32_t else_label;  // of an if
  BlockType type;
  uint32_t end;  // position in the wasm code of the end of this arm
};

// A jump table that is written behind the code.
struct PendingTable {
  Label label;
  uint32_t first, count;  // in table_targets
};

// The moves of one edge of a branch table, out of line.
struct EdgeStub {
  uint32_t label;
  uint32_t target;
  uint32_t from_height, to_height;
  std::span<const ValueType> types;
};

// Memory that one thread uses for one function after the other.
struct CompilerMemory {
  FuncSummary* summary = nullptr;  // of the function at work
  std::vector<Home> homes;         // by local; those of touched locals are valid
  std::vector<ValueNode> nodes;
  std::vector<TrapStub> stubs;
  std::vector<BlockFrame> control;
  std::vector<Label> labels;  // number 0: the function's
  std::vector<uint32_t> table_targets;
  std::vector<PendingTable> tables;
  std::vector<EdgeStub> edge_stubs;
  std::vector<uint32_t> stub_of_depth;  // for use within one br_table; empty entries between two

  // Forgets what the last function left; not the summary and the homes, which are the next one's.
  void begin_function() {
    stubs.clear();
    control.clear();
    labels.clear();
    table_targets.clear();
    tables.clear();
    edge_stubs.clear();
    // Values are pushed without a check: there is room for all, and for what a call adds.
    if (nodes.size() <= summary->max_operand_height + 1)
      nodes.resize(summary->max_operand_height + 16);
  }
};

// A call whose target is not known before the module is linked.
struct CallSite {
  uint32_t position;  // what Masm::call returned
  uint32_t function;
};

}  // namespace wisp::jit
