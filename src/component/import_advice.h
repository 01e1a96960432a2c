// What to say about an interface that nobody provides: the nearest one, the flag that would help.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "component/interface_name.h"

namespace wisp::component {

// "; the nearest is `a:b/c@1.0.0`" and the like, or nothing.
std::string missing_interface_advice(std::string_view name,
                                     std::span<const InterfaceName> provided);

}  // namespace wisp::component
