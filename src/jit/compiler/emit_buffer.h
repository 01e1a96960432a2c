// EmitBuffer: the growing code buffer of one thread, written by raw encoders and by an asmjit
// assembler alike.
//
// External interface: EmitBuffer. An architecture's Masm owns one together with its asmjit
// assembler; several functions may follow one another in it before `reset`. Positions are byte
// offsets from its beginning.
//
// The bytes live in asmjit's section buffer, so that both writers advance the same cursor (jit.md,
// section 7):
//   1. `reserve()` promises kHeadroomBytes behind the cursor, growing the buffer if need be; it
//   returns the cursor.
//   2. The raw encoder writes behind it and hands the new cursor to `commit()`.
//   3. asmjit's assembler is used only after `reserve()` too: it asks for more room by itself, but
//   by a size that does not
//      know of raw bytes.
// Growing moves the bytes: no pointer into the buffer outlives `reserve()`.
//
// Errors: emission returns nothing. asmjit's error handler keeps the first error; `error()` is to
// be looked at once per function, always.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "jit/compiler/asmjit_compat.h"

namespace wisp::jit {

class EmitBuffer : private asmjit::ErrorHandler {
 public:
  // No primitive may emit more between two calls of `reserve`.
  static constexpr size_t kHeadroomBytes = 128;

  // `assembler` must outlive the buffer.
  EmitBuffer(asmjit::BaseAssembler& assembler, const asmjit::Environment& environment);
  ~EmitBuffer() override;
  EmitBuffer(const EmitBuffer&) = delete;
  EmitBuffer& operator=(const EmitBuffer&) = delete;

  uint8_t* reserve() {
    if (static_cast<size_t>(compat::end(assembler_) - compat::cursor(assembler_)) < kHeadroomBytes)
        [[unlikely]] {
      grow();
    }
    return compat::cursor(assembler_);
  }
  void commit(uint8_t* cursor) { compat::cursor(assembler_) = cursor; }

  uint32_t offset() const {
    return static_cast<uint32_t>(compat::cursor(assembler_) - compat::begin(assembler_));
  }
  // Valid until the next `reserve`.
  uint8_t* at(uint32_t position) { return compat::begin(assembler_) + position; }
  std::span<const uint8_t> bytes() const { return {compat::begin(assembler_), offset()}; }

  // Moves the cursor back to `position`; what lay behind it is forgotten.
  void truncate(uint32_t position) { commit(at(position)); }

  // Null, or what the first failed emission said; static storage.
  const char* error() const { return error_; }
  // For what asmjit does not see: latches an error of the Masm.
  void fail(const char* error) {
    if (error_ == nullptr) error_ = error;
  }

  // Room for so many bytes in all, so that growing need not move them.
  void expect(size_t bytes);

  // Forgets all code and any error, keeps the memory.
  void reset();

 private:
  static constexpr size_t kInitialBytes = 64 * 1024;
  // Positions of labels have 31 bits, and rel32 must reach.
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  void handleError(asmjit::Error error, const char* message, asmjit::BaseEmitter* origin) override;
  void grow();

  asmjit::BaseAssembler& assembler_;
  asmjit::CodeHolder code_;
  const char* error_ = nullptr;
};

}  // namespace wisp::jit
