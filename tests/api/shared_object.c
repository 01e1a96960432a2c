// What the shared object of the tests has besides Wisp. Debian compiles libasmjit.a for programs: a
// shared object cannot name `stderr` as it does. So the linker gives it (by --wrap) one that lies
// in the object itself.
#include <stdio.h>

extern FILE* __real_stderr;
FILE* __wrap_stderr;

__attribute__((constructor)) static void set_stderr(void) { __wrap_stderr = __real_stderr; }
