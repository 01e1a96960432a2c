// A small client and server by the BSD sockets of wasi-libc, one poll for all connections; README.md says what the
// commands do.
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char kResponse[] =
    "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nit answers\n";
enum { kMaxConnections = 64 };

static void fail(const char* what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  exit(1);
}
static int check(int result, const char* what) {
  if (result < 0) fail(what);
  return result;
}

// ---- Addresses ----

static struct addrinfo* resolve(const char* host, const char* port, int type) {
  struct addrinfo hints = {0}, *found;
  hints.ai_socktype = type;
  const int error = getaddrinfo(host, port, &hints, &found);
  if (error == 0) return found;
  fprintf(stderr, "%s\n", gai_strerror(error));
  exit(1);
}

static const char* text_of(const struct sockaddr_storage* address) {
  static char text[INET6_ADDRSTRLEN];
  const void* bytes = address->ss_family == AF_INET
                          ? (const void*)&((const struct sockaddr_in*)address)->sin_addr
                          : (const void*)&((const struct sockaddr_in6*)address)->sin6_addr;
  return inet_ntop(address->ss_family, bytes, text, sizeof text);
}
static int port_of(const struct sockaddr_storage* address) {
  return ntohs(address->ss_family == AF_INET ? ((const struct sockaddr_in*)address)->sin_port
                                             : ((const struct sockaddr_in6*)address)->sin6_port);
}

static int bind_to(const char* host, const char* port, int type) {
  struct addrinfo* address = resolve(host, port, type);
  const int sock = check(socket(address->ai_family, type, 0), "socket");
  const int on = 1;
  if (type == SOCK_STREAM)
    check(setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  check(bind(sock, address->ai_addr, address->ai_addrlen), "bind");
  if (type == SOCK_STREAM) check(listen(sock, 16), "listen");
  struct sockaddr_storage local;
  socklen_t size = sizeof local;
  check(getsockname(sock, (struct sockaddr*)&local, &size), "getsockname");
  printf(local.ss_family == AF_INET ? "listening on %s:%d\n" : "listening on [%s]:%d\n",
         text_of(&local), port_of(&local));
  fflush(stdout);
  freeaddrinfo(address);
  return sock;
}

static int connect_to(const char* host, const char* port, int type) {
  struct addrinfo* address = resolve(host, port, type);
  const int sock = check(socket(address->ai_family, type, 0), "socket");
  check(connect(sock, address->ai_addr, address->ai_addrlen), "connect");
  freeaddrinfo(address);
  return sock;
}

// ---- TCP ----

// What a connection still has to send; it is read from when that is nothing.
struct Connection {
  int is_finished;
  size_t sent, size;
  char bytes[16384];
};

static void set_nonblocking(int sock) {
  int on = 1;
  check(ioctl(sock, FIONBIO, &on), "ioctl");
}

// Says whether the connection is over.
static int serve(int sock, struct Connection* connection) {
  if (connection->sent == connection->size) {
    if (connection->is_finished) return 1;
    const ssize_t count = recv(sock, connection->bytes, sizeof connection->bytes, 0);
    if (count < 0 && errno == EAGAIN) return 0;
    if (check((int)count, "recv") == 0) return 1;
    connection->sent = 0;
    connection->size = (size_t)count;
    if (count >= 4 && memcmp(connection->bytes, "GET ", 4) == 0) {
      connection->size = sizeof kResponse - 1;
      memcpy(connection->bytes, kResponse, connection->size);
      connection->is_finished = 1;
    }
  }
  const ssize_t count =
      send(sock, connection->bytes + connection->sent, connection->size - connection->sent, 0);
  if (count < 0 && errno == EAGAIN) return 0;
  connection->sent += (size_t)check((int)count, "send");
  return connection->is_finished && connection->sent == connection->size;
}

static void tcp_server(const char* host, const char* port, int count) {
  static struct Connection connections[kMaxConnections];
  struct pollfd polled[1 + kMaxConnections];
  int open = 0;
  polled[0].fd = bind_to(host, port, SOCK_STREAM);
  set_nonblocking(polled[0].fd);
  while (count > 0 || open > 0) {
    polled[0].events = count > 0 && open < kMaxConnections ? POLLIN : 0;
    for (int i = 0; i < open; i++)
      polled[1 + i].events = connections[i].sent < connections[i].size ? POLLOUT : POLLIN;
    check(poll(polled, (nfds_t)(1 + open), -1), "poll");
    for (int i = open; i-- > 0;) {
      if (polled[1 + i].revents == 0 || !serve(polled[1 + i].fd, &connections[i])) continue;
      close(polled[1 + i].fd);
      polled[1 + i] = polled[open];
      connections[i] = connections[--open];
    }
    if (polled[0].revents == 0) continue;
    const int accepted = accept(polled[0].fd, NULL, NULL);
    if (accepted < 0 && errno == EAGAIN) continue;
    set_nonblocking(check(accepted, "accept"));
    memset(&connections[open], 0, sizeof connections[open]);
    polled[1 + open++].fd = accepted;
    count--;
  }
}

static void send_all(int sock, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t count = check((int)send(sock, bytes, size, 0), "send");
    bytes += count;
    size -= (size_t)count;
  }
}

