// Whether an item may be given for an import (core specification, section 3.2.7 and 4.5.1, external
// typing).
#pragma once

#include "jit/runtime/store.h"
#include "jit/wasm/module.h"
#include "platform/result.h"

namespace wisp::jit {

// Error kLink with what is needed and what is given.
Result<void> match_import(Store& store, const Module& module, const Import& import,
                          const Extern& given);

}  // namespace wisp::jit
