// The imports and exports of a decoded core module, as a ModuleType says them.
//
// Types of functions are views into the module, which outlives what is made of them.
#pragma once

#include <vector>

#include "component/type/types.h"
#include "jit/wasm/module.h"

namespace wisp::component {

std::vector<CoreImport> core_imports(const jit::Module& module);
std::vector<CoreExport> core_exports(const jit::Module& module);

}  // namespace wisp::component
