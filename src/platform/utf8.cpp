#include "platform/utf8.h"

#include "platform/code_points.h"
#include "platform/text_kernels.h"

namespace wisp {

size_t ascii_prefix(const uint8_t* bytes, size_t size) {
  return text_kernels().ascii_prefix(bytes, size);
}

size_t valid_utf8_prefix(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  return text_kernels().valid_utf8_prefix(bytes, text.size());
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
  const size_t valid = text_kernels().valid_utf8_prefix(bytes, size);
  if (valid == size) return Utf8Status::kValid;
  return decode_utf8(bytes + valid, size - valid).size == 0 ? Utf8Status::kInvalid
                                                            : Utf8Status::kIncomplete;
}

}  // namespace wisp
