#include "platform/printable.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>

#include "platform/code_points.h"

namespace wisp {

namespace {

struct Range {
  uint32_t first;
  uint32_t last;
};

// Unicode 15: controls, and the format characters that reorder text or cannot be seen.
constexpr Range kEscaped[] = {
    {0x00, 0x1f},        // C0
    {0x7f, 0x9f},        // delete, and C1
    {0xad, 0xad},        // soft hyphen
    {0x61c, 0x61c},      // Arabic letter mark
    {0x180e, 0x180e},    // Mongolian vowel separator
    {0x200b, 0x200f},    // zero width, direction marks
    {0x2028, 0x202e},    // line and paragraph separator, embeddings, overrides
    {0x2060, 0x206f},    // invisible operators, isolates
    {0xfeff, 0xfeff},    // byte order mark
    {0xfff9, 0xfffb},    // interlinear annotation
    {0xe0000, 0xe007f},  // tags
};

bool is_escaped(uint32_t code_point) {
  return std::any_of(std::begin(kEscaped), std::end(kEscaped), [code_point](const Range& range) {
    return range.first <= code_point && code_point <= range.last;
  });
}

void append_number(std::string& text, const char* open, uint32_t number, const char* close) {
  char digits[8];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, 16);
  text += open;
  text.append(digits, end);
  text += close;
}

std::string escaped(std::string_view text, std::string_view kept) {
  std::string result;
  result.reserve(text.size());
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    const DecodedUtf8 character = decode_utf8(bytes + at, text.size() - at);
    if (character.size == 0 || character.size > text.size() - at) {
      append_number(result, "\\x", bytes[at], "");  // two digits: it is no ASCII
      at++;
      continue;
    }
    if (is_escaped(character.code_point) && kept.find(text[at]) == std::string_view::npos) {
      append_number(result, "\\u{", character.code_point, "}");
    } else {
      result += text.substr(at, character.size);
    }
    at += character.size;
  }
  return result;
}

}  // namespace

std::string printable(std::string_view text) { return escaped(text, ""); }

std::string quoted(std::string_view text) { return "`" + printable(text) + "`"; }

std::string printable_lines(std::string_view text) { return escaped(text, "\n"); }

}  // namespace wisp
