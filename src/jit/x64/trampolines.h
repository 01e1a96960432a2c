// The trampolines and adapters of x86-64.
#pragma once

#include "jit/compiler/adapters.h"
#include "jit/compiler/trampolines.h"
#include "platform/cpu_features.h"

namespace wisp::jit::x64 {

TrampolineBatch compile_trampolines(const CpuFeatures& features, const TrampolineRequest& request);
AdapterBatch compile_adapters(const CpuFeatures& features, std::span<const AdapterShape> shapes);

}  // namespace wisp::jit::x64
