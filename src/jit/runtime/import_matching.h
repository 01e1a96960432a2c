// Whether an item may be given for an import (core specification, section 3.2.7 and 4.5.1, external
// typing).
#pragma once

#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"

namespace wisp::jit {

// `import` is one of `module`. Error kLink with what is needed and what is given.
Result<void> match_import(Store& store, const CompiledModule& module, const Import& import,
                          const Extern& given);

}  // namespace wisp::jit
