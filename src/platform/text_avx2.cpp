// TextKernels of AVX2. Nothing here may run, or be inline and shared, before it is known to be
// there.
#if defined(__AVX2__)

#include "platform/text_blocks.h"
#include "platform/text_kernels.h"

namespace wisp {

extern const TextKernels kAvx2Text;
constexpr TextKernels kAvx2Text = TextBlocks<simd::Vector32>::kKernels;

}  // namespace wisp

#endif
