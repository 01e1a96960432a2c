// Load for an echo server on the loopback, from one process with several sockets per thread.
//
// usage: echo_load PORT PID CONNECTIONS ACTIVE SIZE SECONDS [THREADS]
//
// Opens CONNECTIONS, of which ACTIVE send messages of SIZE bytes, each when the one before it has
// come back; in the end every connection is asked once. Prints one line of JSON: what was done,
// what the server (the process PID) used of the processor meanwhile, and what it has of memory
// before and after the connections were made.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

static int port, pid, connection_count, active_count, thread_count;
static size_t message_size;
static double seconds;
static int* sockets;
static char* message;
static atomic_int stop;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fail(const char* what) {
  fprintf(stderr, "echo_load: %s\n", what);
  exit(1);
}

// --- What the server uses

// Of all its threads, those included that the kernel runs for it.
static double server_cpu_seconds(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR* tasks = opendir(path);
  if (tasks == NULL) fail("the server is gone");
  uint64_t total_ns = 0;
  for (struct dirent* task; (task = readdir(tasks)) != NULL;) {
    if (task->d_name[0] == '.') continue;
    char name[384];
    snprintf(name, sizeof name, "%s/%s/schedstat", path, task->d_name);
    FILE* file = fopen(name, "r");
    unsigned long long ns = 0;
    if (file != NULL && fscanf(file, "%llu", &ns) == 1) total_ns += ns;
    if (file != NULL) fclose(file);
  }
  closedir(tasks);
  return (double)total_ns / 1e9;
}

static long server_resident_kib(void) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE* file = fopen(path, "r");
  if (file == NULL) fail("the server is gone");
  long kib = 0;
  while (fgets(line, sizeof line, file) != NULL) sscanf(line, "VmRSS: %ld", &kib);
  fclose(file);
  return kib;
}

static double own_cpu_seconds(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

// --- Connections

static void ask(int connection) {
  char answer[4096];
  const size_t size = message_size < sizeof answer ? message_size : sizeof answer;
  if (send(connection, message, size, MSG_NOSIGNAL) != (ssize_t)size) fail("cannot send");
  if (recv(connection, answer, size, MSG_WAITALL) != (ssize_t)size) fail("no answer");
  if (memcmp(answer, message, size) != 0) fail("another answer than was sent");
}

static void open_connections(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < connection_count; i++) {
    sockets[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(sockets[i], "socket");
    const int one = 1;
    setsockopt(sockets[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    check(connect(sockets[i], (struct sockaddr*)&address, sizeof address), "connect");
    // So that no connection waits in a queue that is full.
    if (i % 64 == 63 || i == connection_count - 1) ask(sockets[i]);
  }
}

// --- Messages

struct worker {
  pthread_t thread;
  int first;  // of the active connections; every thread_count-th is this worker's
  _Atomic uint64_t messages;
};

struct exchange {
  int socket;
  size_t received;  // of the answer
};

static int active_socket(int index) {
  return sockets[(int64_t)index * connection_count / active_count];
}

static void exchange_more(struct worker* worker, struct exchange* exchange) {
  char answer[1 << 16];
  const ssize_t size = recv(exchange->socket, answer, sizeof answer, MSG_DONTWAIT);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0) fail("the server has closed a connection");
  if (memcmp(answer, message + exchange->received, (size_t)size) != 0) fail("a wrong byte");
  exchange->received += (size_t)size;
  if (exchange->received < message_size) return;
  exchange->received = 0;
  atomic_fetch_add_explicit(&worker->messages, 1, memory_order_relaxed);
  if (atomic_load_explicit(&stop, memory_order_relaxed)) return;
  if (send(exchange->socket, message, message_size, MSG_NOSIGNAL) != (ssize_t)message_size) {
    fail("cannot send");
  }
}

static void* work(void* argument) {
  struct worker* worker = argument;
  const int loop = epoll_create1(EPOLL_CLOEXEC);
  const int count = (active_count - worker->first + thread_count - 1) / thread_count;
  struct exchange* exchanges = calloc((size_t)count, sizeof *exchanges);
  for (int i = 0; i < count; i++) {
    exchanges[i].socket = active_socket(worker->first + i * thread_count);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &exchanges[i]};
    check(epoll_ctl(loop, EPOLL_CTL_ADD, exchanges[i].socket, &event), "epoll_ctl");
    check(send(exchanges[i].socket, message, message_size, MSG_NOSIGNAL), "send");
  }
  struct epoll_event events[512];
  for (;;) {
    const int ready = epoll_wait(loop, events, 512, 200);
    if (ready == 0 && atomic_load(&stop)) break;
    for (int i = 0; i < ready; i++) exchange_more(worker, events[i].data.ptr);
  }
  close(loop);
  free(exchanges);
  return NULL;
}

static uint64_t all_messages(struct worker* workers) {
  uint64_t total = 0;
  for (int i = 0; i < thread_count; i++) total += atomic_load(&workers[i].messages);
  return total;
}

static void sleep_for(double duration) {
  struct timespec time = {(time_t)duration, (long)((duration - (double)(time_t)duration) * 1e9)};
  nanosleep(&time, NULL);
}

int main(int argc, char** argv) {
  if (argc < 7) fail("PORT PID CONNECTIONS ACTIVE SIZE SECONDS [THREADS]");
  port = atoi(argv[1]);
  pid = atoi(argv[2]);
  connection_count = atoi(argv[3]);
  active_count = atoi(argv[4]);
  message_size = (size_t)atol(argv[5]);
  seconds = atof(argv[6]);
  thread_count = argc > 7 ? atoi(argv[7]) : 1;
  sockets = calloc((size_t)connection_count, sizeof *sockets);
  message = malloc(message_size);
  for (size_t i = 0; i < message_size; i++) message[i] = (char)(i * 31 + 7);

  const long resident_before = server_resident_kib();
  const double connect_begin = now();
  open_connections();
  const double connect_seconds = now() - connect_begin;
  const long resident_after = server_resident_kib();

  struct worker* workers = calloc((size_t)thread_count, sizeof *workers);
  for (int i = 0; i < thread_count; i++) {
    workers[i].first = i;
    pthread_create(&workers[i].thread, NULL, work, &workers[i]);
  }
  sleep_for(0.3);
  const double begin = now(), server_begin = server_cpu_seconds(), own_begin = own_cpu_seconds();
  const uint64_t messages_begin = all_messages(workers);
  sleep_for(seconds);
  const double wall = now() - begin;
  const double server = server_cpu_seconds() - server_begin, own = own_cpu_seconds() - own_begin;
  const uint64_t messages = all_messages(workers) - messages_begin;
  atomic_store(&stop, 1);
  for (int i = 0; i < thread_count; i++) pthread_join(workers[i].thread, NULL);
  for (int i = 0; i < connection_count; i++) ask(sockets[i]);

  printf(
      "{\"connections\": %d, \"active\": %d, \"message_bytes\": %zu, \"connect_seconds\": %.3f, "
      "\"resident_before_kib\": %ld, \"resident_after_kib\": %ld, \"seconds\": %.4f, "
      "\"messages\": %llu, \"server_cpu_seconds\": %.6f, \"load_cpu_seconds\": %.6f}\n",
      connection_count, active_count, message_size, connect_seconds, resident_before,
      resident_after, wall, (unsigned long long)messages, server, own);
  return 0;
}
