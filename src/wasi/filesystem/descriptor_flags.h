// What a file or directory is opened for, and how: the flags of open-at, for every version of WASI.
#pragma once

#include <cstdint>

namespace wisp::wasi {

// wasi:filesystem/types.descriptor-flags
enum class DescriptorFlags : uint8_t {
  kNone = 0,
  kRead = 1 << 0,
  kWrite = 1 << 1,
  kFileIntegritySync = 1 << 2,
  kDataIntegritySync = 1 << 3,
  kRequestedWriteSync = 1 << 4,
  kMutateDirectory = 1 << 5,
};

constexpr bool has(DescriptorFlags flags, DescriptorFlags flag) {
  return (static_cast<uint8_t>(flags) & static_cast<uint8_t>(flag)) != 0;
}
constexpr DescriptorFlags operator|(DescriptorFlags a, DescriptorFlags b) {
  return static_cast<DescriptorFlags>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}
constexpr DescriptorFlags without(DescriptorFlags flags, DescriptorFlags removed) {
  return static_cast<DescriptorFlags>(static_cast<uint8_t>(flags) & ~static_cast<uint8_t>(removed));
}

// wasi:filesystem/types.open-flags
enum class OpenFlags : uint8_t {
  kNone = 0,
  kCreate = 1,
  kDirectory = 2,
  kExclusive = 4,
  kTruncate = 8
};

constexpr bool has(OpenFlags flags, OpenFlags flag) {
  return (static_cast<uint8_t>(flags) & static_cast<uint8_t>(flag)) != 0;
}
constexpr OpenFlags operator|(OpenFlags a, OpenFlags b) {
  return static_cast<OpenFlags>(static_cast<uint8_t>(a) | static_cast<uint8_t>(b));
}

}  // namespace wisp::wasi
