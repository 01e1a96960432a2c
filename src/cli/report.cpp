// The texts go out by one write each, so that they do not mix with what the guest writes.
#include "cli/report.h"

#include <unistd.h>

#include <charconv>
#include <string>

#include "cli/demangle.h"

namespace wisp::cli {

namespace {

void write_stderr(const std::string& text) {
  for (size_t written = 0; written < text.size();) {
    const ssize_t count = write(STDERR_FILENO, text.data() + written, text.size() - written);
    if (count <= 0) return;  // nobody left to tell
    written += static_cast<size_t>(count);
  }
}

std::string hexadecimal(uint64_t number) {
  char digits[16];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number, 16);
  return "0x" + std::string(digits, end);
}

std::string describe_frame(const wisp_frame_t& frame) {
  std::string text = frame.module_name[0] == '\0' ? "<unknown>" : printable(frame.module_name);
  text += "!";
  if (frame.function_name[0] == '\0') {
    text += "<wasm function " + std::to_string(frame.function_index) + ">";
  } else {
    text += printable(demangled(frame.function_name));
  }
  return text;
}

std::string describe_backtrace(const Error& error) {
  std::string text;
  if (error.frame_count() != 0) text += "  wasm backtrace, innermost first:\n";
  for (size_t i = 0; i < error.frame_count(); i++) {
    const wisp_frame_t frame = error.frame(i);
    const std::string number = std::to_string(i);
    text += std::string(number.size() < 4 ? 4 - number.size() : 0, ' ') + number + ": ";
    text += hexadecimal(frame.wasm_offset) + " - " + describe_frame(frame) + "\n";
  }
  return text;
}

}  // namespace

void report_usage(std::string_view message) {
  write_stderr("wisp: error: " + printable(std::string(message)) + " (see wisp --help)\n");
}

void report_warning(std::string_view message) {
  write_stderr("wisp: warning: " + printable(std::string(message)) + "\n");
}

void report_error(std::string_view file, const Error& error) {
  std::string text =
      "wisp: error: " + printable(std::string(file)) + ": " + std::string(error.message());
  if (error.offset() != WISP_NO_OFFSET) text += " (at offset " + hexadecimal(error.offset()) + ")";
  write_stderr(text + "\n" + describe_backtrace(error));
}

}  // namespace wisp::cli
