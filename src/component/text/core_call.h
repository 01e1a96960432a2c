// Calls an exported function of a core module with numbers as text: what `wisp run --invoke` does
// where it is not given a component.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "jit/engine.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"

namespace wisp::component {

// Compiles a module that imports nothing; else kUnsupported, with the first import named, before
// any code is made.
Result<std::shared_ptr<const jit::CompiledModule>> compile_without_imports(
    jit::Engine& engine, std::span<const uint8_t> bytes);

// Instantiates the module, calls `_initialize` if it exports that, then the exported function
// `name`. One line for each result (core_value_text.h), without a newline after the last. kLink
// where there is no such function, kUsage for arguments that do not fit.
Result<std::string> call_core_export(jit::Store& store,
                                     std::shared_ptr<const jit::CompiledModule> module,
                                     std::string_view name, std::span<const char* const> arguments);

}  // namespace wisp::component
