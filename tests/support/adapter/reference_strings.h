// Strings as the executable specification lifts and lowers them, a character at a time.
//
// definitions.py: load_string_from_range, store_string_into_range and what that calls.
#pragma once

#include <string>

#include "tests/support/adapter/reference_guest.h"

namespace wisp::test {

using component::StringEncoding;

// What a string was in its source: observable in the calls of realloc of who receives it.
enum class SourceUnits : uint8_t { kUtf8, kUtf16, kLatin1, kTaggedUtf16 };
struct ReferenceString {
  std::u32string text;
  SourceUnits source = SourceUnits::kUtf8;
  uint32_t units = 0;
};

constexpr uint32_t kMaxBytes = (1u << 28) - 1;
constexpr uint32_t kTag = 1u << 31;

inline std::u32string decode_utf8(const uint8_t* bytes, size_t size) {
  std::u32string text;
  for (size_t i = 0; i < size;) {
    const uint8_t first = bytes[i++];
    if (first < 0x80) {
      text += first;
      continue;
    }
    const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : -1;
    if (more < 0 || first > 0xf4) throw ReferenceTrap{"invalid utf-8"};
    char32_t code = first & (0x3fu >> more);
    for (int k = 0; k < more; ++k) {
      if (i == size || (bytes[i] & 0xc0) != 0x80) throw ReferenceTrap{"invalid utf-8"};
      code = code << 6 | (bytes[i++] & 0x3fu);
    }
    constexpr char32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    if (code < kLeast[more] || code > 0x10ffff || is_surrogate) {
      throw ReferenceTrap{"invalid utf-8"};
    }
    text += code;
  }
  return text;
}

inline std::u32string decode_utf16(const uint8_t* bytes, size_t units) {
  auto unit = [bytes](size_t i) {
    return static_cast<char32_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  };
  std::u32string text;
  for (size_t i = 0; i < units; ++i) {
    char32_t code = unit(i);
    if (code >= 0xd800 && code < 0xe000) {
      const bool is_pair =
          code < 0xdc00 && i + 1 < units && unit(i + 1) >= 0xdc00 && unit(i + 1) < 0xe000;
      if (!is_pair) throw ReferenceTrap{"unpaired surrogate"};
      code = 0x10000 + ((code - 0xd800) << 10) + (unit(++i) - 0xdc00);
    }
    text += code;
  }
  return text;
}

inline std::vector<uint8_t> encode_utf8(const std::u32string& text) {
  std::vector<uint8_t> bytes;
  for (const char32_t code : text) {
    auto add = [&bytes](char32_t byte) { bytes.push_back(static_cast<uint8_t>(byte)); };
    if (code < 0x80) {
      add(code);
      continue;
    }
    const int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    add((0xff00u >> (more + 1) & 0xffu) | code >> (6 * more));
    for (int k = more - 1; k >= 0; --k) add(0x80 | (code >> (6 * k) & 0x3f));
  }
  return bytes;
}

inline std::vector<uint8_t> encode_utf16(const std::u32string& text) {
  std::vector<uint8_t> bytes;
  auto add = [&bytes](char32_t unit) {
    bytes.push_back(static_cast<uint8_t>(unit));
    bytes.push_back(static_cast<uint8_t>(unit >> 8));
  };
  for (const char32_t code : text) {
    if (code < 0x10000) {
      add(code);
      continue;
    }
    add(0xd800 + ((code - 0x10000) >> 10));
    add(0xdc00 + ((code - 0x10000) & 0x3ff));
  }
  return bytes;
}

inline ReferenceString load_string(const ReferenceGuest& guest, uint32_t address, uint32_t tagged) {
  ReferenceString string;
  string.units = tagged;
  uint32_t alignment = 2, unit_size = 2;
  switch (guest.encoding) {
    case StringEncoding::kUtf8:
      string.source = SourceUnits::kUtf8;
      alignment = unit_size = 1;
      break;
    case StringEncoding::kUtf16:
      string.source = SourceUnits::kUtf16;
      break;
    case StringEncoding::kLatin1Utf16:
      string.units = tagged & ~kTag;
      string.source = string.units == tagged ? SourceUnits::kLatin1 : SourceUnits::kTaggedUtf16;
      unit_size = string.units == tagged ? 1 : 2;
      break;
  }
  const uint64_t size = uint64_t{string.units} * unit_size;
  if (size > kMaxBytes) throw ReferenceTrap{"string too long"};
  if (address % alignment != 0) throw ReferenceTrap{"unaligned pointer"};
  if (!guest.is_inside(address, size)) throw ReferenceTrap{"string content out-of-bounds"};
  const uint8_t* bytes = guest.bytes.data() + address;
  if (string.source == SourceUnits::kUtf8) {
    string.text = decode_utf8(bytes, string.units);
  } else if (string.source == SourceUnits::kLatin1) {
    string.text.assign(bytes, bytes + string.units);
  } else {
    string.text = decode_utf16(bytes, string.units);
  }
  return string;
}

// Stores one string: begin and tagged length.
class StringStore {
 public:
  StringStore(ReferenceGuest& guest, const ReferenceString& string)
      : guest_(guest), text_(string.text), source_(string.source), units_(string.units) {}

