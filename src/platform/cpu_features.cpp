#include "platform/cpu_features.h"

namespace wisp {

#if defined(__x86_64__)

CpuFeatures CpuFeatures::of_host() {
  __builtin_cpu_init();
  CpuFeatures features;
  features.has_baseline = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  features.has_avx = __builtin_cpu_supports("avx");
  features.has_bmi1 = __builtin_cpu_supports("bmi");
  features.has_bmi2 = __builtin_cpu_supports("bmi2");
  // g++ 12 and clang 14 do not know "lzcnt" here. Every processor with BMI2 has it (both came with
  // Haswell and Zen).
  features.has_lzcnt = features.has_bmi2;
  return features;
}

#else

CpuFeatures CpuFeatures::of_host() { return {}; }

#endif

}  // namespace wisp
