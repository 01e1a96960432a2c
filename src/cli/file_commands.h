// Commands that look at a file without running it: `wisp validate`, `wisp wit`, `wisp inspect`.
#pragma once

#include "cli/options.h"

namespace wisp::cli {

// The exit status of the process: 0 if the file is valid, else 1. What was asked for goes to
// stdout, what is wrong to stderr.
int validate_command(const Options& options);
int wit_command(const Options& options);
int inspect_command(const Options& options);

}  // namespace wisp::cli
