// The compiler for x86-64: FunctionCompiler over x64::Masm, and its Backend. Nothing else.
#include "jit/x64/compiler.h"

#include "jit/compiler/code_generator.h"
#include "jit/x64/masm.h"

namespace wisp::jit::x64 {

static_assert(MacroAssembler<Masm>);

const Backend& backend() {
  static constexpr uint32_t kElfMachine = 62;  // EM_X86_64
  static const Backend kBackend{"x86-64", kElfMachine, convention_of<Masm>(),
                                [](const ModuleContext& context,
                                   const CpuFeatures& features) -> std::unique_ptr<CodeGenerator> {
                                  return std::make_unique<MasmCodeGenerator<Masm>>(context,
                                                                                   features);
                                },
                                &Masm::patch_call};
  return kBackend;
}

}  // namespace wisp::jit::x64
