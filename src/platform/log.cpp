#include "platform/log.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

#include "platform/printable.h"

namespace wisp {

namespace {

constexpr std::string_view kLevelNames[] = {"error", "warning", "info", "debug"};

}  // namespace

LogLevel parse_log_level(std::string_view text) {
  for (size_t i = 0; i < std::size(kLevelNames); i++) {
    if (text == kLevelNames[i]) return static_cast<LogLevel>(i);
  }
  return LogLevel::kError;
}

bool log_enabled(LogLevel level) {
  const char* text = std::getenv("WISP_LOG");
  return level <= parse_log_level(text == nullptr ? std::string_view() : text);
}

void write_log_line(LogLevel level, std::string_view text) {
  const std::string line =
      fmt::format("wisp: {}: {}\n", kLevelNames[static_cast<size_t>(level)], printable(text));
  // A log that cannot be written is nobody's failure.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace wisp
