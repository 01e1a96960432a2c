// Calls a function of the host with dynamic values: for a component that exports one of its
// imports.
//
// The function lifts from a guest's memory and lowers to it. Here the guest is nobody: a memory and
// a handle table that live as long as the call. Private to the component layer.
#pragma once

#include <optional>
#include <span>

#include "component/component_instance.h"
#include "component/types.h"

namespace wisp::component {

// What the call needs of the instance that exports the function.
struct ImportedCallee {
  jit::Store* store;
  const ResolvedImports::Function* function;
  const FuncType* type;
  const RuntimeResourceType* const* resource_types;
  const HostLimits* limits;
};

// On the guest stack. Latches a trap in `call` where it returns nothing and should not.
std::optional<Value> call_imported_function(const ImportedCallee& callee, CallState& call,
                                            std::span<const Value> arguments);

}  // namespace wisp::component
