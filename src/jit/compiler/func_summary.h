// What the first walk learns about a function body: FuncSummary, LocalInfo, LoopInfo, BlockInfo.
//
// External interface: plain data, filled by SummaryBuilder, read by home_alloc and
// FunctionCompiler. One object per thread is used for one function after the other; `begin` forgets
// only what the last function touched, so that a function costs what it uses, not what it declares.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/wasm/types.h"

namespace wisp::jit {

inline constexpr uint32_t kNone32 = ~uint32_t{0};

// One local that is accessed by reachable code. Weights count 8^min(loop depth, 6) per event.
struct LocalInfo {
  uint64_t weight = 0;              // of all accesses; 0: never accessed
  uint64_t set_weight = 0;          // of the writes among them
  uint64_t calls_before_first = 0;  // weight of the calls in front of the first access
  uint64_t calls_before_last = 0;
  uint32_t first = 0;  // positions in the body
  uint32_t last = 0;
  uint32_t set_block = kNone32;  // if the first access is a write: the block that it is directly in
  uint32_t outermost_loop = kNone32;  // around the last access
  uint32_t inner_loop = kNone32;      // around the last access, the outermost inside set_block
  uint16_t set_loop_depth = 0;        // loops around set_block
  ValueType type = ValueType::kI32;
};

struct LoopInfo {
  uint32_t end = 0;        // position of its `end`
  uint32_t has_calls = 0;  // a call lies inside
  uint64_t calls_before_end = 0;
};

// Blocks, loops, ifs and elses in order of appearance; number 0 is the function itself.
struct BlockInfo {
  uint32_t end = 0;  // position of its `end` (`else` for the first arm of an if)
  bool is_target = false;
  bool is_innermost_loop = false;  // and no call inside
};

struct FuncSummary {
  std::vector<ValueType> local_types;  // parameters and locals
  std::vector<LocalInfo> locals;       // by index; at least as long as local_types
  std::vector<uint32_t> touched;       // locals with weight, in order of first access
  std::vector<LoopInfo> loops;
  std::vector<BlockInfo> blocks;
  uint32_t param_count = 0;
  uint32_t max_operand_height = 0;
  uint32_t outgoing_slots = 0;   // most stack slots that a call needs
  bool has_calls = false;        // of functions or builtins
  bool leaves_instance = false;  // calls an import, or through a table

  void begin() {
    for (uint32_t local : touched) locals[local] = LocalInfo{};
    touched.clear();
    local_types.clear();
    loops.clear();
    blocks.clear();
    blocks.push_back({});
    param_count = max_operand_height = outgoing_slots = 0;
    has_calls = leaves_instance = false;
  }
};

}  // namespace wisp::jit
