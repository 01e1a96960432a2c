// FileContents: the bytes of a file or of memory, copied to where nobody else can change them.
//
// External interface: FileContents. What is compiled is what was validated only if no other
// process can write between the two; a mapping of the file would show such writes, and end in a
// SIGBUS where the file is cut. Reading costs what touching the pages of a mapping does (2.7 ms for
// 18 MB with huge pages, 8.7 without).
#pragma once

#include <cstdint>
#include <span>

#include "platform/result.h"

namespace wisp {

class FileContents {
 public:
  static constexpr size_t kMaxBytes = size_t{1} << 30;

  // Reads a regular file, or a pipe to its end. Error kIo where it cannot be opened or is neither,
  // kLimit where there is more than kMaxBytes.
  static Result<FileContents> read(const char* path);
  static Result<FileContents> copy(std::span<const uint8_t> bytes);
  ~FileContents();
  FileContents(FileContents&& other) noexcept;
  FileContents& operator=(FileContents&& other) = delete;

  // Valid as long as the object that they were moved to last.
  std::span<const uint8_t> bytes() const { return bytes_; }

 private:
  explicit FileContents(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  std::span<const uint8_t> bytes_;  // from the start of a mapping that ends with their last page
};

}  // namespace wisp
