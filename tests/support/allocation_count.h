// Counts what a program allocates by operator new: in every program that asks.
#pragma once

#include <cstddef>

namespace wisp::testing {

size_t allocation_count();

}  // namespace wisp::testing
