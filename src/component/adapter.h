// Adapter: values straight from one guest to another, without a form of the host in between.
//
// Plain lift and lower, fused per value: everything is checked as it is read, and written at once.
// The specification lifts all values before it lowers the first; the difference is only in how many
// calls of realloc a trap leaves behind, which no guest lives to see.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "component/layout.h"
#include "component/place.h"
#include "component/types.h"

namespace wisp::component {

// False: a trap is latched.
bool transfer(const CallSide& source, const CallSide& destination, const ValType& type, Place from,
              Place to);

// All values of one direction of a call. `from_slots` and `to_slots` as for lift_values and
// lower_values.
bool transfer_values(const CallSide& source, const CallSide& destination, const ValueList& list,
                     uint64_t* from_slots, uint64_t* to_slots,
                     std::optional<uint32_t> return_area = std::nullopt);

}  // namespace wisp::component
