// What a guest of adapter_guest.h is to do in a call, written into its memory: the flat values and
// the answers of its allocator.
#pragma once

#include <array>

#include "tests/support/adapter/reference_values.h"
#include "tests/support/random_source.h"

namespace wisp::test {

constexpr size_t kMaxSlots = 32;
using Slots = std::array<uint64_t, kMaxSlots>;

inline bool is_narrow(jit::ValueType type) {
  return type == jit::ValueType::kI32 || type == jit::ValueType::kF32;
}
inline void store_slot(ReferenceGuest& guest, uint32_t address, jit::ValueType type,
                       uint64_t value) {
  guest.store(address, is_narrow(type) ? 4 : 8, value);
}
inline uint64_t load_slot(const ReferenceGuest& guest, uint32_t address, jit::ValueType type) {
  return guest.load(address, is_narrow(type) ? 4 : 8);
}

// What the guest calls a function of this type with.
inline Slots slots_of(const ReferenceGuest& guest, const jit::FuncType& lowered) {
  Slots slots = {};
  for (uint32_t i = 0; i < lowered.params.size(); ++i) {
    slots[i] = load_slot(guest, kParamsAt + 8 * i, lowered.params[i]);
  }
  return slots;
}

// Where it wants a result that is in memory: behind its values, at times anywhere.
inline uint32_t return_area(RandomSource& random, uint32_t values_end) {
  return random.one_in(16) ? static_cast<uint32_t>(random.word()) : (values_end + 16) / 8 * 8;
}
// Lowers what the function returned, in the reference.
inline void return_results(ReferenceGuest& guest, const jit::FuncType& lowered,
                           const component::ValueList& list,
                           const std::vector<ReferenceValue>& results, const Slots& slots) {
  const auto area =
      static_cast<uint32_t>(slots[lowered.params.size() - (list.in_memory() ? 1 : 0)]);
  uint64_t result_slot = 0;
  lower_all(guest, list, results, &result_slot, list.in_memory() ? &area : nullptr);
  if (!list.in_memory()) store_slot(guest, kResultAt, lowered.results[0], result_slot);
}

// Where the bump allocator begins, and which calls of realloc do something else.
inline void make_realloc_script(RandomSource& random, ReferenceGuest& guest, uint32_t next) {
  guest.store(kNextAt, 4, random.one_in(8) ? kWasmPage - random.below(512) : next);
  const uint32_t changes = random.below(4);
  for (uint32_t i = 0; i < changes; ++i) {
    const uint32_t call = random.below(random.one_in(4) ? kMaxReallocs : 6);
    guest.store(kScriptAt + 8 * call, 4, random.below(6));
    const uint32_t answer = random.one_in(3)
                                ? static_cast<uint32_t>(random.word())
                                : kWasmPage / 2 + 8 * random.below(4096) + random.below(2);
    guest.store(kScriptAt + 8 * call + 4, 4, answer);
  }
}

}  // namespace wisp::test
