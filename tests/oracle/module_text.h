// ModuleTree -> the text format (core specification 2.0, section 6), folded.
//
// External interface: `to_text`. What it prints makes the bytes that `encode` makes, but for
// functions that were removed: those are printed empty, so that indices stay.
#pragma once

#include <string>

#include "tests/oracle/module_tree.h"

namespace wisp::oracle {

std::string to_text(const ModuleTree& module);

}  // namespace wisp::oracle
