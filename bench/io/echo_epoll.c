// A single-threaded echo server on epoll: what `bench/compare.py io` measures Wisp against.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

// What the peer has not taken yet: nothing is read from it meanwhile.
struct connection {
  int socket;
  char* unsent;
  size_t size;
};

static int loop;
static char buffer[1 << 16];

static void watch(struct connection* connection, int operation, unsigned events) {
  struct epoll_event event = {.events = events, .data.ptr = connection};
  check(epoll_ctl(loop, operation, connection->socket, &event), "epoll_ctl");
}

static void drop(struct connection* connection) {
  close(connection->socket);
  free(connection->unsent);
  free(connection);
}

static void accept_all(struct connection* listener) {
  for (;;) {
    const int accepted = accept4(listener->socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0) return;
    struct connection* connection = calloc(1, sizeof *connection);
    connection->socket = accepted;
    watch(connection, EPOLL_CTL_ADD, EPOLLIN);
  }
}

static void echo(struct connection* connection) {
  const ssize_t size = recv(connection->socket, buffer, sizeof buffer, 0);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) return drop(connection);
  const ssize_t sent = send(connection->socket, buffer, (size_t)size, MSG_NOSIGNAL);
  if (sent == size) return;
  if (sent < 0 && errno != EAGAIN) return drop(connection);
  const size_t taken = sent < 0 ? 0 : (size_t)sent;
  connection->size = (size_t)size - taken;
  connection->unsent = malloc(connection->size);
  memcpy(connection->unsent, buffer + taken, connection->size);
  watch(connection, EPOLL_CTL_MOD, EPOLLOUT);
}

static void send_rest(struct connection* connection) {
  const ssize_t sent = send(connection->socket, connection->unsent, connection->size, MSG_NOSIGNAL);
  if (sent < 0 && errno == EAGAIN) return;
  if (sent < 0) return drop(connection);
  connection->size -= (size_t)sent;
  memmove(connection->unsent, connection->unsent + sent, connection->size);
  if (connection->size > 0) return;
  free(connection->unsent);
  connection->unsent = NULL;
  watch(connection, EPOLL_CTL_MOD, EPOLLIN);
}

int main(void) {
  struct connection listener = {.socket = listen_on_loopback()};
  loop = epoll_create1(EPOLL_CLOEXEC);
  check(loop, "epoll_create1");
  watch(&listener, EPOLL_CTL_ADD, EPOLLIN);
  struct epoll_event events[512];
  for (;;) {
    const int count = epoll_wait(loop, events, sizeof events / sizeof events[0], -1);
    if (count < 0 && errno != EINTR) check(count, "epoll_wait");
    for (int i = 0; i < count; i++) {
      struct connection* connection = events[i].data.ptr;
      if (connection == &listener) {
        accept_all(connection);
      } else if (connection->unsent != NULL) {
        send_rest(connection);
      } else {
        echo(connection);
      }
    }
  }
}
