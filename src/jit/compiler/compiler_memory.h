// What one thread's compiler keeps from one function to the next, and what it hands to the linker.
//
// External interface: CompilerMemory, CallSite.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/home_alloc.h"
#include "jit/compiler/value_node.h"

namespace wisp::jit {

// Memory that one thread uses for one function after the other.
struct CompilerMemory {
  FuncSummary summary;
  std::vector<Home> homes;  // by local; those of touched locals are valid
  std::vector<ValueNode> nodes;
};

// A call whose target is not known before the module is linked.
struct CallSite {
  uint32_t position;  // what Masm::call returned
  uint32_t function;
};

}  // namespace wisp::jit
