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

// What a pipe gives until it is closed: `wisp run <(wasm-tools parse app.wat)`.
Result<std::span<const uint8_t>> read_pipe(int descriptor) {
  constexpr size_t kMaxBytes = 1u << 30;
  void* memory = mmap(nullptr, kMaxBytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return Error(ErrorCode::kIo, std::strerror(errno));
  auto* bytes = static_cast<uint8_t*>(memory);
  size_t size = 0;
  ssize_t count = 1;
  while (count != 0 && size < kMaxBytes) {
    count = read(descriptor, bytes + size, kMaxBytes - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    size += static_cast<size_t>(count);
  }
  const int error = count < 0 ? errno : 0;
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t used = error != 0 || count != 0 ? 0 : (size + page - 1) / page * page;
  munmap(bytes + used, kMaxBytes - used);
  if (error != 0) return Error(ErrorCode::kIo, std::strerror(error));
  if (count != 0) return Error(ErrorCode::kLimit, "the pipe gives more than 1 GiB");
  return std::span<const uint8_t>(bytes, size);
}

Result<std::span<const uint8_t>> map(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return Error(ErrorCode::kIo, std::strerror(errno));
  if (S_ISFIFO(status.st_mode)) return read_pipe(descriptor);
  if (S_ISDIR(status.st_mode)) return Error(ErrorCode::kIo, "it is a directory");
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
