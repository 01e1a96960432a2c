// AdapterShape of each lowered function whose callee is a lifted one: what the compiler has to
// know, and what of the checks of CanonicalABI.md, `canon lift` and `canon lower`, is dead.
//
//   may_leave   false only while realloc or a post-return runs: never in an instance none of whose
//               functions has one
//   may_enter   Component instances are numbered in the order in which they are made, and what is
//               imported was made before. So calls, and drops of resources that have a destructor,
//               go from higher to lower numbers, and nobody calls back, unless a component drops
//               resources of one inside it. The host is kept out by the flag of the root. Only a
//               component with such an upward edge keeps the tests (call_from_component).
//
// Private to the component layer.
#pragma once

#include <memory>
#include <vector>

#include "component/abi/transfer.h"
#include "component/model/component.h"
#include "jit/runtime/adapter_shape.h"

namespace wisp::component {

struct AdapterChoice {
  // One for each trampoline: the index of its shape, or kNoIndex: call_from_component.
  std::vector<uint32_t> shape_of;
  bool tests_root_only = true;  // the flag of the root says whether the host may enter
};
AdapterChoice plan_adapters(const Component& component, std::vector<jit::AdapterShape>& shapes);

// How values get from the callers to the lifted functions that are lowered, where adapters do not
// move them themselves.
std::shared_ptr<const TransferPlans> plan_transfers(const Component& component);

}  // namespace wisp::component
