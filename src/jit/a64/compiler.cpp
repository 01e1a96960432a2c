// The compiler for AArch64: FunctionCompiler over a64::Masm, and its Backend. Nothing else.
#include "jit/a64/compiler.h"

#include "jit/a64/masm.h"
#include "jit/compiler/code_generator.h"

namespace wisp::jit::a64 {

static_assert(MacroAssembler<Masm>);

const Backend& backend() {
  static constexpr uint32_t kElfMachine = 183;  // EM_AARCH64
  static const Backend kBackend{"aarch64", kElfMachine, convention_of<Masm>(),
                                [](const ModuleContext& context,
                                   const CpuFeatures& features) -> std::unique_ptr<CodeGenerator> {
                                  return std::make_unique<MasmCodeGenerator<Masm>>(context,
                                                                                   features);
                                },
                                &Masm::patch_call};
  return kBackend;
}

}  // namespace wisp::jit::a64
