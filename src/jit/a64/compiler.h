// The Backend of AArch64, for engine.cpp.
#pragma once

#include "jit/compiler/backend.h"

namespace wisp::jit::a64 {

const Backend& backend();

}  // namespace wisp::jit::a64
