// UTF-8: strict validation, and single characters. Whole texts are converted by transcoding.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wisp {

enum class Utf8Status : uint8_t {
  kValid,
  kInvalid,
  kIncomplete
};  // incomplete: ends inside a so far correct sequence

// Bytes before the first one that is not ASCII.
size_t ascii_prefix(const uint8_t* bytes, size_t size);
Utf8Status validate_utf8(const uint8_t* bytes, size_t size);
bool is_valid_utf8(std::string_view text);
// The length of the longest prefix that is valid.
size_t valid_utf8_prefix(std::string_view text);
// Single characters: whether a byte is one of those after the first of a character,
constexpr bool is_utf8_continuation(char byte) {
  return (static_cast<uint8_t>(byte) & 0xc0) == 0x80;
}
// the code point of one character of valid text, and the other way round.
uint32_t code_point_of(std::string_view character);
void append_utf8(uint32_t code_point, std::string& text);

}  // namespace wisp
