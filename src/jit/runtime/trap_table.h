// TrapTable: which instructions of a module may trap or call, and where in the wasm bytes they come
// from.
//
// Produced by the compiler beside the code, sorted by code offset; read by the signal handler and
// for backtraces, so it is plain data behind a span. What has an entry:
//   * `ud2` / `udf` of a trap stub: the offset of that instruction, with its TrapCode;
//   * a division that faults by itself (x86-64): the offset of the instruction,
//   kIntegerDivideByZero, and the register of
//     the divisor, at which the handler looks: 0 is division by zero, else the quotient overflowed;
//   * a memory access: the offset of the instruction, kMemoryOutOfBounds, if its wasm offset is to
//   be exact;
//   * a call: the *return address*, with kNone (or with the code of the access that starts there,
//   if there is one).
// An access to memory without an entry still traps, by its address; it reports the wasm offset of
// the entry before.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "jit/runtime/trap.h"

namespace wisp::jit {

struct TrapSite {
  static constexpr uint8_t kNoDivisor = 0xff;

  uint32_t code_offset = 0;
  uint32_t wasm_offset = 0;  // of the opcode, from the start of the module
  TrapCode code = TrapCode::kNone;
  uint8_t divisor =
      kNoDivisor;  // number of a general register, in the numbering of the architecture
};
static_assert(sizeof(TrapSite) == 12);

class TrapTable {
 public:
  TrapTable() = default;
  explicit TrapTable(std::span<const TrapSite> sites) : sites_(sites) {}

  // The entry of exactly this offset, or null.
  const TrapSite* find(uint32_t code_offset) const {
    const TrapSite* site = find_at_or_before(code_offset);
    return site != nullptr && site->code_offset == code_offset ? site : nullptr;
  }
  // The last entry that does not lie behind this offset, or null.
  const TrapSite* find_at_or_before(uint32_t code_offset) const {
    auto after = std::upper_bound(
        sites_.begin(), sites_.end(), code_offset,
        [](uint32_t offset, const TrapSite& site) { return offset < site.code_offset; });
    return after == sites_.begin() ? nullptr : &*(after - 1);
  }
  std::span<const TrapSite> sites() const { return sites_; }

 private:
  std::span<const TrapSite> sites_;
};

}  // namespace wisp::jit
