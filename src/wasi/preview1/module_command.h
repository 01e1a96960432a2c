// Runs core modules, commands and reactors of preview 1 and those that import nothing, as `wasmtime
// run` does.
//
//   1. the imports are linked, the module is instantiated, its start function runs
//   2. `_initialize` is called, if it exports that (a reactor)
//   3. the function that was asked for, else the export without a name, else `_start` is called
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "jit/runtime/code_services.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/command_world.h"
#include "wasi/context.h"

namespace wisp::wasi::preview1 {

// What step 3 does.
struct ModuleCall {
  std::optional<uint32_t> function;  // nothing: the start function and `_initialize` were all
  std::vector<uint64_t> arguments;
};

// Looks whether the module can be run, which needs no code. `arguments` are those of the function
// that is called (core_value_text.h). Errors: kLink for what is not provided or not exported,
// kUsage for arguments that do not fit.
Result<ModuleCall> prepare_call(const jit::Module& module, component::UnknownImports unknown,
                                std::optional<std::string_view> function,
                                std::span<const char* const> arguments);

// The result has one line for each result of the function. Errors: kLink for imports of other types
// than are provided; kLimit where the guest exits with a status beyond 125; kTrap: `trap` has the
// reason and the backtrace.
Result<Invoked> run_module(std::shared_ptr<jit::CodeServices> engine,
                           std::shared_ptr<const jit::CompiledModule> module, WasiContext& context,
                           const CommandOptions& options, ModuleCall call, jit::Trap& trap);

}  // namespace wisp::wasi::preview1
