// The trampolines of x86-64.
#pragma once

#include "jit/compiler/trampolines.h"
#include "platform/cpu_features.h"

namespace wisp::jit::x64 {

TrampolineBatch compile_trampolines(const CpuFeatures& features, const TrampolineRequest& request);

}  // namespace wisp::jit::x64