  std::pair<uint32_t, uint32_t> run() {
    const bool is_utf16 = source_ == SourceUnits::kUtf16 || source_ == SourceUnits::kTaggedUtf16;
    switch (guest_.encoding) {
      case StringEncoding::kUtf8:
        if (source_ == SourceUnits::kUtf8) return copy(encode_utf8(text_), 1);
        return to_utf8(units_ * (is_utf16 ? 3 : 2));
      case StringEncoding::kUtf16:
        if (source_ == SourceUnits::kUtf8) return utf8_to_utf16();
        return copy(encode_utf16(text_), 2);
      default:
        if (source_ == SourceUnits::kLatin1) return copy(latin1(), 2);
        if (source_ == SourceUnits::kTaggedUtf16) return probably_utf16();
        return to_latin1_or_utf16();
    }
  }

 private:
  using Placed = std::pair<uint32_t, uint32_t>;

  std::vector<uint8_t> latin1() const { return {text_.begin(), text_.end()}; }
  void put(uint32_t address, const std::vector<uint8_t>& bytes, size_t from = 0) {
    std::copy(bytes.begin() + static_cast<ptrdiff_t>(from), bytes.end(),
              guest_.bytes.begin() + address + static_cast<ptrdiff_t>(from));
  }
  static uint32_t size_of(const std::vector<uint8_t>& bytes) {
    return static_cast<uint32_t>(bytes.size());
  }

  Placed copy(const std::vector<uint8_t>& encoded, uint32_t alignment) {
    const uint32_t address = guest_.reallocate(0, 0, alignment, size_of(encoded));
    put(address, encoded);
    return {address, units_};
  }
  Placed to_utf8(uint32_t worst) {
    uint32_t address = guest_.reallocate(0, 0, 1, units_);
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] < 0x80) {
        guest_.bytes[address + i] = static_cast<uint8_t>(text_[i]);
        continue;
      }
      address = guest_.reallocate(address, units_, 1, worst);
      const std::vector<uint8_t> encoded = encode_utf8(text_);
      put(address, encoded, i);
      const uint32_t size = size_of(encoded);
      if (worst > size) address = guest_.reallocate(address, worst, 1, size);
      return {address, size};
    }
    return {address, units_};
  }
  Placed utf8_to_utf16() {
    const uint32_t worst = 2 * units_;
    uint32_t address = guest_.reallocate(0, 0, 2, worst);
    const std::vector<uint8_t> encoded = encode_utf16(text_);
    put(address, encoded);
    const uint32_t size = size_of(encoded);
    if (size < worst) address = guest_.reallocate(address, worst, 2, size);
    return {address, size / 2};
  }
  Placed to_latin1_or_utf16() {
    uint32_t address = guest_.reallocate(0, 0, 2, units_);
    uint32_t written = 0;
    for (const char32_t code : text_) {
      if (code >= 0x100) return finish_as_utf16(address, written);
      guest_.bytes[address + written++] = static_cast<uint8_t>(code);
    }
    if (written < units_) address = guest_.reallocate(address, units_, 2, written);
    return {address, written};
  }
  Placed finish_as_utf16(uint32_t address, uint32_t written) {
    const uint32_t worst = 2 * units_;
    address = guest_.reallocate(address, units_, 2, worst);
    for (uint32_t j = written; j-- != 0;) {
      guest_.bytes[address + 2 * j] = guest_.bytes[address + j];
      guest_.bytes[address + 2 * j + 1] = 0;
    }
    const std::vector<uint8_t> encoded = encode_utf16(text_);
    put(address, encoded, 2 * size_t{written});
    const uint32_t size = size_of(encoded);
    if (worst > size) address = guest_.reallocate(address, worst, 2, size);
    return {address, (size / 2) | kTag};
  }
  Placed probably_utf16() {
    const std::vector<uint8_t> encoded = encode_utf16(text_);
    const uint32_t size = size_of(encoded);
    uint32_t address = guest_.reallocate(0, 0, 2, size);
    put(address, encoded);
    for (const char32_t code : text_) {
      if (code >= 0x100) return {address, (size / 2) | kTag};
    }
    for (uint32_t i = 0; i < size / 2; ++i) {
      guest_.bytes[address + i] = guest_.bytes[address + 2 * i];
    }
    address = guest_.reallocate(address, size, 1, size / 2);
    return {address, size / 2};
  }

  ReferenceGuest& guest_;
  const std::u32string& text_;
  SourceUnits source_;
  uint32_t units_;
};

}  // namespace wisp::test
