// UTF-8: strict validation (no overlong forms, no surrogates, nothing above U+10FFFF).
#pragma once

#include <cstddef>
#include <string_view>

namespace wisp {

bool is_valid_utf8(std::string_view text);
// The length of the longest prefix that is valid.
size_t valid_utf8_prefix(std::string_view text);

}  // namespace wisp
