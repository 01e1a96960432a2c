// `wisp run`: one component, from its file to its exit status.
#pragma once

#include "cli/options.h"

namespace wisp::cli {

// The exit status of the process. Errors are printed.
int run_command(const Options& options);

}  // namespace wisp::cli
