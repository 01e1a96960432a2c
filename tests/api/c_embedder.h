// An embedder in C: wisp.h is a header of C, not only of C++.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

// Runs a command that writes to `output`. 0: it ended with 0.
int run_from_c(const char* path, int output);

#ifdef __cplusplus
}
#endif
