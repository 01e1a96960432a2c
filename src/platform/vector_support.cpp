#include "platform/vector_support.h"

namespace wisp {

#if defined(__x86_64__)

bool has_avx2() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2");
}

#else

bool has_avx2() { return false; }

#endif

}  // namespace wisp
