// Implementation limits on core modules: larger than any known toolchain makes, small enough that
// no module asks for more than its size justifies. Those shared with browsers have their values.
#pragma once

#include <cstdint>

namespace wisp::jit {

constexpr uint32_t kMaxTypes = 1'000'000;
constexpr uint32_t kMaxImports = 1'000'000;
constexpr uint32_t kMaxExports = 1'000'000;
constexpr uint32_t kMaxFunctions = 1'000'000;
constexpr uint32_t kMaxGlobals = 1'000'000;
constexpr uint32_t kMaxTables = 100'000;
constexpr uint32_t kMaxDataSegments = 100'000;
constexpr uint32_t kMaxElementSegments = 10'000'000;
constexpr uint32_t kMaxElements = 10'000'000;  // of one segment
constexpr uint32_t kMaxParams = 1'000;
constexpr uint32_t kMaxResults = 1'000;
constexpr uint32_t kMaxLocals = 50'000;  // with the parameters
constexpr uint32_t kMaxBodySizeBytes = 7'654'321;
// Of one function, during validation. Only results of calls and blocks can make more operands than
// the body has bytes; a frame of that size exceeds every guest stack.
constexpr uint32_t kMaxOperandHeight = 1'000'000;

}  // namespace wisp::jit
