// CodeImage: the machine code of a module and what must be known about it. Immutable once linked,
// position independent.
//
// It holds no absolute address: functions call each other relatively, builtins, imports and
// signatures are reached through the VmContext. So it can be copied anywhere, shared by processes,
// or kept on disk. External interface: CodeImage.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "jit/runtime/trap_table.h"
#include "platform/virtual_memory.h"

namespace wisp::jit {

struct CodeImageHeader {
  static constexpr uint32_t kFormatVersion = 1;
  uint32_t format_version = kFormatVersion;
  uint32_t architecture = 0;  // ELF machine number
  uint32_t cpu_features = 0;  // that the code needs; bits of the architecture's Masm
};

struct CodeImage {
  CodeImageHeader header;
  // The text lies at its start, writable still.
  Reservation memory;
  size_t text_bytes = 0;
  std::span<const uint8_t> text() const { return {memory.base(), text_bytes}; }

  // By index among the defined functions: first byte of its code, and the byte behind its last.
  // They lie in any order.
  std::vector<uint32_t> function_offsets;
  std::vector<uint32_t> function_ends;
  std::vector<TrapSite> trap_sites;  // sorted by code offset
  // Defined functions in the order in which they lie in the text: finds the function of a pc by
  // binary search.
  std::vector<uint32_t> functions_by_offset;

  // Index among the defined functions of the one whose code holds `code_offset`; -1 if none does.
  int64_t function_at(uint32_t code_offset) const;
};

}  // namespace wisp::jit
