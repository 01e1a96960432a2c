// ModuleContext: what the compilation of every function of a module shares; immutable while
// functions are compiled.
//
// External interface: CompilerOptions, ModuleContext.
#pragma once

#include <vector>

#include "jit/compiler/frame_layout.h"
#include "jit/runtime/vm_context.h"
#include "jit/wasm/module.h"

namespace wisp::jit {

// Parts that can be left out, to measure and to bisect them. Every combination is correct.
struct CompilerOptions {
  bool homes = true;    // registers for hot locals
  bool folding = true;  // constants, immediates, memory operands, results straight into locals
  bool fusion = true;   // compare with branch and select
  // Not 0: with checks and random places of operands (checked_compiler.h), for tests and fuzzing.
  uint64_t checks_seed = 0;
};

struct ModuleContext {
  ModuleContext(const Module& the_module, const ConventionTables& convention,
                CompilerOptions the_options);

  const Module& module;
  CompilerOptions options;
  InstanceLayout layout;
  std::vector<CallLayout> call_layouts;  // by type index
  // By table index: every function in it belongs to this instance, whatever happens, so that calls
  // through it need not switch the context.
  std::vector<bool> table_is_private;
};

}  // namespace wisp::jit
