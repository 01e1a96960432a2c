// Lowering: from values of the host to a guest's flat values and memory.
//
// CanonicalABI.md, "Lowering" and "Storing". Functions return false where they latched a trap.
#pragma once

#include <optional>
#include <span>

#include "component/abi/place.h"
#include "component/type/layout.h"
#include "component/type/types.h"

namespace wisp::component {

// `value` must be of the type: see matches.
bool lower(const CallSide& side, const ValType& type, const Value& value, Place to);

// Whether a value that somebody made has the shape that its type asks for.
bool matches(const ValType& type, const Value& value);

// lower_flat_values: where there are too many they go to memory: to the return area that the caller
// gave, or to a block from the guest's allocator, whose address is then slots[0].
bool lower_values(const CallSide& side, const ValueList& list, std::span<const Value> values,
                  uint64_t* slots, std::optional<uint32_t> return_area = std::nullopt);

// Where they go.
bool prepare_values(const CallSide& side, const ValueList& list, uint64_t* slots,
                    std::optional<uint32_t> return_area, Place& place);

}  // namespace wisp::component
