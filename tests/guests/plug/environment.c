// Wraps wasi:cli/environment: everything that the host gives, and one variable more.
#include <stdlib.h>
#include <string.h>

#include "wrap.h"

static void set(wrap_string_t* string, const char* text) { wrap_string_dup(string, text); }

void exports_wasi_cli_environment_get_environment(wrap_list_tuple2_string_string_t* result) {
  wrap_list_tuple2_string_string_t given;
  wasi_cli_environment_get_environment(&given);
  result->len = given.len + 1;
  result->ptr = malloc(result->len * sizeof *result->ptr);
  memcpy(result->ptr, given.ptr, given.len * sizeof *given.ptr);
  set(&result->ptr[given.len].f0, "GREETING");
  set(&result->ptr[given.len].f1, "from a plug");
  free(given.ptr);
}

void exports_wasi_cli_environment_get_arguments(wrap_list_string_t* result) {
  wasi_cli_environment_get_arguments(result);
}

bool exports_wasi_cli_environment_initial_cwd(wrap_string_t* result) {
  return wasi_cli_environment_initial_cwd(result);
}
