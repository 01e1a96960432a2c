// Backend: what the engine picks once, and what one architecture's compiler.cpp fills in.
// CodeGenerator: one thread's compiler.
//
// External interface: Backend, CodeGenerator.
#pragma once

#include <memory>

#include "jit/compiler/compiler_memory.h"
#include "jit/compiler/emit_buffer.h"
#include "jit/compiler/module_context.h"
#include "jit/runtime/trap_table.h"
#include "platform/cpu_features.h"

namespace wisp::jit {

// Generates the code of one function after the other into one buffer. One per thread.
class CodeGenerator {
 public:
  virtual ~CodeGenerator() = default;

  // Behind walk 1: homes, then walk 2. The code is [begin, end) of the buffer. Its error is to be
  // looked at: a bug of ours, or too much code.
  struct Range {
    uint32_t begin, end;
  };
  virtual Range generate(uint32_t function, const FunctionBody& body, FuncSummary& summary) = 0;
  virtual EmitBuffer& buffer() = 0;

  // Room for what bodies of so many bytes leave behind, as measured: a call or access in twelve
  // bytes.
  void reserve(size_t body_bytes) { sites_.reserve(body_bytes / 11 + 64); }

  CompilerMemory& memory() { return memory_; }
  std::vector<TrapSite>& sites() { return sites_; }
  std::vector<CallSite>& calls() { return calls_; }

 protected:
  CompilerMemory memory_;
  std::vector<TrapSite> sites_;  // offsets in the buffer
  std::vector<CallSite> calls_;
};

struct Backend {
  const char* name;
  uint32_t elf_machine;
  ConventionTables convention;
  std::unique_ptr<CodeGenerator> (*make_generator)(const ModuleContext& context,
                                                   const CpuFeatures& features);
  // Makes the direct call at `position` (see Masm::call) reach `target`; both are offsets in the
  // text. False: it is too far away.
  bool (*patch_call)(uint8_t* text, uint32_t position, uint32_t target);
};

}  // namespace wisp::jit
