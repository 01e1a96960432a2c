// The frame of a compiled function, and where arguments and results are passed.
//
//   higher addresses
//     stack results        caller's outgoing area, behind the stack arguments
//     stack arguments      Masm::incoming_stack_slot(0), (1), ... 8 bytes each
//     return address
//     caller's frame pointer                <- kFramePointer
//     saved pins           FrameShape::saved, 8 bytes each
//     own context          only if the function calls other instances (FunctionCompiler)
//     locals in the frame  8 bytes each
//     operand slots        canonical place of the n-th operand, 8 bytes each
//     outgoing area        Masm::outgoing_stack_slot(0), (1), ...
//                                           <- kStackPointer, aligned to 16
//
// The chain of frame pointers is intact in every frame: backtraces walk it.
// External interface: FrameShape, CallLayout (the wasm calling convention of one signature),
// kProbeIntervalBytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jit/compiler/value_class.h"

namespace wisp::jit {

// A guest stack ends in a guard at least this large; larger frames are probed at this distance.
inline constexpr uint32_t kProbeIntervalBytes = 32 * 1024;

// What prologue and epilogue need. `size_bytes` is the room below the saved registers; the Masm
// rounds the whole up so that the stack pointer is aligned.
struct FrameShape {
  RegisterSet saved;
  uint32_t size_bytes = 0;
};

// Where one argument or result is: in a register of its class, or in the stack area.
struct ValuePlace {
  enum class Kind : uint8_t { kGpr, kFpr, kStack };
  Kind kind = Kind::kStack;
  ValueType type = ValueType::kI32;
  uint16_t reserved = 0;
  uint32_t index = 0;  // register code, or number of the stack slot
};
static_assert(sizeof(ValuePlace) == 8);

// The convention: the n-th integer in the n-th integer register, the n-th float in the n-th float
// register, the rest in stack slots in order. Results likewise; stack results lie behind the stack
// arguments, so both are in one outgoing area.
struct CallLayout {
  std::vector<ValuePlace> params;
  std::vector<ValuePlace> results;
  uint32_t stack_slots = 0;  // arguments and results together
};

struct ConventionTables {
  std::span<const Gpr> int_arguments, int_results;
  std::span<const Fpr> float_arguments, float_results;
};

inline CallLayout layout_call(const FuncType& type, const ConventionTables& tables) {
  CallLayout layout;
  auto place_all = [&](const std::vector<ValueType>& types, std::span<const Gpr> ints,
                       std::span<const Fpr> floats, std::vector<ValuePlace>& places) {
    size_t next_int = 0;
    size_t next_float = 0;
    places.reserve(types.size());
    for (ValueType type_of_value : types) {
      ValuePlace place;
      place.type = type_of_value;
      if (is_in_float_register(type_of_value) && next_float < floats.size()) {
        place.kind = ValuePlace::Kind::kFpr;
        place.index = floats[next_float++].code;
      } else if (!is_in_float_register(type_of_value) && next_int < ints.size()) {
        place.kind = ValuePlace::Kind::kGpr;
        place.index = ints[next_int++].code;
      } else {
        place.index = layout.stack_slots++;
      }
      places.push_back(place);
    }
  };
  place_all(type.params, tables.int_arguments, tables.float_arguments, layout.params);
  place_all(type.results, tables.int_results, tables.float_results, layout.results);
  return layout;
}

// A register that calls clobber and that passes no argument: free while arguments are in theirs.
template <class Masm>
constexpr Gpr call_scratch() {
  RegisterSet clobbered = Masm::kIntTemporaries;
  for (Gpr pin : Masm::kCallerSavedPins) clobbered.add(pin.code);
  for (Gpr argument : Masm::kIntArguments) clobbered.remove(argument.code);
  return Gpr{clobbered.first()};
}

template <class Masm>
constexpr ConventionTables convention_of() {
  return {Masm::kIntArguments, Masm::kIntResults, Masm::kFloatArguments, Masm::kFloatResults};
}

}  // namespace wisp::jit
