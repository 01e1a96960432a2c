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

#include "jit/runtime/code_services.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/command_world.h"
#include "wasi/context.h"

namespace wisp::wasi::preview1 {

// `arguments` are those of the function that is called (core_value_text.h). The result has one line
// for each of its results. Errors: kLink for what is not provided or not exported, kUsage for
// arguments that do not fit, all before any guest code runs; kLimit where the guest exits with a
// status beyond 125; kTrap: `trap` has the reason and the backtrace.
Result<Invoked> run_module(std::shared_ptr<jit::CodeServices> engine,
                           std::shared_ptr<const jit::CompiledModule> module, WasiContext& context,
                           const CommandOptions& options, std::optional<std::string_view> function,
                           std::span<const char* const> arguments, jit::Trap& trap);

}  // namespace wisp::wasi::preview1
