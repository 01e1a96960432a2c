// Names of items from the "component-name" custom section, for messages. The section is looked for
// only when a message is made, and what does not decode is passed over: its content is never an
// error.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md, "Name Section".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace wisp::component {

// `component`: its bytes from the preamble on; `sort`: as encoded, one or two bytes. Empty: none.
std::string_view find_debug_name(std::span<const uint8_t> component, std::span<const uint8_t> sort,
                                 uint32_t index);

}  // namespace wisp::component
