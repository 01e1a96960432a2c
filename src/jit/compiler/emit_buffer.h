// EmitBuffer: the growing code buffer of one thread, written by raw encoders and by an asmjit
// assembler alike.
//
// External interface: EmitBuffer. An architecture's Masm owns one together with its asmjit
// assembler; several functions may follow one another in it before `reset`. Positions are byte
// offsets from its beginning.
//
// The bytes live in asmjit's section buffer, so that both writers advance the same cursor (jit.md,
// section 7):
//   1. `reserve()` promises kHeadroomBytes behind the cursor, opening more of the reservation if
//      need be; it returns the cursor.
//   2. The raw encoder writes behind it and hands the new cursor to `commit()`.
//   3. asmjit's assembler is used only after `reserve()` too: it cannot get more room by itself.
// The memory is a range of address space that never moves. In the end the code becomes executable
// where it was written (`take`, CodeArena): copying a megabyte costs more page faults than writing
// it.
//
// Errors: emission returns nothing. asmjit's error handler keeps the first error; `error()` is to
// be looked at once per function, always.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "jit/compiler/asmjit_compat.h"
#include "platform/virtual_memory.h"

namespace wisp::jit {

class EmitBuffer : private asmjit::ErrorHandler {
 public:
  // No primitive may emit more between two calls of `reserve`.
  static constexpr size_t kHeadroomBytes = 128;

  // Positions of labels have 31 bits.
  static constexpr size_t kMostBytes = size_t{1} << 30;

  // `assembler` must outlive the buffer. Never holds more than `max_bytes`, which is how far direct
  // calls of the architecture reach.
  EmitBuffer(asmjit::BaseAssembler& assembler, const asmjit::Environment& environment,
             size_t max_bytes = kMostBytes);
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

  // Room for code of another buffer, behind padding so that it begins at a multiple of `alignment`.
  // Returns where; the caller writes it.
  uint32_t extend(size_t size_bytes, uint32_t alignment);

  // Forgets all code and any error, keeps the memory.
  void reset();

  // Hands over the memory with the code at its start. The buffer is of no use afterwards.
  Reservation take() { return std::move(memory_); }

 private:
  // Opened at once, at most: what is left of it in the end was touched for nothing.
  static constexpr size_t kMaxStepBytes = 512 * 1024;
  void handleError(asmjit::Error error, const char* message, asmjit::BaseEmitter* origin) override;
  void grow();
  // Whether opened pages are touched at once.
  enum class Touch : uint8_t { kNow, kLater };
  // Opens the memory up to at least `size_bytes`; false without memory.
  bool open(size_t size_bytes, Touch touch);

  // Why opening more did not work.
  const char* refusal(size_t size_bytes) const;

  const size_t max_bytes_;
  Reservation memory_;
  size_t opened_bytes_ = 0;
  asmjit::BaseAssembler& assembler_;
  asmjit::CodeHolder code_;
  const char* error_ = nullptr;
};

}  // namespace wisp::jit
