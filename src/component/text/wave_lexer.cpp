#include "component/text/wave_lexer.h"

#include <algorithm>
#include <charconv>

#include "platform/code_points.h"
#include "platform/printable.h"
#include "platform/utf8.h"

namespace wisp::component {

namespace {

constexpr std::string_view kKeywords[] = {"true", "false", "some", "none",
                                          "ok",   "err",   "inf",  "nan"};
constexpr std::string_view kBlockQuote = "\"\"\"";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_label_byte(char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '-'; }

// Words are all lower or all upper case; the first begins with a letter.
bool is_wave_label(std::string_view label) {
  if (label.empty() || is_digit(label[0])) return false;
  while (true) {
    const std::string_view word = label.substr(0, label.find('-'));
    if (word.empty()) return false;
    if (std::any_of(word.begin(), word.end(), is_lower) &&
        std::any_of(word.begin(), word.end(), is_upper)) {
      return false;
    }
    if (word.size() == label.size()) return true;
    label.remove_prefix(word.size() + 1);
  }
}

}  // namespace

bool is_wave_keyword(std::string_view label) {
  return std::find(std::begin(kKeywords), std::end(kKeywords), label) != std::end(kKeywords);
}

std::string WaveLexer::position(size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  const size_t line_start = before.rfind('\n') + 1;  // 0 where there is none
  const std::string_view in_line = before.substr(line_start);
  const auto column =
      1 + in_line.size() -
      static_cast<size_t>(std::count_if(in_line.begin(), in_line.end(), is_utf8_continuation));
  std::string text = "column " + std::to_string(column);
  if (text_.find('\n') == std::string_view::npos) return text;
  return "line " + std::to_string(1 + std::count(before.begin(), before.end(), '\n')) + ", " + text;
}

Error WaveLexer::error(size_t offset, std::string message) const {
  return Error(ErrorCode::kUsage, position(offset) + ": " + std::move(message));
}

void WaveLexer::skip_space() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      at_++;
    } else if (text_.substr(at_, 2) == "//") {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else {
      return;
    }
  }
}

WaveToken WaveLexer::take(WaveTokenKind kind, size_t end) {
  const WaveToken token{kind, text_.substr(at_, end - at_), at_};
  at_ = end;
  return token;
}

Result<WaveToken> WaveLexer::next() {
  skip_space();
  if (at_ == text_.size()) return WaveToken{WaveTokenKind::kEnd, {}, at_};
  const char c = text_[at_];
  if (std::string_view("()[]{},:").find(c) != std::string_view::npos) {
    return take(WaveTokenKind::kPunctuation, at_ + 1);
  }
  if (text_.substr(at_).starts_with(kBlockQuote)) return read_text_block();
  if (c == '"' || c == '\'') return read_quoted(c);
  if (c == '-' || is_digit(c)) return read_number();
  if (c == '%' || is_lower(c) || is_upper(c)) return read_label();
  size_t end = at_ + 1;
  while (end < text_.size() && is_utf8_continuation(text_[end])) end++;
  return error(at_, "no value begins with " + quoted(text_.substr(at_, end - at_)));
}

Result<WaveToken> WaveLexer::read_quoted(char quote) {
  for (size_t end = at_ + 1; end < text_.size() && text_[end] != '\n'; end++) {
    if (text_[end] == '\\') {
      end++;
    } else if (text_[end] == quote) {
      return take(quote == '"' ? WaveTokenKind::kString : WaveTokenKind::kChar, end + 1);
    }
  }
  return error(at_, quote == '"' ? "the string has no end" : "the char has no end");
}

Result<WaveToken> WaveLexer::read_text_block() {
  const size_t end = text_.find(kBlockQuote, at_ + kBlockQuote.size());
  if (end == std::string_view::npos) return error(at_, "the text block has no closing \"\"\"");
  return take(WaveTokenKind::kTextBlock, end + kBlockQuote.size());
}

Result<WaveToken> WaveLexer::read_number() {
  size_t end = at_;
  const auto take_digits = [&] {
    const size_t start = end;
    while (end < text_.size() && is_digit(text_[end])) end++;
    return end > start;
  };
  const auto is_at = [&](char c) { return end < text_.size() && text_[end] == c; };
  if (is_at('-')) end++;
  if (text_.substr(end, 3) == "inf" && end > at_) {
    end += 3;
  } else {
    if (is_at('0')) {
      end++;
    } else if (!take_digits()) {
      return error(at_, "a number has digits");
    }
    bool is_complete = !(end < text_.size() && is_digit(text_[end]));
    if (is_complete && is_at('.')) {
      end++;
      is_complete = take_digits();
    }
    if (is_complete && (is_at('e') || is_at('E'))) {
      end++;
      if (is_at('+') || is_at('-')) end++;
      is_complete = take_digits();
    }
    if (!is_complete) return error(at_, "this is no number of JSON's form");
  }
  if (end < text_.size() && is_label_byte(text_[end])) {
    return error(at_, "this is neither a number nor a label");
  }
  return take(WaveTokenKind::kNumber, end);
}

