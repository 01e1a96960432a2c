#include "jit/a64/trampolines.h"

#include "jit/a64/masm.h"

namespace wisp::jit::a64 {

TrampolineBatch compile_trampolines(const CpuFeatures& features, const TrampolineRequest& request) {
  return TrampolineCompiler<Masm>(features).compile(request);
}

AdapterBatch compile_adapters(const CpuFeatures& features, std::span<const AdapterShape> shapes) {
  return AdapterCompiler<Masm>(features).compile(shapes);
}

}  // namespace wisp::jit::a64