static void tcp_client(const char* host, const char* port) {
  const int sock = connect_to(host, port, SOCK_STREAM);
  const int on = 1;
  check(setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "setsockopt");
  struct sockaddr_storage peer;
  socklen_t size = sizeof peer;
  check(getpeername(sock, (struct sockaddr*)&peer, &size), "getpeername");
  if (port_of(&peer) != atoi(port)) fail("another port");
  static char buffer[65536];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, stdin)) > 0) send_all(sock, buffer, count);
  check(shutdown(sock, SHUT_WR), "shutdown");
  ssize_t received;
  while ((received = check((int)recv(sock, buffer, sizeof buffer, 0), "recv")) > 0)
    fwrite(buffer, 1, (size_t)received, stdout);
}

// ---- UDP ----

static void udp_server(const char* host, const char* port, int count) {
  static char buffer[65536];
  const int sock = bind_to(host, port, SOCK_DGRAM);
  while (count-- > 0) {
    struct sockaddr_storage from;
    socklen_t size = sizeof from;
    const ssize_t received =
        recvfrom(sock, buffer, sizeof buffer, 0, (struct sockaddr*)&from, &size);
    check((int)received, "recvfrom");
    check((int)sendto(sock, buffer, (size_t)received, 0, (struct sockaddr*)&from, size), "sendto");
  }
}

static void udp_client(const char* host, const char* port) {
  static char line[65536];
  const int sock = connect_to(host, port, SOCK_DGRAM);
  while (fgets(line, sizeof line, stdin) != NULL) {
    const size_t size = strcspn(line, "\n");
    check((int)send(sock, line, size, 0), "send");
    const ssize_t received = check((int)recv(sock, line, sizeof line - 1, 0), "recv");
    printf("%.*s\n", (int)received, line);
  }
}

// ---- Names ----

static int compare(const void* a, const void* b) {
  return strcmp(*(char* const*)a, *(char* const*)b);
}

static void lookup(const char* host) {
  char* found[64];
  int count = 0;
  struct addrinfo* first = resolve(host, NULL, SOCK_STREAM);
  for (struct addrinfo* it = first; it != NULL && count < 64; it = it->ai_next)
    found[count++] = strdup(text_of((struct sockaddr_storage*)it->ai_addr));
  freeaddrinfo(first);
  qsort(found, (size_t)count, sizeof found[0], compare);
  for (int i = 0; i < count; i++)
    if (i == 0 || strcmp(found[i], found[i - 1]) != 0) puts(found[i]);
}

int main(int argc, char** argv) {
  const char* command = argc > 2 ? argv[1] : "";
  if (strcmp(command, "tcp-server") == 0 && argc == 5) {
    tcp_server(argv[2], argv[3], atoi(argv[4]));
  } else if (strcmp(command, "tcp-client") == 0 && argc == 4) {
    tcp_client(argv[2], argv[3]);
  } else if (strcmp(command, "udp-server") == 0 && argc == 5) {
    udp_server(argv[2], argv[3], atoi(argv[4]));
  } else if (strcmp(command, "udp-client") == 0 && argc == 4) {
    udp_client(argv[2], argv[3]);
  } else if (strcmp(command, "lookup") == 0 && argc == 3) {
    lookup(argv[2]);
  } else {
    fputs("see README.md\n", stderr);
    return 2;
  }
  return 0;
}
