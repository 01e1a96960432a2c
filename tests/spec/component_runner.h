// Runs the commands of scripts about components.
#pragma once

#include <memory>

#include "jit/engine.h"
#include "tests/spec/report.h"
#include "tests/spec/script.h"

namespace wisp::spec {

// As run_core_script. Each component instance has a store of its own, as the scripts expect: a trap
// locks down that instance only.
void run_component_script(const std::shared_ptr<jit::Engine>& engine, const Script& script,
                          Report& report);

}  // namespace wisp::spec
