// Runs a script: commands about core modules and about components, which one script may mix.
//
// A command counts if it is an assertion; an action or a module that must load counts only if it
// fails. Skipped is what needs a feature that Wisp refuses by name: the module itself, what acts on
// it, and what imports from it.
#pragma once

#include <memory>

#include "jit/engine.h"
#include "tests/spec/core_engine.h"
#include "tests/spec/report.h"
#include "tests/spec/script.h"

namespace wisp::spec {

// `core` runs what is about core modules, `engine` what is about components.
void run_script(const std::shared_ptr<jit::Engine>& engine, std::unique_ptr<CoreEngine> core,
                const Script& script, Verdicts& verdicts);

}  // namespace wisp::spec
