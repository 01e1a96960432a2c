// What to say about an import that nobody provides or that is of another type: the nearest name,
// the flag that would help, where two types differ.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "component/type/interface_name.h"

namespace wisp::component {

// "; the nearest is `a:b/c@1.0.0`" and the like, or nothing.
std::string missing_interface_advice(std::string_view name,
                                     std::span<const InterfaceName> provided);

// The one that `name` may have been meant to be; empty if none is like it.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> provided);

// Two lines with the types, and a third that points at where they begin to differ.
std::string compare_types(const std::string& expected, const std::string& provided);

}  // namespace wisp::component
