// Two ways to have hot loops compiled as written. Used only where a benchmark shows it.
//
//   WISP_INLINE  for the few functions that the compiler's heuristics leave out of line
//   opaque()     the value itself, of which the compiler knows nothing: tests in front of a switch
//                stay tests, where it would merge them into the jump table
#pragma once

#define WISP_INLINE [[gnu::always_inline]] inline

namespace wisp {

template <class T>
WISP_INLINE T opaque(T value) {
  asm("" : "+r"(value));
  return value;
}

}  // namespace wisp
