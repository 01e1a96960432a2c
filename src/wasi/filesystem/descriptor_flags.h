// What a file or directory is opened for, and how: the flags of open-at, for every version of WASI.
#pragma once

#include <cstdint>

#include "wasi/flags.h"

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
  kAll = (1 << 6) - 1,
};

// wasi:filesystem/types.open-flags
enum class OpenFlags : uint8_t {
  kNone = 0,
  kCreate = 1,
  kDirectory = 2,
  kExclusive = 4,
  kTruncate = 8,
  kAll = 15
};

}  // namespace wisp::wasi
