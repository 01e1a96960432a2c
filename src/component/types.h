// The types and values of the component model, in the words of its specification.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wisp::component {

// A component value that the host holds: for tests, --invoke and plain component-to-component calls.
struct Value;

}  // namespace wisp::component
