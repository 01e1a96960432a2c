// The Backend of x86-64, for engine.cpp.
#pragma once

#include "jit/compiler/backend.h"

namespace wisp::jit::x64 {

const Backend& backend();

}  // namespace wisp::jit::x64
