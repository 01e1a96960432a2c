#include "tests/support/program.h"

#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
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

}  // namespace

// What goes to and fro between the test and one program.
class RunningProgram::Exchange {
 public:
  explicit Exchange(const Invocation& invocation)
      : invocation_(invocation),
        streams_(open_streams(invocation_)),
        // Late means after the guest began to wait, however long it took to get there; one that
        // never waits gets its input in the end.
        feed_at_(Clock::now() + std::chrono::seconds(is_late() ? 3 : 0)) {
    std::signal(SIGPIPE, SIG_IGN);
    child_ = fork();
    if (child_ < 0) throw std::runtime_error("fork");
    if (child_ == 0) execute(invocation_, streams_);
    for (const int stream : streams_.child) close(stream);
    if (streams_.input >= 0) fcntl(streams_.input, F_SETFL, O_NONBLOCK);
  }
  ~Exchange() {
    if (child_ > 0) {
      kill(child_, SIGKILL);
      wait();
    }
    for (const int descriptor : {streams_.input, streams_.output, streams_.errors}) {
      if (descriptor >= 0) close(descriptor);
    }
  }

  pid_t child() const { return child_; }
  bool is_open() const { return streams_.output >= 0 || streams_.errors >= 0; }
  std::string& output() { return completed_.output; }

  // One look at all streams, until `end` at most.
  void step(Clock::time_point end) {
    const bool is_unseen = is_late() && !waited_ && streams_.input >= 0;
    if (is_unseen && waits(child_)) {
      waited_ = true;
      feed_at_ = Clock::now() + std::chrono::milliseconds(30);
    }
    const bool feeds = streams_.input >= 0 && invocation_.input_kind != Input::kSilent;
    const bool may_feed = feeds && Clock::now() >= feed_at_;
    pollfd polled[3] = {{streams_.output, POLLIN, 0},
                        {streams_.errors, POLLIN, 0},
                        {may_feed ? streams_.input : -1, POLLOUT, 0}};
    poll(polled, 3,
         is_unseen ? 2 : milliseconds_until(feeds && !may_feed ? std::min(feed_at_, end) : end));
    if (polled[0].revents != 0 && !drain(streams_.output, completed_.output)) {
      close(std::exchange(streams_.output, -1));
    }
    if (polled[1].revents != 0 && !drain(streams_.errors, completed_.errors)) {
      close(std::exchange(streams_.errors, -1));
    }
    if (polled[2].revents != 0) feed();
  }

  Completed finish() {
    completed_.status = wait();
    return std::move(completed_);
  }

 private:
  bool is_late() const { return invocation_.input_kind == Input::kLate; }

  void feed() {
    const ssize_t count =
        write(streams_.input, invocation_.input.data() + fed_, invocation_.input.size() - fed_);
    if (count > 0) fed_ += static_cast<size_t>(count);
    // What nobody reads is left.
    const bool is_refused = count < 0 && errno != EAGAIN;
    if (is_refused || fed_ == invocation_.input.size()) close(std::exchange(streams_.input, -1));
  }
  int wait() {
    int status = 0;
    waitpid(std::exchange(child_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  const Invocation invocation_;
  Streams streams_;
  Clock::time_point feed_at_;
  pid_t child_ = -1;
  bool waited_ = false;
  size_t fed_ = 0;
  Completed completed_;
};

RunningProgram::RunningProgram(const Invocation& invocation)
    : exchange_(std::make_unique<Exchange>(invocation)) {}
RunningProgram::~RunningProgram() = default;

pid_t RunningProgram::id() const { return exchange_->child(); }

std::string RunningProgram::read_line(int timeout_ms) {
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string& output = exchange_->output();
  while (output.find('\n') == std::string::npos) {
    if (!exchange_->is_open() || Clock::now() >= end) return "";
    exchange_->step(end);
  }
  const std::string line = output.substr(0, output.find('\n'));
  output.erase(0, line.size() + 1);
  return line;
}

std::string RunningProgram::read_some(size_t count, int timeout_ms) {
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string& output = exchange_->output();
  while (output.empty()) {
    if (!exchange_->is_open() || Clock::now() >= end) return "";
    exchange_->step(end);
  }
  std::string part = output.substr(0, count);
  output.erase(0, part.size());
  return part;
}

Completed RunningProgram::finish(int timeout_ms) {
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  while (exchange_->is_open()) {
    exchange_->step(end);
    if (Clock::now() >= end) {
      kill(exchange_->child(), SIGKILL);
      break;
    }
  }
  return exchange_->finish();
}

Completed run_program(const Invocation& invocation, int timeout_ms) {
  return RunningProgram(invocation).finish(timeout_ms);
}

}  // namespace wisp::test
