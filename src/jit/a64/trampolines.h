// The trampolines of AArch64.
#pragma once

#include "jit/compiler/trampolines.h"
#include "platform/cpu_features.h"

namespace wisp::jit::a64 {

TrampolineBatch compile_trampolines(const CpuFeatures& features, const TrampolineRequest& request);

}  // namespace wisp::jit::a64
