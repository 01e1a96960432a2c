// MasmCodeGenerator<Masm>: the CodeGenerator of one architecture; homes and walk 2 of each
// function.
//
// External interface: MasmCodeGenerator, instantiated by each architecture's compiler.cpp.
#pragma once

#include "jit/compiler/backend.h"
#include "jit/compiler/checked_compiler.h"
#include "jit/compiler/function_compiler.h"

namespace wisp::jit {

template <class Masm>
class MasmCodeGenerator final : public CodeGenerator {
 public:
  template <class... MasmArguments>
  explicit MasmCodeGenerator(const ModuleContext& context, MasmArguments&&... arguments)
      : context_(context),
        masm_(std::forward<MasmArguments>(arguments)...),
        homes_({Masm::kCalleeSavedPins, Masm::kCallerSavedPins, Masm::kCalleeSavedFloatPins,
                Masm::kCallerSavedFloatPins}) {}

  Range generate(uint32_t function, const FunctionBody& body, FuncSummary& summary) override {
    memory_.summary = &summary;
    const uint32_t begin = masm_.offset();
    const size_t sites = sites_.size();
    const size_t calls = calls_.size();
    if (!try_generate(function, body, Reach::kNear)) {
      masm_.buffer().truncate(begin);
      sites_.resize(sites);
      calls_.resize(calls);
      try_generate(function, body, Reach::kAny);
    }
    return {FunctionCompiler<Masm>::aligned(begin), masm_.offset()};
  }
  EmitBuffer& buffer() override { return masm_.buffer(); }

 private:
  bool try_generate(uint32_t function, const FunctionBody& body, Reach reach) {
    HomeResult homes = homes_.allocate(*memory_.summary, context_.options.homes, memory_.homes);
    masm_.begin_function(reach);
    memory_.begin_function();
    if (const uint64_t seed = context_.options.checks_seed; seed != 0) [[unlikely]]
      CheckedCompiler<Masm>(seed ^ uint64_t{function} << 32, masm_, context_, memory_, sites_,
                            calls_, function, body, homes)
          .compile(homes.needs_zeros);
    else
      FunctionCompiler<Masm>(masm_, context_, memory_, sites_, calls_, function, body, homes)
          .compile(homes.needs_zeros);
    return masm_.end_function();
  }

  const ModuleContext& context_;
  Masm masm_;
  HomeAllocator homes_;
};

}  // namespace wisp::jit
