// What a core module imports, given: the functions of preview 1, and what stands for all else.
#pragma once

#include <vector>

#include "component/link/component_linker.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/preview1/process.h"

namespace wisp::wasi::preview1 {

// Error kLink: everything that is not provided.
Result<void> refuse_unknown(const jit::Module& module);

// In the order of Module::imports, for the process, which outlives what is made. `unknown` says
// what stands for what is not provided.
Result<std::vector<jit::Extern>> link_imports(Process& process, const jit::Module& module,
                                              component::UnknownImports unknown);

}  // namespace wisp::wasi::preview1
