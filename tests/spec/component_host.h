// What scripts about components may import: the host that their README describes, without what
// needs async functions.
#pragma once

#include "component/link/component_linker.h"
#include "jit/engine.h"

namespace wisp::spec {

// Kept per script, not per store.
struct ComponentHost {
  uint32_t last_drop = 0;
  uint32_t drops = 0;
};

void add_component_host(component::ComponentLinker& linker, jit::Engine& engine,
                        ComponentHost& host);

}  // namespace wisp::spec
