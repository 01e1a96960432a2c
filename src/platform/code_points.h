// Single characters in UTF-8 and UTF-16: what text_blocks.h and utf8.cpp do where no block helps.
//
// Inlined everywhere: files for several instruction sets share it (simd.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "platform/inline.h"

namespace wisp {

WISP_INLINE uint16_t load_unit(const uint8_t* units, size_t index) {
  uint16_t value;
  std::memcpy(&value, units + 2 * index, sizeof value);
  return value;
}
WISP_INLINE void store_unit(uint8_t* units, size_t index, uint32_t value) {
  const auto unit = static_cast<uint16_t>(value);
  std::memcpy(units + 2 * index, &unit, sizeof unit);
}
WISP_INLINE constexpr bool is_surrogate(uint32_t unit) { return (unit & 0xf800) == 0xd800; }
WISP_INLINE constexpr bool is_high_surrogate(uint32_t unit) { return (unit & 0xfc00) == 0xd800; }
WISP_INLINE constexpr bool is_low_surrogate(uint32_t unit) { return (unit & 0xfc00) == 0xdc00; }

// Unicode 15, D76: what a char is.
WISP_INLINE constexpr bool is_scalar_value(uint32_t code_point) {
  return code_point < 0xd800 || (code_point > 0xdfff && code_point < 0x110000);
}

struct DecodedUtf8 {
  uint32_t code_point;
  uint32_t size;  // 0: invalid; more than there is: incomplete
};

// The range of the second byte is what excludes overlong forms, surrogates and everything above
// U+10FFFF (Unicode 15, table 3-7). `size` is not 0.
WISP_INLINE DecodedUtf8 decode_utf8(const uint8_t* bytes, size_t size) {
  const uint8_t lead = bytes[0];
  if (lead < 0x80) return {lead, 1};
  uint32_t length = 0, low = 0x80, high = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return {0, 0};
  }
  uint32_t code_point = lead & (0x7fu >> length);
  for (uint32_t i = 1; i < length; i++) {
    if (i >= size) return {0, length};
    if (bytes[i] < low || bytes[i] > high) return {0, 0};
    low = 0x80, high = 0xbf;
    code_point = code_point << 6 | (bytes[i] & 0x3fu);
  }
  return {code_point, length};
}

WISP_INLINE size_t encode_utf8(uint32_t code_point, uint8_t* out) {
  if (code_point < 0x80) {
    out[0] = static_cast<uint8_t>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    out[0] = static_cast<uint8_t>(0xc0 | code_point >> 6);
    out[1] = static_cast<uint8_t>(0x80 | (code_point & 0x3f));
    return 2;
  }
  if (code_point < 0x10000) {
    out[0] = static_cast<uint8_t>(0xe0 | code_point >> 12);
    out[1] = static_cast<uint8_t>(0x80 | (code_point >> 6 & 0x3f));
    out[2] = static_cast<uint8_t>(0x80 | (code_point & 0x3f));
    return 3;
  }
  out[0] = static_cast<uint8_t>(0xf0 | code_point >> 18);
  out[1] = static_cast<uint8_t>(0x80 | (code_point >> 12 & 0x3f));
  out[2] = static_cast<uint8_t>(0x80 | (code_point >> 6 & 0x3f));
  out[3] = static_cast<uint8_t>(0x80 | (code_point & 0x3f));
  return 4;
}

struct DecodedUtf16 {
  uint32_t code_point;
  uint32_t size;  // 0: a surrogate without its other half
};
WISP_INLINE DecodedUtf16 decode_utf16(const uint8_t* units, size_t count) {
  const uint32_t unit = load_unit(units, 0);
  if (!is_surrogate(unit)) return {unit, 1};
  if (!is_high_surrogate(unit) || count < 2) return {0, 0};
  const uint32_t next = load_unit(units, 1);
  if (!is_low_surrogate(next)) return {0, 0};
  return {0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff), 2};
}

// Returns how many units it wrote.
WISP_INLINE size_t encode_utf16(uint32_t code_point, uint8_t* out) {
  if (code_point < 0x10000) {
    store_unit(out, 0, code_point);
    return 1;
  }
  store_unit(out, 0, 0xd800 + ((code_point - 0x10000) >> 10));
  store_unit(out, 1, 0xdc00 + ((code_point - 0x10000) & 0x3ff));
  return 2;
}

}  // namespace wisp
