// The loop over blocks for AVX2. Nothing here may run, or be inline and shared, before AVX2 is
// known to be there.
#if defined(__AVX2__)

#include "component/abi/block_loop.h"

namespace wisp::component {

BlockKernel block_kernel_of_avx2(const BlockTable& table) {
  return BlockLoop<simd::Vector32>::kernel(table);
}

}  // namespace wisp::component

#endif
