#include "platform/check.h"

#include <cstdio>
#include <cstdlib>

namespace wisp {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "wisp: internal error: %s does not hold (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace wisp
