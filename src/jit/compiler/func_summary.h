// What the first walk learns about a function body: FuncSummary, LocalInfo, LoopInfo, BlockInfo.
//
// External interface: plain data, filled by SummaryBuilder, read by home_alloc and
// FunctionCompiler. One object per thread is used for one function after the other; `begin` forgets
// only what the last function touched, so that a function costs what it uses, not what it declares
// (but for a byte of type for each local).
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "jit/wasm/types.h"
#include "platform/check.h"

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

// By local index. Memory that is zero, and is not there before it is touched: 50,000 locals that
// nobody uses cost nothing. Only `weight` is valid in one that was not accessed.
class LocalInfos {
 public:
  LocalInfo& operator[](size_t local) { return infos_[local]; }
  const LocalInfo& operator[](size_t local) const { return infos_[local]; }
  // Room for so many. Forgets all if there is less.
  void require(size_t count) {
    if (count <= size_) return;
    size_ = std::max(count, 2 * size_);
    infos_.reset(static_cast<LocalInfo*>(std::calloc(size_, sizeof(LocalInfo))));
    WISP_CHECK(infos_ != nullptr);
  }

 private:
  struct Free {
    void operator()(LocalInfo* infos) const { std::free(infos); }
  };
  std::unique_ptr<LocalInfo[], Free> infos_;
  size_t size_ = 0;
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
  LocalInfos locals;                   // room for all of local_types
  std::vector<uint32_t> touched;       // locals with weight, in order of first access
  std::vector<LoopInfo> loops;
  std::vector<BlockInfo> blocks;
  uint32_t param_count = 0;
  uint32_t max_operand_height = 0;
  uint32_t outgoing_slots = 0;   // most stack slots that a call needs
  bool has_calls = false;        // of functions or builtins
  bool leaves_instance = false;  // calls an import, or through a table

  void begin() {
    for (uint32_t local : touched) locals[local].weight = 0;
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
