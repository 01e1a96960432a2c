// TrapTable: which instructions of a module may trap or call, and where in the wasm bytes they come
// from.
//
// Produced by the compiler beside the code, sorted by code offset; read by the signal handler and
// for backtraces, so it is plain data behind a span. What has an entry:
//
//   trap stub   at its `ud2` / `udf`, with its TrapCode
//   division    that faults by itself (x86-64), at or before the instruction: the kind
//               kIntegerDivideByZero and the register of the divisor, at which the handler looks:
//               0 is division by zero, else the quotient overflowed
//   access      to memory, at or before the instruction: kMemoryOutOfBounds
//   call        its *return address*: kNone. What starts there may have an entry of its own, which
//               stands behind that of the call
//
// Between an entry that lies before its instruction and that instruction nothing else faults. An
// access without an entry still traps, by its address; it reports the wasm offset of the entry
// before.
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
  // Number of a general register, in the numbering of the architecture.
  uint8_t divisor = kNoDivisor;
};
static_assert(sizeof(TrapSite) == 12);

class TrapTable {
 public:
  TrapTable() = default;
  explicit TrapTable(std::span<const TrapSite> sites) : sites_(sites) {}

  // The last entry that does not lie behind this offset, or null.
  const TrapSite* find_at_or_before(uint32_t code_offset) const {
    auto after = std::upper_bound(
        sites_.begin(), sites_.end(), code_offset,
        [](uint32_t offset, const TrapSite& site) { return offset < site.code_offset; });
    return after == sites_.begin() ? nullptr : &*(after - 1);
  }
  // The entry of the call that returns to this offset: the first one there. Null: there is none.
  const TrapSite* find_call(uint32_t return_offset) const {
    auto at = std::lower_bound(
        sites_.begin(), sites_.end(), return_offset,
        [](const TrapSite& site, uint32_t offset) { return site.code_offset < offset; });
    return at == sites_.end() || at->code_offset != return_offset ? nullptr : &*at;
  }
  std::span<const TrapSite> sites() const { return sites_; }

 private:
  std::span<const TrapSite> sites_;
};

}  // namespace wisp::jit
