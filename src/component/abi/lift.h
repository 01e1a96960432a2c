// Lifting: from a guest's flat values and memory to values of the host.
//
// CanonicalABI.md, "Lifting" and "Loading". Functions return false where they latched a trap.
#pragma once

#include <span>
#include <vector>

#include "component/abi/place.h"
#include "component/type/layout.h"
#include "component/type/types.h"

namespace wisp::component {

bool lift(const CallSide& side, const ValType& type, Place from, Value& value);

// lift_flat_values: where there are too many they are in memory, at the address in slots[0].
bool lift_values(const CallSide& side, const ValueList& list, uint64_t* slots,
                 std::vector<Value>& values);

// Where the values of one direction of a call are: flat, or at a pointer that is checked here.
bool find_values(const CallSide& side, const ValueList& list, uint64_t* slots, Place& place);

// Visits the places of values laid out one after the other, as parameters are.
class PlaceCursor {
 public:
  explicit PlaceCursor(Place start) : start_(start) {}
  Place next(const ValType& type) {
    offset_ = align_to(offset_, type.alignment);
    const Place place = start_.at(slot_, offset_);
    slot_ += type.flat_count;
    offset_ += type.size;
    return place;
  }

 private:
  Place start_;
  uint32_t slot_ = 0;
  uint32_t offset_ = 0;
};

}  // namespace wisp::component
