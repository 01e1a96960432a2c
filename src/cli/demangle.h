// Names of functions as their source has them.
#pragma once

#include <string>

namespace wisp::cli {

// What a name of Rust (both schemes) or of C++ stands for; other names stay. The hash that Rust
// appends is left out.
std::string demangled(const std::string& name);

}  // namespace wisp::cli
