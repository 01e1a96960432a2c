// A single-threaded echo server on WASI 0.2, for many connections: one list of pollables that stays
// from one poll to the next. Prints its port. Its imports are declared by hand, as the canonical
// ABI has them, so that nothing is measured but the functions. Built by scripts/build_guests.sh.
#include <stddef.h>
#include <stdint.h>

typedef int32_t handle;

#define IMPORT(interface, name) \
  __attribute__((import_module("wasi:" interface "@0.2.12"), import_name(name)))

// What a function returns in memory: where the result is a `result`, the case comes first, and what
// it holds is four bytes behind it.
typedef struct {
  uint8_t is_error;
  union {
    uint8_t error;
    handle handles[3];
    struct {
      void* data;
      size_t size;
    } list;
    struct {
      uint8_t family;
      uint16_t port __attribute__((aligned(4)));
    } address;
  };
} result;
typedef struct {
  uint32_t* data;
  size_t size;
} indices;

IMPORT("cli/stdout", "get-stdout") handle get_stdout(void);
IMPORT("io/streams", "[method]output-stream.blocking-write-and-flush")
void blocking_write_and_flush(handle stream, const void* data, size_t size, result* result);
IMPORT("sockets/instance-network", "instance-network") handle instance_network(void);
IMPORT("sockets/tcp-create-socket", "create-tcp-socket")
void create_tcp_socket(int32_t family, result* result);
IMPORT("sockets/tcp", "[method]tcp-socket.start-bind")
void start_bind(handle socket, handle network, int32_t family, int32_t port, int32_t a, int32_t b,
                int32_t c, int32_t d, int32_t, int32_t, int32_t, int32_t, int32_t, int32_t,
                result* result);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-bind") void finish_bind(handle, result*);
IMPORT("sockets/tcp", "[method]tcp-socket.set-listen-backlog-size")
void set_listen_backlog_size(handle socket, int64_t size, result* result);
IMPORT("sockets/tcp", "[method]tcp-socket.start-listen") void start_listen(handle, result*);
IMPORT("sockets/tcp", "[method]tcp-socket.finish-listen") void finish_listen(handle, result*);
IMPORT("sockets/tcp", "[method]tcp-socket.local-address") void local_address(handle, result*);
IMPORT("sockets/tcp", "[method]tcp-socket.accept") void accept_connection(handle, result*);
IMPORT("sockets/tcp", "[method]tcp-socket.subscribe") handle subscribe_socket(handle);
IMPORT("sockets/tcp", "[resource-drop]tcp-socket") void drop_socket(handle);
IMPORT("io/streams", "[method]input-stream.read")
void read_stream(handle stream, int64_t size, result* result);
IMPORT("io/streams", "[method]input-stream.subscribe") handle subscribe_input(handle);
IMPORT("io/streams", "[resource-drop]input-stream") void drop_input(handle);
IMPORT("io/streams", "[resource-drop]output-stream") void drop_output(handle);
IMPORT("io/poll", "poll")
void poll(const handle* pollables, size_t count, indices* ready);
IMPORT("io/poll", "[resource-drop]pollable") void drop_pollable(handle);

// Lists that a call returns: no more than one at a time is looked at.
enum { kListBytes = 1 << 18 };
static _Alignas(8) uint8_t list[kListBytes];

__attribute__((export_name("cabi_realloc"))) void* cabi_realloc(void* old, size_t old_size,
                                                                size_t alignment, size_t size) {
  (void)old, (void)old_size, (void)alignment;
  if (size > kListBytes) __builtin_trap();
  return list;
}

enum { kMostConnections = 20000, kWriteBytes = 4096 };
enum error_code { kWouldBlock = 8 };

typedef struct {
  handle socket, input, output;
  handle readable;  // the pollable of `input`
  int is_over;
} connection;

// In the same order: what is waited for is the listener, then each connection.
static handle pollables[1 + kMostConnections];
static connection connections[kMostConnections];
static size_t connection_count;

static void must(const result* result) {
  if (result->is_error) __builtin_trap();
}

static void accept_all(handle listener) {
  for (;;) {
    result accepted;
    accept_connection(listener, &accepted);
    if (accepted.is_error && accepted.error == kWouldBlock) return;
    must(&accepted);
    if (connection_count == kMostConnections) __builtin_trap();
    connection* added = &connections[connection_count];
    added->socket = accepted.handles[0];
    added->input = accepted.handles[1];
    added->output = accepted.handles[2];
    added->readable = subscribe_input(added->input);
    added->is_over = 0;
    pollables[1 + connection_count++] = added->readable;
  }
}

// The last one takes its place.
static void drop_connection(size_t index) {
  connection* dropped = &connections[index];
  drop_pollable(dropped->readable);
  drop_input(dropped->input);
  drop_output(dropped->output);
  drop_socket(dropped->socket);
  connection_count--;
  *dropped = connections[connection_count];
  pollables[1 + index] = pollables[1 + connection_count];
}

// Writing blocks, as it does in most programs. A server that waits for `check-write` instead stands
// still in wasmtime 49 when 300 connections are busy; in Wisp it makes no difference.
// False: the connection is over.
static int echo(size_t index) {
  connection* each = &connections[index];
  result message, written;
  read_stream(each->input, kWriteBytes, &message);
  if (message.is_error) return 0;
  if (message.list.size == 0) return 1;
  blocking_write_and_flush(each->output, message.list.data, message.list.size, &written);
  return !written.is_error;
}

static void print_port(unsigned port) {
  char text[8];
  size_t at = sizeof text;
  text[--at] = '\n';
  for (; port > 0; port /= 10) text[--at] = (char)('0' + port % 10);
  result result;
  blocking_write_and_flush(get_stdout(), text + at, sizeof text - at, &result);
  must(&result);
}

static handle listen_on_loopback(void) {
  result result;
  create_tcp_socket(0, &result);
  must(&result);
  const handle listener = result.handles[0];
  start_bind(listener, instance_network(), 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, &result);
  must(&result);
  finish_bind(listener, &result);
  must(&result);
  set_listen_backlog_size(listener, 4096, &result);
  must(&result);
  start_listen(listener, &result);
  must(&result);
  finish_listen(listener, &result);
  must(&result);
  local_address(listener, &result);
  must(&result);
  print_port(result.address.port);
  return listener;
}

__attribute__((export_name("wasi:cli/run@0.2.12#run"))) int run(void) {
  const handle listener = listen_on_loopback();
  pollables[0] = subscribe_socket(listener);
  for (;;) {
    indices ready;
    poll(pollables, 1 + connection_count, &ready);
    // Calls below overwrite the list.
    static uint32_t indexes[1 + kMostConnections];
    __builtin_memcpy(indexes, ready.data, ready.size * sizeof indexes[0]);
    int has_new = 0, has_over = 0;
    for (size_t i = 0; i < ready.size; i++) {
      if (indexes[i] == 0) {
        has_new = 1;
      } else if (!echo(indexes[i] - 1)) {
        has_over = connections[indexes[i] - 1].is_over = 1;
      }
    }
    // From behind, so that what takes its place has been looked at.
    for (size_t i = has_over ? connection_count : 0; i-- > 0;) {
      if (connections[i].is_over) drop_connection(i);
    }
    if (has_new) accept_all(listener);
  }
}
