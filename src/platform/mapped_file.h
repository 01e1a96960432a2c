// MappedFile: the bytes of a file, mapped for reading. Pages come in as they are looked at.
#pragma once

#include <cstdint>
#include <span>

#include "platform/result.h"

namespace wisp {

class MappedFile {
 public:
  // Error kIo where it cannot be opened or is no regular file.
  static Result<MappedFile> open(const char* path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) = delete;

  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  std::span<const uint8_t> bytes_;
};

}  // namespace wisp
