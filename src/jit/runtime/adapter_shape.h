// AdapterShape: all that the code of a fused adapter depends on (compiler/adapters.h).
#pragma once

#include <cstdint>
#include <vector>

#include "jit/wasm/types.h"

namespace wisp::jit {

// What becomes of one flat value.
struct FlatConversion {
  enum class Kind : uint8_t {
    kAsIs,
    kExtend8S,
    kExtend16S,
    kMask,   // and `operand`
    kBool,   // not zero: 1
    kChar,   // must be a Unicode scalar value
    kBelow,  // must be less than `operand`
  };
  Kind kind = Kind::kAsIs;
  uint32_t operand = 0;
  bool operator==(const FlatConversion&) const = default;
};

struct AdapterShape {
  FuncType caller;  // of the import
  FuncType callee;  // of the core function
  bool has_params_hook = false;
  bool has_results_hook = false;
  // Of the flat values, where there is no hook.
  std::vector<FlatConversion> params;
  std::vector<FlatConversion> results;
  bool checks_leave = true;  // whether the caller may ever be forbidden to leave
  bool saves_slots = false;  // whether the callee's instance uses context slots
  bool has_post_return = false;

  bool operator==(const AdapterShape&) const = default;
};

}  // namespace wisp::jit
