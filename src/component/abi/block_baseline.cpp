// The loop over blocks for what Wisp requires: x86-64-v2, or NEON.
#include "component/abi/block_loop.h"

namespace wisp::component {

BlockKernel baseline_block_kernel(const BlockTable& table) {
  return BlockLoop<simd::Vector16>::kernel(table);
}

}  // namespace wisp::component
