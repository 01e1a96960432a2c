// The shrinker: a generated case that fails -> a small one that still does.
//
// External interface: `shrink`. It takes away calls, functions, statements and operands, one after
// the other, as long as the case fails. It makes no effort to keep a tree valid: what the decoder
// refuses does not fail. Idea: delta debugging (Zeller), on the tree as in C-Reduce.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "tests/oracle/generator.h"

namespace wisp::oracle {

// Whether a valid module, with these calls, shows the fault.
using Fails = std::function<bool(std::span<const uint8_t> bytes, std::span<const Call> calls)>;

// Asks `fails` at most `max_attempts` times. `original` fails.
GeneratedCase shrink(GeneratedCase original, const Fails& fails, uint32_t max_attempts = 5000);

}  // namespace wisp::oracle
