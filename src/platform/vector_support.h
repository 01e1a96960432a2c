// Whether the host's own loops may use more than what Wisp requires; generated code asks
// CpuFeatures.
#pragma once

namespace wisp {

bool has_avx2();

}  // namespace wisp
