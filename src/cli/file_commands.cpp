#include "cli/file_commands.h"

#include <cstdio>

#include "cli/report.h"
#include "wisp/wisp.hpp"

namespace wisp::cli {

namespace {

int print(const Options& options, Result<std::string> text) {
  if (!text) {
    report_error(options.file, text.error());
    return kExitFailure;
  }
  const bool is_written = std::fwrite(text->data(), 1, text->size(), stdout) == text->size() &&
                          std::fflush(stdout) == 0;
  return is_written ? 0 : kExitFailure;
}

// What is said between the file's name and the reason.
std::string verdict(const Error& error) {
  switch (error.kind()) {
    case WISP_ERROR_MALFORMED:
      return ": malformed";
    case WISP_ERROR_INVALID:
      return ": invalid";
    case WISP_ERROR_UNSUPPORTED:
      return ": not supported";
    default:
      return "";
  }
}

}  // namespace

int validate_command(const Options& options) {
  Result<wisp_binary_kind_t> kind = validate_file(path_of(options.file));
  if (!kind) {
    report_error(options.file + verdict(kind.error()), kind.error());
    return kExitFailure;
  }
  std::printf("%s: valid %s\n", printable(options.file).c_str(),
              *kind == WISP_BINARY_MODULE ? "module" : "component");
  return 0;
}

int wit_command(const Options& options) {
  return print(options, wit_of_file(path_of(options.file)));
}

int inspect_command(const Options& options) {
  return print(options, inspect_file(path_of(options.file)));
}

}  // namespace wisp::cli