Result<WaveToken> WaveLexer::read_label() {
  const size_t start = at_ + (text_[at_] == '%' ? 1 : 0);
  size_t end = start;
  while (end < text_.size() && is_label_byte(text_[end])) end++;
  const std::string_view label = text_.substr(start, end - start);
  if (!is_wave_label(label)) {
    return error(at_, quoted(label) + " is no label: words of one case with - between");
  }
  return take(WaveTokenKind::kLabel, end);
}

// --- Literals

Result<void> WaveLexer::unescape(size_t offset, size_t end, std::string& out) const {
  while (offset < end) {
    if (text_[offset] != '\\') {
      out += text_[offset++];
      continue;
    }
    constexpr std::string_view kNames = "\\'\"tnr";
    constexpr std::string_view kMeanings = "\\'\"\t\n\r";
    const char name = offset + 1 < end ? text_[offset + 1] : '\0';
    if (const size_t index = kNames.find(name); index != std::string_view::npos) {
      out += kMeanings[index];
      offset += 2;
      continue;
    }
    const std::string_view rest = text_.substr(offset, end - offset);
    const size_t close = rest.find('}');
    uint32_t code_point = 0;
    const bool is_unicode = rest.starts_with("\\u{") && close != std::string_view::npos;
    const char* const digits = rest.data() + 3;
    const char* const digits_end = is_unicode ? rest.data() + close : digits;
    const auto [last, status] = std::from_chars(digits, digits_end, code_point, 16);
    if (digits == digits_end || digits_end - digits > 6 || status != std::errc() ||
        last != digits_end || !is_scalar_value(code_point)) {
      return error(offset, "no such escape: there are \\\\ \\' \\\" \\t \\n \\r and \\u{...}");
    }
    append_utf8(code_point, out);
    offset += close + 1;
  }
  return {};
}

Result<uint32_t> WaveLexer::char_value(const WaveToken& token) const {
  std::string text;
  WISP_TRY(unescape(token.offset + 1, token.offset + token.text.size() - 1, text));
  const auto continuations = std::count_if(text.begin(), text.end(), is_utf8_continuation);
  if (text.size() - static_cast<size_t>(continuations) != 1) {
    return error(token.offset, "a char is one character");
  }
  return code_point_of(text);
}

Result<std::string> WaveLexer::string_value(const WaveToken& token) const {
  if (token.kind == WaveTokenKind::kTextBlock) return text_block_value(token);
  std::string text;
  WISP_TRY(unescape(token.offset + 1, token.offset + token.text.size() - 1, text));
  return text;
}

// The first line break, the last one and the spaces after it are the frame; every line in between
// begins with as many spaces.
Result<std::string> WaveLexer::text_block_value(const WaveToken& token) const {
  const size_t end = token.offset + token.text.size() - kBlockQuote.size();
  size_t line = token.offset + kBlockQuote.size();
  if (text_.substr(line, 2) == "\r\n") line++;
  if (text_[line] != '\n') return error(line, "the opening \"\"\" ends its line");
  const size_t last_break = text_.rfind('\n', end - 1);
  const std::string_view indent = text_.substr(last_break + 1, end - last_break - 1);
  if (indent.find_first_not_of(' ') != std::string_view::npos) {
    return error(end, "the closing \"\"\" stands alone in its line");
  }
  std::string text;
  for (bool is_first = true; line < last_break; is_first = false) {
    line++;  // past the line break
    size_t line_end = text_.find('\n', line);
    if (!text_.substr(line, line_end - line).starts_with(indent)) {
      return error(line, "the lines of a text block are indented as its closing \"\"\" is");
    }
    const size_t next = line_end;
    if (line_end > line && text_[line_end - 1] == '\r') line_end--;
    if (!is_first) text += '\n';
    WISP_TRY(unescape(line + indent.size(), std::max(line_end, line + indent.size()), text));
    line = next;
  }
  return text;
}

}  // namespace wisp::component
