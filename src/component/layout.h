// Flattening: the core types that stand for component types. Sizes and alignments are in the type
// nodes (types.h); what is left of the specification's layout is here.
//
// CanonicalABI.md, "Flattening". Lifting and lowering do not need it: a value of a joined slot is
// its bits, zero-extended.
#pragma once

#include <vector>

#include "component/types.h"
#include "jit/wasm/types.h"

namespace wisp::component {

// Appends the flat types of `type`.
void flatten_type(const ValType& type, std::vector<jit::ValueType>& flat);

enum class CanonicalDirection : uint8_t { kLift, kLower };
// The type of the core function that is lifted, or that lowering makes.
jit::FuncType flatten_functype(const FuncType& type, CanonicalDirection direction);

// How many flat values the parameters have together, and where they are when laid out as a tuple.
struct ParameterLayout {
  uint32_t flat_count = 0;
  uint32_t size = 0;
  uint32_t alignment = 1;
};
ParameterLayout layout_of(std::span<const LabeledType> types);

}  // namespace wisp::component
