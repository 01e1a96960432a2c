// Runs a script in a process of its own: whatever it does to the engine, the runner counts it and
// goes on with the next one.
#pragma once

#include <functional>

#include "tests/spec/report.h"

namespace wisp::spec {

// `body` says what becomes of each command, in a child process. If that process ends by a signal,
// or takes longer than two minutes, the command that it was at has failed.
void run_isolated(const Script& script, Report& report, const std::function<void(Verdicts&)>& body);

}  // namespace wisp::spec
