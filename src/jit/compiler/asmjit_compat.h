// The only place that names asmjit API which changed between its versions, and the one door to
// asmjit's core.
//
// External interface: the core headers and a handful of wrappers in namespace wisp::jit::compat.
// Written against 1.9 (Debian 12). Newer versions renamed members to snake_case and some
// enumerators; what differs is to be wrapped here.
#pragma once

#include <asmjit/core.h>

#include <cstddef>
#include <cstdint>

namespace wisp::jit::compat {

// 1.9.0 as (major << 16 | minor << 8 | patch).
static_assert(ASMJIT_LIBRARY_VERSION >> 8 == 0x0109,
              "another asmjit: adapt the wrappers of this file");

// Raw access to an assembler's write position: the public fields that its own writer uses.
inline uint8_t*& cursor(asmjit::BaseAssembler& assembler) { return assembler._bufferPtr; }
inline uint8_t* begin(const asmjit::BaseAssembler& assembler) { return assembler._bufferData; }
inline uint8_t* end(const asmjit::BaseAssembler& assembler) { return assembler._bufferEnd; }

// Tells asmjit how much of the section is in use. Its own writer does this after each instruction.
inline void sync_size(asmjit::BaseAssembler& assembler) {
  assembler._section->_buffer._size =
      static_cast<size_t>(assembler._bufferPtr - assembler._bufferData);
}

// Makes the assembler write to [memory, memory + size_bytes), which is not asmjit's and which it
// must not grow: it would not copy. The cursor stays where it is.
inline void use_memory(asmjit::BaseAssembler& assembler, uint8_t* memory, size_t size_bytes) {
  asmjit::CodeBuffer& buffer = assembler._section->_buffer;
  const size_t used = static_cast<size_t>(assembler._bufferPtr - assembler._bufferData);
  buffer._data = memory;
  buffer._capacity = size_bytes;
  buffer._flags = asmjit::CodeBufferFlags::kIsExternal | asmjit::CodeBufferFlags::kIsFixed;
  assembler._bufferData = memory;
  assembler._bufferEnd = memory + size_bytes;
  assembler._bufferPtr = memory + used;
}

inline void enable_validation(asmjit::BaseAssembler& assembler) {
  assembler.addDiagnosticOptions(asmjit::DiagnosticOptions::kValidateAssembler);
}

}  // namespace wisp::jit::compat
