// `wisp validate`: whether a module or component is valid, and where it is not.
#pragma once

#include "cli/options.h"

namespace wisp::cli {

// The exit status of the process: 0 if the file is valid, else 1. Says which on stdout or stderr.
int validate_command(const Options& options);

}  // namespace wisp::cli
