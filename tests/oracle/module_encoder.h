// ModuleTree -> the binary format (core specification 2.0, section 5).
//
// External interface: `encode`. Every item is exported: functions as f0, f1, ..., the memory as m,
// tables as t0, ..., globals as g0, ...
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/oracle/module_tree.h"

namespace wisp::oracle {

// Nothing if a branch leaves a block that is not around it, or a removed function is named: the
// shrinker makes such trees.
std::optional<std::vector<uint8_t>> encode(const ModuleTree& module);

}  // namespace wisp::oracle
