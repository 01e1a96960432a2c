// Flattening: the core types that stand for component types. Sizes and alignments are in the type
// nodes (types.h); what is left of the specification's layout is here.
//
// CanonicalABI.md, "Flattening". Lifting and lowering do not need it: a value of a joined slot is
// its bits, zero-extended.
#pragma once

#include <span>
#include <type_traits>
#include <vector>

#include "component/type/types.h"
#include "jit/wasm/types.h"

namespace wisp::component {

// More values than these travel in memory.
constexpr uint32_t kMaxFlatParams = 16;
constexpr uint32_t kMaxFlatResults = 1;

// CanonicalABI.md, "Alignment"; `alignment` is a power of two.
template <class Unsigned>
constexpr Unsigned align_to(Unsigned offset, std::type_identity_t<Unsigned> alignment) {
  return (offset + alignment - 1) & ~(alignment - 1);
}

// Appends the flat types of `type`.
void flatten_type(const ValType& type, std::vector<jit::ValueType>& flat);

enum class CanonicalDirection : uint8_t { kLift, kLower };
// The type of the core function that is lifted, or that lowering makes.
jit::FuncType flatten_functype(const FuncType& type, CanonicalDirection direction);

// Values that travel together, the parameters or the result of a function: how many flat values
// they are, and their layout as a tuple. Made once per function.
struct ValueList {
  std::span<const LabeledType> types;
  uint32_t max_flat = 0;  // with more flat values than this they are in memory
  uint32_t flat_count = 0;
  uint32_t size = 0;
  uint32_t alignment = 1;
  // They are flat, and every bit pattern of every slot is a value: u32 to f64.
  bool is_plain = true;

  bool in_memory() const { return flat_count > max_flat; }
};
ValueList make_value_list(std::span<const LabeledType> types, uint32_t max_flat);
// Of what a function returns; `result`, whose type may be null, outlives the list.
inline ValueList make_result_list(const LabeledType& result) {
  return make_value_list({&result, result.type == nullptr ? 0u : 1u}, kMaxFlatResults);
}

}  // namespace wisp::component
