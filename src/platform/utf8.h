// UTF-8, UTF-16 (little-endian) and Latin-1: strict validation and conversion.
//
// UTF-16 text is passed as bytes, at any alignment; lengths are counted in code units of the
// encoding. Converters expect valid input (see the validate functions) and never read beyond it or
// write more than they state, even if it is not.
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
// No unpaired surrogates. `bits` are those that any unit has (of pairs, the first one): below 0x80
// it is all ASCII, below 0x100 all Latin-1.
struct Utf16Check {
  bool is_valid = true;
  uint16_t bits = 0;
};
Utf16Check check_utf16(const uint8_t* units, size_t count);

// The return value is the number of code units written: at most `size` here,
size_t utf8_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out);
// at most 3 * count here,
size_t utf16_to_utf8(const uint8_t* units, size_t count, uint8_t* out);
// at most 2 * size here.
size_t latin1_to_utf8(const uint8_t* bytes, size_t size, uint8_t* out);
void latin1_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out);
// Works in place from the end, for text that lies at the start of `out`.
void inflate_latin1_in_place(uint8_t* out, size_t size);
// The low byte of each unit; `out` may be `units`.
void narrow_utf16(const uint8_t* units, size_t count, uint8_t* out);

// Code units before the first one that is not ASCII.
size_t utf16_ascii_prefix(const uint8_t* units, size_t count);
// Code units before the first one above U+00FF.
size_t utf16_latin1_prefix(const uint8_t* units, size_t count);

// Converts until the first character above U+00FF. `read` and `written` are what came before it.
struct Latin1Progress {
  size_t read = 0;
  size_t written = 0;
};
Latin1Progress utf8_to_latin1(const uint8_t* bytes, size_t size, uint8_t* out);

}  // namespace wisp
