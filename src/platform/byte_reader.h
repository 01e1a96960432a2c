// ByteReader: a bounds-checked cursor over untrusted bytes, with LEB128 and names.
//
// Every error is kMalformed and carries the offset in the file: a reader over a part of a file is
// told where that part begins.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "platform/leb128.h"
#include "platform/result.h"
#include "platform/utf8.h"

namespace wisp {

class ByteReader {
 public:
  explicit ByteReader(std::span<const uint8_t> bytes, uint64_t file_offset = 0)
      : begin_(bytes.data()),
        at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        file_offset_(file_offset) {}

  bool at_end() const { return at_ == end_; }
  size_t remaining() const { return static_cast<size_t>(end_ - at_); }
  // Of the next byte, in the file.
  uint64_t offset() const { return file_offset_ + static_cast<uint64_t>(at_ - begin_); }
  const uint8_t* position() const { return at_; }
  // The bytes from `start`, an earlier position(), to here.
  std::span<const uint8_t> since(const uint8_t* start) const { return {start, at_}; }

  Result<uint8_t> peek_byte() const {
    if (at_end()) return error("unexpected end");
    return *at_;
  }
  Result<uint8_t> read_byte() {
    if (at_end()) return error("unexpected end");
    return *at_++;
  }
  Result<uint32_t> read_u32() {
    if (at_ != end_ && *at_ < 0x80) [[likely]]
      return uint32_t{*at_++};
    return read_leb<uint32_t, 32, LebSign::kUnsigned>();
  }
  Result<uint64_t> read_u64() { return read_leb<uint64_t, 64, LebSign::kUnsigned>(); }
  Result<int32_t> read_s32() { return read_leb<int32_t, 32, LebSign::kSigned>(); }
  Result<int64_t> read_s33() { return read_leb<int64_t, 33, LebSign::kSigned>(); }
  Result<int64_t> read_s64() { return read_leb<int64_t, 64, LebSign::kSigned>(); }

  // Little endian, not LEB128.
  Result<uint32_t> read_fixed_u32() {
    auto bytes = WISP_TRY(read_bytes(4));
    uint32_t value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }

  Result<std::span<const uint8_t>> read_bytes(uint64_t count) {
    if (count > remaining()) return error("unexpected end");
    std::span<const uint8_t> bytes(at_, static_cast<size_t>(count));
    at_ += count;
    return bytes;
  }

  // A length and that many bytes of UTF-8.
  Result<std::string_view> read_name() {
    uint64_t start = offset();
    uint32_t length = WISP_TRY(read_u32());
    if (length > remaining()) {
      return Error(ErrorCode::kMalformed, "unexpected end: a name is longer than what holds it",
                   start);
    }
    std::string_view name(reinterpret_cast<const char*>(at_), length);
    if (!is_valid_utf8(name)) {
      return Error(ErrorCode::kMalformed, "malformed UTF-8 encoding of a name", start);
    }
    at_ += length;
    return name;
  }

  // A reader of the next `count` bytes, which this one passes over.
  Result<ByteReader> read_part(uint64_t count) {
    uint64_t start = offset();
    auto bytes = WISP_TRY(read_bytes(count));
    return ByteReader(bytes, start);
  }

  Error error(std::string message) const {
    return Error(ErrorCode::kMalformed, std::move(message), offset());
  }

 private:
  template <class T, unsigned kBits, LebSign kSign>
  Result<T> read_leb() {
    uint64_t value;
    LebStatus status = decode_leb<kBits, kSign>(at_, end_, value);
    if (status != LebStatus::kOk) return error(to_string(status));
    return static_cast<T>(value);
  }

  const uint8_t* begin_;
  const uint8_t* at_;
  const uint8_t* end_;
  uint64_t file_offset_;
};

}  // namespace wisp
