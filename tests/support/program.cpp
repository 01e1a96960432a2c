#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

namespace wisp::test {

namespace {

using Clock = std::chrono::steady_clock;

struct Streams {
  int child[3] = {-1, -1, -1};
  int input = -1;   // ours: what the program reads
  int output = -1;  // what it wrote
  int errors = -1;
};

void make_pipe(int& reading, int& writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
  reading = ends[0];
  writing = ends[1];
}

Streams open_streams(const Invocation& invocation) {
  Streams streams;
  if (invocation.output_kind == Output::kTerminal) {
    int terminal = -1;
    if (openpty(&streams.output, &terminal, nullptr, nullptr, nullptr) != 0)
      throw std::runtime_error("openpty");
    fcntl(streams.output, F_SETFD, FD_CLOEXEC);
    for (int& stream : streams.child) stream = fcntl(terminal, F_DUPFD_CLOEXEC, 3);
    close(terminal);
    return streams;
  }
  switch (invocation.input_kind) {
    case Input::kNull:
      streams.child[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
      break;
    case Input::kDirectory:
      streams.child[0] = open("/", O_RDONLY | O_CLOEXEC);
      break;
    case Input::kText:
    case Input::kLate:
    case Input::kSilent:
      make_pipe(streams.child[0], streams.input);
      break;
  }
  make_pipe(streams.output, streams.child[1]);
  make_pipe(streams.errors, streams.child[2]);
  if (invocation.output_kind == Output::kClosed) {
    close(streams.output);
    streams.output = -1;
  }
  return streams;
}

[[noreturn]] void execute(const Invocation& invocation, const Streams& streams) {
  for (int i = 0; i < 3; i++) dup2(streams.child[i], i);
  for (const int descriptor : invocation.closed) close(descriptor);
  std::signal(SIGPIPE, SIG_DFL);
  if (invocation.restrict_child && !invocation.restrict_child()) _exit(125);
  if (!invocation.directory.empty() && chdir(invocation.directory.c_str()) != 0) _exit(126);
  for (const auto& [name, value] : invocation.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> arguments;
  for (const std::string& argument : invocation.command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

// Everything that arrives; false at the end.
bool drain(int descriptor, std::string& into) {
  char buffer[65536];
  const ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count <= 0) return false;  // a terminal whose other side is gone says EIO
  into.append(buffer, static_cast<size_t>(count));
  return true;
}

// Whether the program sleeps in a system call that waits for I/O or time.
bool waits(pid_t child) {
  std::ifstream file("/proc/" + std::to_string(child) + "/syscall");
  long number = -1;
  if (!(file >> number)) return false;
  for (const long waiting : {SYS_io_uring_enter, SYS_epoll_pwait, SYS_epoll_pwait2, SYS_ppoll}) {
    if (number == waiting) return true;
  }
#ifdef SYS_poll  // AArch64 has neither
  return number == SYS_poll || number == SYS_epoll_wait;
#else
  return false;
#endif
}

int milliseconds_until(Clock::time_point when) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(when - Clock::now());
  return static_cast<int>(std::max<int64_t>(left.count() + 1, 0));
}

void exchange(const Invocation& invocation, Streams& streams, pid_t child, int timeout_ms,
              Completed& completed) {
  const auto start = Clock::now();
  const auto end = start + std::chrono::milliseconds(timeout_ms);
  // Late means after the guest began to wait, however long it took to get there; one that never
  // waits gets its input in the end.
  const bool late = invocation.input_kind == Input::kLate;
  auto feed_at = start + std::chrono::seconds(late ? 3 : 0);
  bool waited = false;
  while (streams.output >= 0 || streams.errors >= 0) {
    const bool unseen = late && !waited && streams.input >= 0;
    if (unseen && waits(child)) {
      waited = true;
      feed_at = Clock::now() + std::chrono::milliseconds(30);
    }
    if (streams.input >= 0 && invocation.input_kind != Input::kSilent && Clock::now() >= feed_at) {
      // Inputs of tests are smaller than a pipe.
      if (write(streams.input, invocation.input.data(), invocation.input.size()) < 0) {
      }
      close(std::exchange(streams.input, -1));
    }
    pollfd polled[2] = {{streams.output, POLLIN, 0}, {streams.errors, POLLIN, 0}};
    const bool feeds = streams.input >= 0 && invocation.input_kind != Input::kSilent;
    poll(polled, 2, unseen ? 2 : milliseconds_until(feeds ? feed_at : end));
    if (polled[0].revents != 0 && !drain(streams.output, completed.output)) {
      close(std::exchange(streams.output, -1));
    }
    if (polled[1].revents != 0 && !drain(streams.errors, completed.errors)) {
      close(std::exchange(streams.errors, -1));
    }
    if (Clock::now() >= end) {
      kill(child, SIGKILL);
      break;
    }
  }
}

}  // namespace

Completed run_program(const Invocation& invocation, int timeout_ms) {
  std::signal(SIGPIPE, SIG_IGN);
  Streams streams = open_streams(invocation);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) execute(invocation, streams);
  for (const int stream : streams.child) close(stream);
  Completed completed;
  exchange(invocation, streams, child, timeout_ms, completed);
  int status = 0;
  waitpid(child, &status, 0);
  completed.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  for (const int descriptor : {streams.input, streams.output, streams.errors}) {
    if (descriptor >= 0) close(descriptor);
  }
  return completed;
}

}  // namespace wisp::test
