// ComponentInstance: a running component. Finds exports and calls lifted functions.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "component/types.h"
#include "platform/result.h"

namespace wisp::component {

class ComponentFunction;

class ComponentInstance {
 public:
  // A function exported at the root, or by the exported instance `interface` ("wasi:cli/run@0.2.0":
  // any 0.2.x matches). Null where there is none.
  ComponentFunction* find_function(std::string_view interface, std::string_view name);
};

class ComponentFunction {
 public:
  // Lowers the arguments, calls, lifts the result, runs post-return. Error kTrap, kExit: see
  // Store::last_trap().
  Result<std::optional<Value>> call(std::span<const Value> arguments);
};

}  // namespace wisp::component
