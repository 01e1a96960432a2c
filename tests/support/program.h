// Runs a program as a user would: arguments, streams, exit status. For tests of the command line
// program.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wisp::test {

enum class Input : uint8_t {
  kNull,       // /dev/null
  kText,       // `input`, then the end
  kLate,       // the same, 30 ms after it began to wait
  kSilent,     // a pipe that stays open and empty
  kDirectory,  // the directory /
};

enum class Output : uint8_t {
  kPipe,      // two pipes
  kClosed,    // stdout is a pipe that nobody reads
  kTerminal,  // stdin, stdout and stderr are one terminal; what is written comes back as `output`
};

struct Invocation {
  std::vector<std::string> command;
  std::vector<std::pair<std::string, std::string>> environment;  // on top of that of the test
  std::string directory;  // to run in; empty: that of the test
  Input input_kind = Input::kNull;
  std::string input;
  Output output_kind = Output::kPipe;
  std::vector<int> closed;               // of 0 to 2: not open at all
  std::function<bool()> restrict_child;  // run in the child before the program: limits, filters
};

struct Completed {
  int status = -1;  // exit status, or 128 + signal
  std::string output;
  std::string errors;
};

// Kills the program after `timeout_ms`: status 128 + SIGKILL.
Completed run_program(const Invocation& invocation, int timeout_ms = 60'000);

// A program that others talk to meanwhile: a server, or a client of the test's own. It is killed if
// nobody waited for it.
class RunningProgram {
 public:
  explicit RunningProgram(const Invocation& invocation);
  ~RunningProgram();

  pid_t id() const;
  // The next line that it writes to stdout, without the newline. Empty: it ended, or took too long.
  std::string read_line(int timeout_ms = 60'000);
  // What it has written to stdout, at most so many bytes. Empty: it ended, or took too long.
  std::string read_some(size_t count, int timeout_ms = 60'000);
  // Until it has ended. The output is what was not read as lines.
  Completed finish(int timeout_ms = 60'000);

 private:
  class Exchange;
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace wisp::test
