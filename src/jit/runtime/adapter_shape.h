// AdapterShape: all that the code of a fused adapter depends on (compiler/adapters.h).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "jit/wasm/types.h"

namespace wisp::jit {

// What becomes of one flat value.
struct FlatConversion {
  enum class Kind : uint8_t {
    kAsIs,
    kExtend8S,
    kExtend16S,
    kMask,    // and `operand`
    kBool,    // not zero: 1
    kChar,    // must be a Unicode scalar value
    kBelow,   // must be less than `operand`
    kBlock,   // the pointer of blocks[operand], in front of its length
    kLength,  // moves with it
  };
  Kind kind = Kind::kAsIs;
  uint32_t operand = 0;
  bool operator==(const FlatConversion&) const = default;
};

// A list or string whose contents move as one block, into what the receiver's realloc returns.
struct BlockShape {
  uint32_t element_size = 1;
  uint32_t alignment = 1;
  uint32_t max_length = 0;  // in elements
  bool is_plain = false;    // copied as it is; else checked and copied by a hook
  bool is_text = false;     // checked by a hook ahead of everything
  bool operator==(const BlockShape&) const = default;
};

struct AdapterShape {
  FuncType caller;  // of the import
  FuncType callee;  // of the core function
  bool has_params_hook = false;
  bool has_results_hook = false;
  // Of the flat values, where there is no hook.
  std::vector<FlatConversion> params;
  std::vector<FlatConversion> results;
  std::vector<BlockShape> blocks;          // of the parameters
  std::optional<BlockShape> result_block;  // the result is one, where the callee says
  bool checks_leave = true;                // whether the caller may ever be forbidden to leave
  bool saves_slots = false;                // whether the callee's instance uses context slots
  bool saves_caller_slots = false;         // for the realloc of a result
  bool has_post_return = false;

  bool operator==(const AdapterShape&) const = default;
};

}  // namespace wisp::jit
