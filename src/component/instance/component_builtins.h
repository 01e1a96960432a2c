// The canonical built-ins that are core functions of their own: resource.new, resource.drop,
// resource.rep, context.get and context.set.
//
// All are jit::HostCode; the environment is a BuiltinEnvironment.
#pragma once

#include "component/instance/instance_state.h"

namespace wisp::component {

jit::TrapCode resource_new(void* environment, uint64_t* values);
jit::TrapCode resource_drop(void* environment, uint64_t* values);
jit::TrapCode resource_rep(void* environment, uint64_t* values);
jit::TrapCode context_get(void* environment, uint64_t* values);
jit::TrapCode context_set(void* environment, uint64_t* values);

}  // namespace wisp::component
