// A single-threaded echo server on io_uring: what `bench/compare.py io` measures Wisp against.
// Buffers come from a ring and belong to a connection only from receiving to having sent.
#define _GNU_SOURCE
#include <errno.h>
#include <liburing.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "server.h"

enum { kBuffers = 4096, kBufferSize = 4096, kGroup = 0 };

struct connection {
  int socket;
  uint16_t buffer;
  uint32_t sent, size;  // of the buffer
  int is_sending;
};

static struct io_uring ring;
static struct io_uring_buf_ring* free_buffers;
static char (*buffers)[kBufferSize];

static struct io_uring_sqe* next_entry(void* data) {
  struct io_uring_sqe* entry = io_uring_get_sqe(&ring);
  if (entry == NULL) {
    io_uring_submit(&ring);
    entry = io_uring_get_sqe(&ring);
  }
  io_uring_sqe_set_data(entry, data);
  return entry;
}

static void give_back(uint16_t buffer) {
  io_uring_buf_ring_add(free_buffers, buffers[buffer], kBufferSize, buffer,
                        io_uring_buf_ring_mask(kBuffers), 0);
  io_uring_buf_ring_advance(free_buffers, 1);
}

static void receive(struct connection* connection) {
  connection->is_sending = 0;
  struct io_uring_sqe* entry = next_entry(connection);
  io_uring_prep_recv(entry, connection->socket, NULL, kBufferSize, 0);
  io_uring_sqe_set_data(entry, connection);
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = kGroup;
}

static void send_rest(struct connection* connection) {
  connection->is_sending = 1;
  struct io_uring_sqe* entry = next_entry(connection);
  io_uring_prep_send(entry, connection->socket, buffers[connection->buffer] + connection->sent,
                     connection->size - connection->sent, MSG_NOSIGNAL);
  io_uring_sqe_set_data(entry, connection);
}

static void drop(struct connection* connection) {
  close(connection->socket);
  free(connection);
}

static void accept_more(int listener) {
  struct io_uring_sqe* entry = next_entry(NULL);
  io_uring_prep_multishot_accept(entry, listener, NULL, NULL, SOCK_CLOEXEC);
  io_uring_sqe_set_data(entry, NULL);
}

static void complete(struct connection* connection, int result, unsigned flags) {
  if (connection->is_sending) {
    if (result > 0) connection->sent += (uint32_t)result;
    if (result > 0 && connection->sent < connection->size) return send_rest(connection);
    give_back(connection->buffer);
    if (result <= 0) return drop(connection);
    return receive(connection);
  }
  if (result == -ENOBUFS) return receive(connection);
  if (result <= 0) return drop(connection);
  connection->buffer = (uint16_t)(flags >> IORING_CQE_BUFFER_SHIFT);
  connection->size = (uint32_t)result;
  connection->sent = 0;
  send_rest(connection);
}

static void make_buffers(void) {
  int error = 0;
  struct io_uring_buf_reg group = {.ring_entries = kBuffers, .bgid = kGroup};
  const size_t size = kBuffers * sizeof(struct io_uring_buf);
  free_buffers = aligned_alloc(4096, size);
  group.ring_addr = (uint64_t)(uintptr_t)free_buffers;
  error = io_uring_register_buf_ring(&ring, &group, 0);
  errno = -error;
  check(error, "io_uring_register_buf_ring");
  io_uring_buf_ring_init(free_buffers);
  buffers = aligned_alloc(4096, (size_t)kBuffers * kBufferSize);
  for (int i = 0; i < kBuffers; i++) give_back((uint16_t)i);
}

int main(void) {
  const int listener = listen_on_loopback();
  struct io_uring_params params = {
      .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
      .cq_entries = 32768};
  const int error = io_uring_queue_init_params(1024, &ring, &params);
  errno = -error;
  check(error, "io_uring_queue_init_params");
  make_buffers();
  accept_more(listener);
  for (;;) {
    io_uring_submit_and_wait(&ring, 1);
    struct io_uring_cqe* completion;
    unsigned head, count = 0;
    io_uring_for_each_cqe(&ring, head, completion) {
      count++;
      struct connection* connection = io_uring_cqe_get_data(completion);
      if (connection != NULL) {
        complete(connection, completion->res, completion->flags);
        continue;
      }
      if (completion->res >= 0) {
        connection = calloc(1, sizeof *connection);
        connection->socket = completion->res;
        receive(connection);
      }
      if ((completion->flags & IORING_CQE_F_MORE) == 0) accept_more(listener);
    }
    io_uring_cq_advance(&ring, count);
  }
}
