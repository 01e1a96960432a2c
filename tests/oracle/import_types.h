// Whether an item may be given for an import: core specification 2.0, section 3.3 ("External
// types": matching).
#pragma once

#include "platform/result.h"
#include "tests/oracle/interpreter.h"

namespace wisp::oracle {

Result<void> match_import(const jit::Module& module, const jit::Import& import,
                          const Extern& given);

}  // namespace wisp::oracle
