// Reservation: a range of address space that is opened piece by piece and never moves.
//
// Everything large in Wisp is one: linear memories (8 GiB and guards, so that 32-bit addresses need
// no check), guest stacks (guard below), code. Reserving takes no memory; a page costs memory once
// it is touched. Offsets and sizes are rounded to kPageGranule by nobody: callers pass multiples of
// the page size of the machine, which divides kPageGranule.
#pragma once

#include <cstddef>
#include <cstdint>

#include "platform/result.h"

namespace wisp {

// A multiple of every page size in use (4, 16 and 64 KiB), and the page of WebAssembly.
constexpr size_t kPageGranule = 64 * 1024;

constexpr size_t round_up_to_granule(size_t size) {
  return (size + kPageGranule - 1) & ~(kPageGranule - 1);
}

enum class PageAccess : uint8_t { kNone, kRead, kReadWrite, kReadExecute };

class Reservation {
 public:
  Reservation() = default;
  // Fails (kLimit) when address space or the process's number of mappings runs out.
  static Result<Reservation> reserve(size_t size_bytes);
  Reservation(Reservation&& other) noexcept;
  Reservation& operator=(Reservation&& other) noexcept;
  ~Reservation();

  uint8_t* base() const { return base_; }
  size_t size_bytes() const { return size_bytes_; }
  bool contains(uintptr_t address) const {
    return address - reinterpret_cast<uintptr_t>(base_) < size_bytes_;
  }

  Result<void> protect(size_t offset, size_t size_bytes, PageAccess access);
  // Touches opened pages ahead of their use, which is dear one by one. A hint that may do nothing.
  void populate(size_t offset, size_t size_bytes);
  // Keeps the first `size_bytes` only.
  void trim(size_t size_bytes);
  // Gives the pages back to the system; they read as zero afterwards.
  void discard(size_t offset, size_t size_bytes);

 private:
  uint8_t* base_ = nullptr;
  size_t size_bytes_ = 0;
};

}  // namespace wisp
