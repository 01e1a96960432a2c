#include "platform/file_contents.h"

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

constexpr size_t kMaxBytes = FileContents::kMaxBytes;
constexpr size_t kHugePageBytes = size_t{2} << 20;

size_t page_end(size_t size) {
  static const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

Error too_large() { return Error(ErrorCode::kLimit, "it has more than 1 GiB"); }

// Pages of our own for `size` bytes, which are written at once. A megabyte in pages of 4 KiB costs
// more faults than copying, so there are huge ones where they fit; what is smaller gets all of its
// pages with the mapping.
Result<uint8_t*> map_pages(size_t size) {
  const bool is_small = size < kHugePageBytes;
  const size_t slack = is_small ? 0 : kHugePageBytes;
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (is_small ? MAP_POPULATE : MAP_NORESERVE);
  void* memory = mmap(nullptr, page_end(size) + slack, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED) return Error(ErrorCode::kIo, std::strerror(errno));
  auto* bytes = static_cast<uint8_t*>(memory);
  if (slack == 0) return bytes;
  const size_t before = (0 - reinterpret_cast<uintptr_t>(bytes)) % kHugePageBytes;
  if (before != 0) munmap(bytes, before);
  munmap(bytes + before + page_end(size), slack - before);
  madvise(bytes + before, size, MADV_HUGEPAGE);  // refused: ordinary ones
  return bytes + before;
}

// Up to `limit` bytes; fewer at the end of the file.
Result<std::span<const uint8_t>> read_up_to(int descriptor, size_t limit) {
  uint8_t* const bytes = WISP_TRY(map_pages(limit));
  size_t size = 0;
  ssize_t count = 1;
  while (count != 0 && size < limit) {
    count = ::read(descriptor, bytes + size, limit - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    size += static_cast<size_t>(count);
  }
  const int error = count < 0 ? errno : 0;
  const size_t used = error != 0 ? 0 : page_end(size);
  if (used != page_end(limit)) munmap(bytes + used, page_end(limit) - used);
  if (error != 0) return Error(ErrorCode::kIo, std::strerror(error));
  return std::span<const uint8_t>(bytes, size);
}

Result<std::span<const uint8_t>> read_all(int descriptor) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return Error(ErrorCode::kIo, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) return Error(ErrorCode::kIo, "it is a directory");
  // `wisp run <(wasm-tools parse app.wat)` gives a pipe.
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode))
    return Error(ErrorCode::kIo, "not a regular file");
  // Of a pipe one byte more than it may give.
  const auto size = S_ISREG(status.st_mode) ? static_cast<size_t>(status.st_size) : kMaxBytes + 1;
  if (size == 0) return std::span<const uint8_t>();
  if (S_ISREG(status.st_mode) && size > kMaxBytes) return too_large();
  std::span<const uint8_t> bytes = WISP_TRY(read_up_to(descriptor, size));
  if (bytes.size() <= kMaxBytes) return bytes;
  munmap(const_cast<uint8_t*>(bytes.data()), page_end(bytes.size()));
  return too_large();
}

}  // namespace

Result<FileContents> FileContents::read(const char* path) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return Error(ErrorCode::kIo, std::string("cannot open the file: ") + std::strerror(errno));
  auto bytes = read_all(descriptor);
  close(descriptor);
  if (!bytes.has_value()) return std::move(bytes).error().with_context("cannot read the file");
  return FileContents(*bytes);
}

Result<FileContents> FileContents::copy(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return FileContents({});
  if (bytes.size() > kMaxBytes) return too_large();
  uint8_t* const own = WISP_TRY(map_pages(bytes.size()));
  std::memcpy(own, bytes.data(), bytes.size());
  return FileContents({own, bytes.size()});
}

FileContents::FileContents(FileContents&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})) {}

FileContents::~FileContents() {
  if (!bytes_.empty()) munmap(const_cast<uint8_t*>(bytes_.data()), page_end(bytes_.size()));
}

}  // namespace wisp
