// The custom section "name": function names for backtraces, perf and gdb. Core specification,
// appendix A.4 (name section).
//
// Interface: `function_name` for a few frames, `function_names` for all of them. Nothing depends on
// this section: where it is malformed, what stands before is used and the rest is ignored.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "jit/wasm/module.h"

namespace wisp::jit {

struct FunctionName {
  uint32_t function;
  std::string_view name;  // views the module's bytes
};

// In the order of the section, which is by index.
std::vector<FunctionName> function_names(const Module& module);

// Empty if the function has no name. Reads the section up to the name.
std::string_view function_name(const Module& module, uint32_t function);

// Empty if the module has no name.
std::string_view module_name(const Module& module);

}  // namespace wisp::jit
