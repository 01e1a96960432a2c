// LEB128 from untrusted bytes: the one decoder that the readers of modules and components share.
//
// Interface: decode_leb<kBits, kSign>. It accepts padded encodings up to ceil(bits / 7) bytes, as
// the WebAssembly specification (core, section 5.2.2) does, and nothing longer.
#pragma once

#include <cstdint>

namespace wisp {

enum class LebStatus : uint8_t {
  kOk,
  kUnexpectedEnd,
  kTooLong,   // a continuation bit in the last byte that may exist
  kTooLarge,  // unused bits of the last byte that are not the sign
};
enum class LebSign : uint8_t { kUnsigned, kSigned };

constexpr const char* to_string(LebStatus status) {
  switch (status) {
    case LebStatus::kUnexpectedEnd:
      return "unexpected end";
    case LebStatus::kTooLong:
      return "integer representation too long";
    case LebStatus::kTooLarge:
      return "integer too large";
    case LebStatus::kOk:
      break;
  }
  return "ok";
}

// Advances `at` past the number, or to the offending byte. Signed values are sign-extended.
template <unsigned kBits, LebSign kSign>
LebStatus decode_leb(const uint8_t*& at, const uint8_t* end, uint64_t& value) {
  constexpr unsigned kLastShift = (kBits - 1) / 7 * 7;
  constexpr unsigned kLastBits = kBits - kLastShift;  // used bits of the last byte
  value = 0;
  for (unsigned shift = 0;; shift += 7) {
    if (at == end) return LebStatus::kUnexpectedEnd;
    const uint64_t byte = *at;
    value |= (byte & 0x7f) << shift;
    if (shift == kLastShift) {
      if (byte >= 0x80) return LebStatus::kTooLong;
      const uint64_t rest = byte >> (kSign == LebSign::kSigned ? kLastBits - 1 : kLastBits);
      constexpr uint64_t kAllSet = 0x7f >> (kLastBits - 1);
      if (rest != 0 && (kSign == LebSign::kUnsigned || rest != kAllSet)) {
        return LebStatus::kTooLarge;
      }
    }
    ++at;
    if (byte < 0x80) {
      if (kSign == LebSign::kSigned && shift + 7 < 64 && (byte & 0x40) != 0) {
        value |= ~uint64_t{0} << (shift + 7);
      }
      return LebStatus::kOk;
    }
  }
}

}  // namespace wisp
