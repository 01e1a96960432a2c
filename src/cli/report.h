// What the program says on stderr: one error, its reason and, for a trap, the backtrace of the
// guest.
#pragma once

#include <string_view>

#include "wisp/wisp.hpp"

namespace wisp::cli {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;
constexpr int kExitTrap = 134;  // 128 + SIGABRT, as a shell shows an aborted program

void report_usage(std::string_view message);
void report_warning(std::string_view message);
// `file` is what the error is about.
void report_error(std::string_view file, const Error& error);

}  // namespace wisp::cli
