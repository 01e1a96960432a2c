// compile_module: Module -> CodeImage. Both walks over every body, on one or more threads, then the
// link step.
//
// External interface: ModuleCompileOptions, compile_module. Bodies are cut into batches of
// neighbours, large ones first; each worker has a CodeGenerator of its own, whose buffer becomes
// one stretch of the text. The error returned is that of the first function that has one, whatever
// the number of threads.
#pragma once

#include "jit/compiler/backend.h"
#include "jit/compiler/code_image.h"
#include "platform/result.h"

namespace wisp::jit {

struct ModuleCompileOptions {
  CompilerOptions compiler;
  CpuFeatures features;
  unsigned threads = 0;  // 0: as many as there are cores, for modules that are worth it
};

Result<CodeImage> compile_module(const Module& module, const Backend& backend,
                                 const ModuleCompileOptions& options);

}  // namespace wisp::jit
