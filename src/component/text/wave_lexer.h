// Tokens of WAVE, the text form of component values.
//
// https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave (README, "Encoding").
// Interface: WaveLexer, and what a literal stands for. The text is UTF-8 and outlives the tokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace wisp::component {

enum class WaveTokenKind : uint8_t {
  kEnd,
  kPunctuation,  // one of ( ) [ ] { } , :
  kNumber,       // digits, perhaps with a sign, a fraction and an exponent; "-inf"
  kLabel,        // of a field, case or flag, with its % if it has one; a keyword
  kChar,         // with its quotes
  kString,       // with its quotes
  kTextBlock,    // """ to """, several lines
};

struct WaveToken {
  WaveTokenKind kind = WaveTokenKind::kEnd;
  std::string_view text;
  size_t offset = 0;

  bool is(char punctuation) const {
    return kind == WaveTokenKind::kPunctuation && text[0] == punctuation;
  }
  // A keyword is a label without a %.
  bool is_keyword(std::string_view keyword) const {
    return kind == WaveTokenKind::kLabel && text == keyword;
  }
};

// true false some none ok err inf nan: labels of these names are written with a %.
bool is_wave_keyword(std::string_view label);

class WaveLexer {
 public:
  explicit WaveLexer(std::string_view text, size_t offset = 0) : text_(text), at_(offset) {}

  // White space and comments are passed over.
  Result<WaveToken> next();
  // "column 7"; "line 2, column 7" in a text of several lines. Columns count characters.
  std::string position(size_t offset) const;
  Error error(size_t offset, std::string message) const;

  // What a kString or kTextBlock stands for, in UTF-8.
  Result<std::string> string_value(const WaveToken& token) const;
  // The code point of a kChar.
  Result<uint32_t> char_value(const WaveToken& token) const;

 private:
  void skip_space();
  Result<WaveToken> read_quoted(char quote);
  Result<WaveToken> read_text_block();
  Result<WaveToken> read_number();
  Result<WaveToken> read_label();
  WaveToken take(WaveTokenKind kind, size_t end);
  // Appends the text from `offset` to `end` with its escapes resolved.
  Result<void> unescape(size_t offset, size_t end, std::string& out) const;
  Result<std::string> text_block_value(const WaveToken& token) const;

  std::string_view text_;
  size_t at_;
};

}  // namespace wisp::component
