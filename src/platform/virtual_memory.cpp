#include "platform/virtual_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace wisp {
namespace {

int to_protection(PageAccess access) {
  switch (access) {
    case PageAccess::kNone:
      return PROT_NONE;
    case PageAccess::kRead:
      return PROT_READ;
    case PageAccess::kReadWrite:
      return PROT_READ | PROT_WRITE;
    case PageAccess::kReadExecute:
      return PROT_READ | PROT_EXEC;
  }
  return PROT_NONE;
}

Error out_of_memory(const char* what, size_t size_bytes) {
  return Error(ErrorCode::kLimit, std::string("cannot ") + what + " " + std::to_string(size_bytes) +
                                      " bytes of address space: " + std::strerror(errno));
}

}  // namespace

Result<Reservation> Reservation::reserve(size_t size_bytes) {
  WISP_DCHECK(size_bytes % 4096 == 0 && size_bytes != 0);
  void* base =
      mmap(nullptr, size_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return out_of_memory("reserve", size_bytes);
  Reservation reservation;
  reservation.base_ = static_cast<uint8_t*>(base);
  reservation.size_bytes_ = size_bytes;
  return reservation;
}

Reservation::Reservation(Reservation&& other) noexcept
    : base_(std::exchange(other.base_, nullptr)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

Reservation& Reservation::operator=(Reservation&& other) noexcept {
  std::swap(base_, other.base_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

Reservation::~Reservation() {
  if (base_ != nullptr) munmap(base_, size_bytes_);
}

Result<void> Reservation::protect(size_t offset, size_t size_bytes, PageAccess access) {
  WISP_DCHECK(offset + size_bytes <= size_bytes_);
  if (size_bytes == 0) return {};
  if (mprotect(base_ + offset, size_bytes, to_protection(access)) != 0) {
    return out_of_memory("open", size_bytes);
  }
  return {};
}

void Reservation::populate(size_t offset, size_t size_bytes) {
  WISP_DCHECK(offset + size_bytes <= size_bytes_);
  // Kernels before 5.14 do not know it: their pages come by faults.
  (void)madvise(base_ + offset, size_bytes, MADV_POPULATE_WRITE);
}

void Reservation::trim(size_t size_bytes) {
  WISP_DCHECK(size_bytes <= size_bytes_ && size_bytes != 0);
  if (size_bytes == size_bytes_) return;
  WISP_CHECK(munmap(base_ + size_bytes, size_bytes_ - size_bytes) == 0);
  size_bytes_ = size_bytes;
}

void Reservation::discard(size_t offset, size_t size_bytes) {
  WISP_DCHECK(offset + size_bytes <= size_bytes_);
  if (size_bytes != 0) WISP_CHECK(madvise(base_ + offset, size_bytes, MADV_DONTNEED) == 0);
}

}  // namespace wisp
