// Strings between memories and encodings: the nine conversions of the canonical ABI with their
// exact calls of realloc.
//
// CanonicalABI.md, "Loading" and "Storing" of strings. The order and the arguments of realloc calls
// can be observed by the guest, so they are those of the specification, empty strings included.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "component/abi/canonical.h"

namespace wisp::component {

// How a string is encoded where it comes from. In a latin1+utf16 memory that is a matter of each
// string: tagged utf16 is probably utf16, and is compressed where a receiver of latin1+utf16 finds
// that it need not be.
enum class SourceEncoding : uint8_t { kUtf8, kUtf16, kLatin1, kTaggedUtf16 };

// What is known of the characters of a string.
enum class TextRange : uint8_t { kAscii, kLatin1, kAny };

// A string that was checked; a view.
struct SourceString {
  const uint8_t* bytes = nullptr;
  uint32_t units = 0;
  SourceEncoding encoding = SourceEncoding::kUtf8;
  TextRange range = TextRange::kAny;

  uint32_t size_bytes() const {
    return encoding == SourceEncoding::kUtf16 || encoding == SourceEncoding::kTaggedUtf16
               ? 2 * units
               : units;
  }
};

// Looks at a string in the guest's memory: alignment, bounds, content. False: latched.
bool lift_source_string(CallState& call, const CanonicalOptions& options, uint32_t address,
                        uint32_t tagged_length, SourceString& result);

// Whether a text is ASCII and has 8 to 64 bytes: what most names and keys are, without a call.
inline bool is_short_ascii(const uint8_t* bytes, size_t size_bytes) {
  if (size_bytes - 8 > 64 - 8) return false;
  auto word_at = [bytes](size_t offset) {
    uint64_t word;
    std::memcpy(&word, bytes + offset, sizeof word);
    return word;
  };
  uint64_t all = word_at(size_bytes - 8);  // overlaps the one before it
  for (size_t i = 0; i + 8 < size_bytes; i += 8) all |= word_at(i);
  return (all & 0x8080808080808080) == 0;
}

// Checks the content of a string in utf8 or utf16. False: latched.
bool check_any_text(CallState& call, StringEncoding encoding, const uint8_t* bytes,
                    size_t size_bytes);
inline bool check_text(CallState& call, StringEncoding encoding, const uint8_t* bytes,
                       size_t size_bytes) {
  return (encoding == StringEncoding::kUtf8 && is_short_ascii(bytes, size_bytes)) ||
         check_any_text(call, encoding, bytes, size_bytes);
}

// Converts to UTF-8.
std::string to_utf8(const SourceString& source);
// The bytes that to_utf8 needs at most.
size_t max_utf8_size(const SourceString& source);
size_t write_utf8(const SourceString& source, uint8_t* out);

// Stores a string in the guest's memory. False: latched.
bool lower_source_string(CallState& call, const CanonicalOptions& options,
                         const SourceString& source, uint32_t& address, uint32_t& tagged_length);
// A string of the host, in UTF-8.
bool lower_utf8(CallState& call, const CanonicalOptions& options, std::string_view text,
                uint32_t& address, uint32_t& tagged_length);

}  // namespace wisp::component
