#include "platform/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace wisp {

namespace {

Result<std::span<const uint8_t>> map(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return Error(ErrorCode::kIo, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) return Error(ErrorCode::kIo, "not a regular file");
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return std::span<const uint8_t>();
  // Small files are read as a whole: one fault instead of one per 64 KiB.
  constexpr size_t kPopulateLimit = 1u << 20;
  const int flags = MAP_PRIVATE | (size <= kPopulateLimit ? MAP_POPULATE : 0);
  void* bytes = mmap(nullptr, size, PROT_READ, flags, descriptor, 0);
  if (bytes == MAP_FAILED) return Error(ErrorCode::kIo, std::strerror(errno));
  return std::span<const uint8_t>(static_cast<const uint8_t*>(bytes), size);
}

}  // namespace

Result<MappedFile> MappedFile::open(const char* path) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error(ErrorCode::kIo, std::string("cannot open the file: ") + std::strerror(errno));
  auto bytes = map(descriptor);
  close(descriptor);
  if (!bytes.has_value()) return std::move(bytes).error().with_context("cannot read the file");
  return MappedFile(*bytes);
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace wisp
