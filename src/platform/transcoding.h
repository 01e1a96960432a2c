// Conversions between UTF-8, UTF-16 (little-endian) and Latin-1, in one pass.
//
// UTF-16 text is passed as bytes, at any alignment; lengths are counted in code units of the
// encoding. Source and destination do not overlap. Nothing is read beyond the source. Text is to be
// checked before; what is not valid becomes anything or ends the conversion, but nothing is written
// beyond what may be written at most, and nothing behind the last character if all is valid.
//
// What is long goes by blocks (text_kernels.h).
#pragma once

#include <cstddef>
#include <cstdint>

namespace wisp {

// No unpaired surrogates. `bits` are those that any unit has: below 0x80 it is all ASCII, below
// 0x100 all Latin-1; other bits say no more than that.
struct Utf16Check {
  bool is_valid = true;
  uint16_t bits = 0;
};
Utf16Check check_utf16(const uint8_t* units, size_t count);

// Copies the bytes before the first one that is not ASCII.
size_t copy_ascii(const uint8_t* bytes, size_t size, uint8_t* out);

// Conversions: how many code units were read, and written.
struct TextProgress {
  size_t read = 0;
  size_t written = 0;
};
// Writes `size` units at most.
TextProgress utf8_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out);
// Stops before the first character above U+00FF as well.
TextProgress utf8_to_latin1(const uint8_t* bytes, size_t size, uint8_t* out);
// Writes 3 * count bytes at most.
TextProgress utf16_to_utf8(const uint8_t* units, size_t count, uint8_t* out);

// Returns the bytes written: at most 2 * size.
size_t latin1_to_utf8(const uint8_t* bytes, size_t size, uint8_t* out);
void latin1_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out);
// Works in place from the end, for text that lies at the start of `out`.
void inflate_latin1_in_place(uint8_t* out, size_t size);
// Convert the units before the first one that is not ASCII, or above U+00FF; `out` may be `units`.
size_t utf16_to_ascii(const uint8_t* units, size_t count, uint8_t* out);
size_t utf16_to_latin1(const uint8_t* units, size_t count, uint8_t* out);
// The same where check_utf16 said that there is none: converts all.
void narrow_utf16(const uint8_t* units, size_t count, uint8_t* out);

}  // namespace wisp
