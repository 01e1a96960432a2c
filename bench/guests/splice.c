// Copies standard input to standard output by output-stream.blocking-splice: the bytes never come
// to the guest. Imports by hand, as in echo_server.c. Built by scripts/build_guests.sh.
#include <stdint.h>

typedef int32_t handle;
typedef struct {
  uint8_t is_error;
  union {
    uint64_t size;
    uint8_t error;  // of the cases of stream-error: 1 is closed
  };
} result;

#define IMPORT(interface, name) \
  __attribute__((import_module("wasi:" interface "@0.2.12"), import_name(name)))

IMPORT("cli/stdin", "get-stdin") handle get_stdin(void);
IMPORT("cli/stdout", "get-stdout") handle get_stdout(void);
IMPORT("io/streams", "[method]output-stream.blocking-splice")
void blocking_splice(handle to, handle from, int64_t size, result* result);
IMPORT("io/streams", "[resource-drop]output-stream") void drop_output(handle);

__attribute__((export_name("wasi:cli/run@0.2.12#run"))) int run(void) {
  const handle from = get_stdin(), to = get_stdout();
  result moved;
  do blocking_splice(to, from, 1 << 20, &moved);
  while (!moved.is_error);
  drop_output(to);  // what it has taken is written before that returns
  return moved.error != 1;
}
