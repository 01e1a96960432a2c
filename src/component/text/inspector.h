// What a component or a core module consists of, as text for people: imports, exports, core modules
// with their sizes, instances, nested components.
//
// Interface: inspect_component, inspect_module. The order is that of the file, indices are those of
// the index spaces, sizes are in bytes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "platform/result.h"

namespace wisp::component {

// Decodes and validates (but for function bodies), gated features included.
Result<std::string> inspect_component(std::span<const uint8_t> bytes);
Result<std::string> inspect_module(std::span<const uint8_t> bytes);

}  // namespace wisp::component
