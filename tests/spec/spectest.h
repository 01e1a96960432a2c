// The modules that every core script may import; made anew for each.
#pragma once

#include "tests/spec/core_engine.h"

namespace wisp::spec {

Namespace make_spectest(CoreEngine& engine);
// `gc`, which collects no garbage: there is none.
Namespace make_wasmtime(CoreEngine& engine);

}  // namespace wisp::spec
