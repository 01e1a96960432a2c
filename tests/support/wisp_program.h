// The program under test, and a run of it with these arguments and no input.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/program.h"

namespace wisp::test {

inline const std::string kProgram = WISP_BINARY_DIR "/wisp";

inline Completed wisp(std::vector<std::string> arguments) {
  Invocation invocation;
  invocation.command = std::move(arguments);
  invocation.command.insert(invocation.command.begin(), kProgram);
  return run_program(invocation);
}

}  // namespace wisp::test
