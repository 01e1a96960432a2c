// TextKernels of what Wisp requires: x86-64-v2, or NEON.
#include "platform/text_blocks.h"
#include "platform/text_kernels.h"

namespace wisp {

constexpr TextKernels kBaselineText = TextBlocks<simd::Vector16>::kKernels;

}  // namespace wisp
