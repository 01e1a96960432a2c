// WISP_INLINE: for the few functions of hot loops that the compiler's heuristics leave out of line.
// Used only where a benchmark shows it.
#pragma once

#define WISP_INLINE [[gnu::always_inline]] inline
