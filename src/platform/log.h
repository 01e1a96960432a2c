// Log lines on standard error, chosen by the environment: WISP_LOG=error|warning|info|debug
// (default: error).
//
// log_debug("io backend: {}", name) formats only where its level is on.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace wisp {

enum class LogLevel : uint8_t { kError, kWarning, kInfo, kDebug };

// What WISP_LOG says; unknown words count as the default.
LogLevel parse_log_level(std::string_view text);
bool log_enabled(LogLevel level);
// Writes one line "wisp: level: text" in one system call.
void write_log_line(LogLevel level, std::string_view text);

template <class... Arguments>
void log(LogLevel level, fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  if (log_enabled(level))
    write_log_line(level, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log(LogLevel::kDebug, format, std::forward<Arguments>(arguments)...);
}
template <class... Arguments>
void log_warning(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log(LogLevel::kWarning, format, std::forward<Arguments>(arguments)...);
}
template <class... Arguments>
void log_error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log(LogLevel::kError, format, std::forward<Arguments>(arguments)...);
}

}  // namespace wisp
