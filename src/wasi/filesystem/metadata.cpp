#include "wasi/filesystem/metadata.h"

#include <limits>

namespace wisp::wasi::filesystem {

namespace {

constexpr uint32_t kNanosecondsPerSecond = 1'000'000'000;

// A time before 1970 has no place in a datetime; the WIT's `none` is the nearest to saying so.
std::optional<Datetime> to_datetime(const timespec& time) {
  if (time.tv_sec < 0) return std::nullopt;
  return Datetime{static_cast<uint64_t>(time.tv_sec), static_cast<uint32_t>(time.tv_nsec)};
}

// The finaliser of MurmurHash3: each bit of the input changes about half of the output.
uint64_t mix(uint64_t value) {
  value ^= value >> 33;
  value *= 0xff51afd7ed558ccdu;
  value ^= value >> 33;
  value *= 0xc4ceb9fe1a85ec53u;
  return value ^ (value >> 33);
}

}  // namespace

DescriptorType descriptor_type(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return DescriptorType::kBlockDevice;
    case S_IFCHR:
      return DescriptorType::kCharacterDevice;
    case S_IFDIR:
      return DescriptorType::kDirectory;
    case S_IFIFO:
      return DescriptorType::kFifo;
    case S_IFLNK:
      return DescriptorType::kSymbolicLink;
    case S_IFREG:
      return DescriptorType::kRegularFile;
    case S_IFSOCK:
      return DescriptorType::kSocket;
    default:
      return DescriptorType::kUnknown;
  }
}

DescriptorStat descriptor_stat(const struct stat& status) {
  return {descriptor_type(status.st_mode),       static_cast<uint64_t>(status.st_nlink),
          static_cast<uint64_t>(status.st_size), to_datetime(status.st_atim),
          to_datetime(status.st_mtim),           to_datetime(status.st_ctim)};
}

// Device and inode: the same for all names of a file and for as long as it exists.
MetadataHashValue metadata_hash_of(const struct stat& status) {
  const uint64_t device = mix(status.st_dev + 0x9e3779b97f4a7c15u);
  const uint64_t lower = mix(device ^ status.st_ino);
  return {lower, mix(lower + device)};
}

std::optional<timespec> to_timespec(const NewTimestamp& timestamp) {
  if (timestamp.value.index() == 0) return timespec{0, UTIME_OMIT};
  if (timestamp.value.index() == 1) return timespec{0, UTIME_NOW};
  const Datetime& time = std::get<2>(timestamp.value);
  constexpr auto kLatest = static_cast<uint64_t>(std::numeric_limits<time_t>::max());
  if (time.seconds > kLatest || time.nanoseconds >= kNanosecondsPerSecond) return std::nullopt;
  return timespec{static_cast<time_t>(time.seconds), static_cast<long>(time.nanoseconds)};
}

}  // namespace wisp::wasi::filesystem
