// Runs the commands of scripts about core modules.
#pragma once

#include "tests/spec/report.h"
#include "tests/spec/script.h"

namespace wisp::spec {

// `entry` may be nullptr: a script that no manifest describes. Only assertions are counted, and
// modules that are valid but refused.
void run_core_script(const Script& script, const ManifestEntry* entry, Report& report);

}  // namespace wisp::spec
