// A guest without a libc of its own: the bindings of `wit-bindgen c`, with UTF-16 as its encoding of strings. Prints its
// arguments and variables as UTF-16LE. Built by scripts/build_guests.sh.
#include "utf16.h"

static wasi_io_streams_own_output_stream_t out;

static void print(const uint8_t* bytes, size_t size) {
  utf16_list_u8_t list = {(uint8_t*)bytes, size};
  wasi_io_streams_stream_error_t error;
  wasi_io_streams_method_output_stream_blocking_write_and_flush(
      wasi_io_streams_borrow_output_stream(out), &list, &error);
}

static void print_string(const utf16_string_t* string) {
  print((const uint8_t*)string->ptr, string->len * 2);
}

bool exports_wasi_cli_run_run(void) {
  out = wasi_cli_stdout_get_stdout();
  utf16_list_string_t arguments;
  wasi_cli_environment_get_arguments(&arguments);
  for (size_t i = 0; i < arguments.len; i++) {
    print_string(&arguments.ptr[i]);
    print((const uint8_t*)u"\n", 2);
  }
  utf16_list_tuple2_string_string_t variables;
  wasi_cli_environment_get_environment(&variables);
  for (size_t i = 0; i < variables.len; i++) {
    print_string(&variables.ptr[i].f0);
    print((const uint8_t*)u"=", 2);
    print_string(&variables.ptr[i].f1);
    print((const uint8_t*)u"\n", 2);
  }
  utf16_list_u8_t random;
  wasi_random_random_get_random_bytes(10, &random);
  return random.len == 10;
}
