// Leaves (`exit`, `trap` or `return`, as the argument says) while the host waits for something on every kind of socket:
// connections to accept, connections that are not made yet, data and datagrams to come, room to send, a timer, stdin.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { kConnections = 8 };

static int check(int result, const char* what) {
  if (result >= 0) return result;
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}
static int open_socket(int type) {
  const int sock = check(socket(AF_INET, type, 0), "socket");
  int on = 1;
  check(ioctl(sock, FIONBIO, &on), "ioctl");
  return sock;
}
static struct sockaddr_in bind_to_loopback(int sock) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(bind(sock, (struct sockaddr*)&address, sizeof address), "bind");
  check(getsockname(sock, (struct sockaddr*)&address, &size), "getsockname");
  return address;
}
// The queue of the listener is shorter: those that come last are not connected before others are accepted.
static void connect_to(int sock, const struct sockaddr_in* address) {
  if (connect(sock, (const struct sockaddr*)address, sizeof *address) != 0 && errno != EINPROGRESS)
    check(-1, "connect");
}
static void send_until_full(int sock) {
  static char bytes[65536];
  while (send(sock, bytes, sizeof bytes, 0) >= 0) {
  }
  if (errno != EAGAIN) check(-1, "send");
}

int main(int argc, char** argv) {
  const int listener = open_socket(SOCK_STREAM), idle = open_socket(SOCK_STREAM),
            datagrams = open_socket(SOCK_DGRAM);
  const struct sockaddr_in address = bind_to_loopback(listener);
  check(listen(listener, 2), "listen");
  bind_to_loopback(idle);
  check(listen(idle, 2), "listen");
  bind_to_loopback(datagrams);
  int first = open_socket(SOCK_STREAM);
  connect_to(first, &address);
  struct pollfd accepting = {.fd = listener, .events = POLLIN};
  check(poll(&accepting, 1, -1), "poll");
  const int accepted = check(accept(listener, NULL, NULL), "accept");
  struct pollfd connecting = {.fd = first, .events = POLLOUT};
  check(poll(&connecting, 1, -1), "poll");
  send_until_full(first);

  struct pollfd polled[5 + kConnections] = {{.fd = idle, .events = POLLIN},
                                            {.fd = datagrams, .events = POLLIN},
                                            {.fd = first, .events = POLLIN | POLLOUT},
                                            {.fd = 0, .events = POLLIN}};
  int count = 4;
  for (int i = 0; i < kConnections; i++) {
    polled[count].fd = open_socket(SOCK_STREAM);
    connect_to(polled[count].fd, &address);
    polled[count++].events = POLLIN;
  }
  check(poll(polled, (nfds_t)count, 20), "poll");
  (void)accepted;
  const char* how = argc > 1 ? argv[1] : "";
  if (strcmp(how, "exit") == 0) exit(3);
  if (strcmp(how, "trap") == 0) __builtin_trap();
  return 0;
}
