// Exported functions of a core module, called with numbers as text: what `wisp run --invoke` does
// where it is not given a component.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "jit/wasm/module.h"
#include "platform/result.h"

namespace wisp::component {

// Its index in the module.
std::optional<uint32_t> find_core_function(const jit::Module& module, std::string_view name);
// "`add`, `sub` and 3 more"
std::string list_core_functions(const jit::Module& module);

// For Store::call: with room for the results. What goes beyond the parameters is ignored. kUsage
// for arguments that do not fit; `name` is the function's.
Result<std::vector<uint64_t>> parse_core_arguments(const jit::FuncType& type, std::string_view name,
                                                   std::span<const char* const> arguments);

// One line for each result (core_value_text.h), without a newline after the last.
std::string core_results_to_text(const jit::FuncType& type, std::span<const uint64_t> values);

}  // namespace wisp::component
