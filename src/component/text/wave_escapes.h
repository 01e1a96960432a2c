// Which characters of strings and chars WAVE writes as \u{...}.
#pragma once

#include <cstdint>

namespace wisp::component {

// Quotes, backslashes, tabs and line breaks have escapes of their own and are not among them.
bool is_escaped_in_wave(uint32_t code_point);

}  // namespace wisp::component
