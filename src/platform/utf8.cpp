// The fast paths work on blocks of 64 bytes or 16 units, as vectors of the compiler's. Everything
// else is decoded one character at a time.
#include "platform/utf8.h"

#include <cstring>

namespace wisp {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;
constexpr size_t kBlock = 16;

typedef uint64_t Vector __attribute__((vector_size(16)));
typedef uint16_t Units __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));

Vector load_vector(const uint8_t* at) {
  Vector value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
bool is_zero(Vector value) { return (value[0] | value[1]) == 0; }

uint64_t load64(const uint8_t* at) {
  uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}
uint16_t load_unit(const uint8_t* units, size_t index) {
  uint16_t value;
  std::memcpy(&value, units + 2 * index, sizeof value);
  return value;
}
void store_unit(uint8_t* units, size_t index, uint32_t value) {
  const auto unit = static_cast<uint16_t>(value);
  std::memcpy(units + 2 * index, &unit, sizeof unit);
}
bool is_surrogate(uint32_t unit) { return (unit & 0xf800) == 0xd800; }

struct Decoded {
  uint32_t code_point;
  uint32_t size;  // 0: invalid; more than there is: incomplete
};

// The range of the second byte is what excludes overlong forms, surrogates and everything above
// U+10FFFF (Unicode 15, table 3-7).
Decoded decode_utf8(const uint8_t* bytes, size_t size) {
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

size_t encode_utf8(uint32_t code_point, uint8_t* out) {
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

// Whether the 16 units at `units` have no bit of `mask` set.
bool block_is_below(const uint8_t* units, uint64_t mask) {
  return is_zero((load_vector(units) | load_vector(units + 16)) & mask);
}

// All ones in the units that are surrogates.
Vector surrogates(Vector units) {
  return reinterpret_cast<Vector>((reinterpret_cast<Units>(units) & 0xf800) == 0xd800);
}

size_t utf16_prefix(const uint8_t* units, size_t count, uint64_t mask) {
  size_t i = 0;
  while (i + kBlock <= count && block_is_below(units + 2 * i, mask)) i += kBlock;
  while (i < count && (load_unit(units, i) & mask) == 0) i++;
  return i;
}
constexpr uint64_t kNotAscii16 = 0xff80ff80ff80ff80;
constexpr uint64_t kNotLatin16 = 0xff00ff00ff00ff00;

void inflate_block(const uint8_t* bytes, uint8_t* out) {
  Bytes narrow;
  std::memcpy(&narrow, bytes, sizeof narrow);
  const Bytes low = __builtin_shufflevector(narrow, Bytes{}, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5,
                                            21, 6, 22, 7, 23);
  const Bytes high = __builtin_shufflevector(narrow, Bytes{}, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28,
                                             13, 29, 14, 30, 15, 31);
  std::memcpy(out, &low, sizeof low);
  std::memcpy(out + sizeof low, &high, sizeof high);
}

void narrow_block(const uint8_t* units, uint8_t* out) {
  Bytes low, high;
  std::memcpy(&low, units, sizeof low);
  std::memcpy(&high, units + sizeof low, sizeof high);
  const Bytes narrow =
      __builtin_shufflevector(low, high, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  std::memcpy(out, &narrow, sizeof narrow);
}

}  // namespace

size_t ascii_prefix(const uint8_t* bytes, size_t size) {
  size_t i = 0;
  for (; i + 64 <= size; i += 64) {
    const Vector all = load_vector(bytes + i) | load_vector(bytes + i + 16) |
                       load_vector(bytes + i + 32) | load_vector(bytes + i + 48);
    if (!is_zero(all & kHighBits)) break;
  }
  while (i + 8 <= size && (load64(bytes + i) & kHighBits) == 0) i += 8;
  while (i < size && bytes[i] < 0x80) i++;
  return i;
}

size_t valid_utf8_prefix(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const size_t size = text.size();
  size_t i = ascii_prefix(bytes, size);
  while (i < size) {
    const Decoded decoded = decode_utf8(bytes + i, size - i);
    if (decoded.size == 0 || decoded.size > size - i) break;
    i += decoded.size;
    if (i < size && bytes[i] < 0x80) i += ascii_prefix(bytes + i, size - i);
  }
  return i;
}

bool is_valid_utf8(std::string_view text) { return valid_utf8_prefix(text) == text.size(); }

uint32_t code_point_of(std::string_view character) {
  return decode_utf8(reinterpret_cast<const uint8_t*>(character.data()), character.size())
      .code_point;
}

void append_utf8(uint32_t code_point, std::string& text) {
  uint8_t bytes[4];
  text.append(reinterpret_cast<const char*>(bytes), encode_utf8(code_point, bytes));
}

Utf8Status validate_utf8(const uint8_t* bytes, size_t size) {
  const size_t valid = valid_utf8_prefix({reinterpret_cast<const char*>(bytes), size});
  if (valid == size) return Utf8Status::kValid;
  return decode_utf8(bytes + valid, size - valid).size == 0 ? Utf8Status::kInvalid
                                                            : Utf8Status::kIncomplete;
}

Utf16Check check_utf16(const uint8_t* units, size_t count) {
  constexpr size_t kUnits = 32;
  Vector all{};
  uint32_t bits = 0;
  for (size_t i = 0; i < count;) {
    if (i + kUnits <= count) {
      const uint8_t* at = units + 2 * i;
      const Vector a = load_vector(at), b = load_vector(at + 16);
      const Vector c = load_vector(at + 32), d = load_vector(at + 48);
      if (is_zero(surrogates(a) | surrogates(b) | surrogates(c) | surrogates(d))) {
        all |= a | b | c | d;
        i += kUnits;
        continue;
      }
    }
    // Up to the end of a block, and of the pair that reaches beyond it.
    for (const size_t end = i + kUnits < count ? i + kUnits : count; i < end; i++) {
      const uint32_t unit = load_unit(units, i);
      bits |= unit;
      if (!is_surrogate(unit)) continue;
      if (unit >= 0xdc00 || i + 1 == count) return {false, 0};
      const uint32_t next = load_unit(units, ++i);
      if (next < 0xdc00 || next > 0xdfff) return {false, 0};
    }
  }
  uint64_t folded = all[0] | all[1];
  folded |= folded >> 32;
  folded |= folded >> 16;
  return {true, static_cast<uint16_t>(bits | folded)};
}

size_t utf8_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out) {
  size_t read = 0, written = 0;
  while (read < size) {
    if (bytes[read] < 0x80) {
      const size_t run = ascii_prefix(bytes + read, size - read);
      latin1_to_utf16(bytes + read, run, out + 2 * written);
      read += run, written += run;
      continue;
    }
    const Decoded decoded = decode_utf8(bytes + read, size - read);
    if (decoded.size == 0 || decoded.size > size - read) return written;
    read += decoded.size;
    if (decoded.code_point < 0x10000) {
      store_unit(out, written++, decoded.code_point);
    } else {
      store_unit(out, written++, 0xd800 + ((decoded.code_point - 0x10000) >> 10));
      store_unit(out, written++, 0xdc00 + ((decoded.code_point - 0x10000) & 0x3ff));
    }
  }
  return written;
}

size_t utf16_to_utf8(const uint8_t* units, size_t count, uint8_t* out) {
  size_t written = 0;
  for (size_t i = 0; i < count;) {
    uint32_t unit = load_unit(units, i);
    if (unit < 0x80) {
      const size_t run = utf16_ascii_prefix(units + 2 * i, count - i);
      narrow_utf16(units + 2 * i, run, out + written);
      i += run, written += run;
      continue;
    }
    i++;
    if ((unit & 0xfc00) == 0xd800 && i < count) {
      unit = 0x10000 + ((unit & 0x3ff) << 10) + (load_unit(units, i++) & 0x3ff);
    }
    written += encode_utf8(unit, out + written);
  }
  return written;
}

size_t latin1_to_utf8(const uint8_t* bytes, size_t size, uint8_t* out) {
  size_t written = 0;
  for (size_t i = 0; i < size;) {
    if (bytes[i] < 0x80) {
      const size_t run = ascii_prefix(bytes + i, size - i);
      std::memcpy(out + written, bytes + i, run);
      i += run, written += run;
    } else {
      written += encode_utf8(bytes[i++], out + written);
    }
  }
  return written;
}

void latin1_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out) {
  size_t i = 0;
  for (; i + kBlock <= size; i += kBlock) inflate_block(bytes + i, out + 2 * i);
  for (; i < size; i++) store_unit(out, i, bytes[i]);
}

void inflate_latin1_in_place(uint8_t* out, size_t size) {
  size_t i = size;
  for (; i >= kBlock; i -= kBlock) inflate_block(out + i - kBlock, out + 2 * (i - kBlock));
  while (i > 0) {
    i--;
    store_unit(out, i, out[i]);
  }
}

void narrow_utf16(const uint8_t* units, size_t count, uint8_t* out) {
  size_t i = 0;
  for (; i + kBlock <= count; i += kBlock) narrow_block(units + 2 * i, out + i);
  for (; i < count; i++) out[i] = static_cast<uint8_t>(load_unit(units, i));
}

size_t utf16_ascii_prefix(const uint8_t* units, size_t count) {
  return utf16_prefix(units, count, kNotAscii16);
}
size_t utf16_latin1_prefix(const uint8_t* units, size_t count) {
  return utf16_prefix(units, count, kNotLatin16);
}

Latin1Progress utf8_to_latin1(const uint8_t* bytes, size_t size, uint8_t* out) {
  Latin1Progress progress;
  while (progress.read < size) {
    if (bytes[progress.read] < 0x80) {
      const size_t run = ascii_prefix(bytes + progress.read, size - progress.read);
      std::memcpy(out + progress.written, bytes + progress.read, run);
      progress.read += run, progress.written += run;
      continue;
    }
    const Decoded decoded = decode_utf8(bytes + progress.read, size - progress.read);
    if (decoded.code_point > 0xff || decoded.size != 2 || size - progress.read < 2) return progress;
    out[progress.written++] = static_cast<uint8_t>(decoded.code_point);
    progress.read += 2;
  }
  return progress;
}

}  // namespace wisp
