// What the processor can do, as far as generated code makes use of it.
//
// External interface: CpuFeatures. A default-made one has only what is required
// anyway, so that tests can ask for fallbacks.
#pragma once

namespace wisp {

struct CpuFeatures {
  bool has_baseline = true;  // what Wisp requires: x86-64-v2, or ARMv8.0
  bool has_avx = false;
  bool has_bmi1 = false;  // tzcnt
  bool has_bmi2 = false;
  bool has_lzcnt = false;

  static CpuFeatures of_host();
};

}  // namespace wisp
