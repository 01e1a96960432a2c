#include "cli/validate_command.h"

#include <cstdio>

#include "cli/report.h"
#include "wisp/wisp.hpp"

namespace wisp::cli {

int validate_command(const Options& options) {
  Result<wisp_binary_kind_t> kind = validate_file(options.file);
  if (!kind) {
    report_error(options.file, kind.error());
    return kExitFailure;
  }
  std::printf("%s: valid %s\n", options.file.c_str(),
              *kind == WISP_BINARY_MODULE ? "module" : "component");
  return 0;
}

}  // namespace wisp::cli
