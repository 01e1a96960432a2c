#include "tests/spec/isolation.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace wisp::spec {
namespace {

constexpr unsigned kMaxSeconds = 120;

// The lines that the child writes: a letter, and text that holds no line break.
constexpr char kBegin = 'B';  // line and type of the command
constexpr char kPass = 'P';
constexpr char kSkip = 'S';  // why
constexpr char kFail = 'F';  // why

std::string on_one_line(std::string text) {
  for (char& c : text) {
    if (c == '\n') c = '\r';
  }
  return text;
}

class PipeVerdicts : public Verdicts {
 public:
  explicit PipeVerdicts(std::FILE* pipe) : pipe_(pipe) {}

  void begin(const Command& command) override {
    write(kBegin, std::to_string(command.line) + ": " + command.type);
    std::fflush(pipe_);
  }
  void pass() override { write(kPass, ""); }
  void skip(const std::string& why) override { write(kSkip, why); }
  void fail(const std::string& why) override { write(kFail, why); }

 private:
  void write(char letter, const std::string& text) {
    std::fprintf(pipe_, "%c%s\n", letter, on_one_line(text).c_str());
  }

  std::FILE* pipe_;
};

// Reads the lines of the child and tells the report.
class Collector {
 public:
  Collector(const Script& script, Report& report) : script_(script), report_(report) {}

  void line(std::string text) {
    const char letter = text[0];
    text.erase(0, 1);
    for (char& c : text) {
      if (c == '\r') c = '\n';
    }
    if (letter == kBegin) command_ = text;
    if (letter == kPass) report_.pass();
    if (letter == kSkip) report_.skip(text);
    if (letter == kFail) fail(text);
  }
  void fail(const std::string& why) {
    // "12: assert_return" belongs to the place up to the colon.
    const size_t colon = command_.find(':');
    report_.fail(script_.source + ":" + command_.substr(0, colon),
                 command_.substr(colon == std::string::npos ? 0 : colon + 2) + ": " + why);
  }

 private:
  const Script& script_;
  Report& report_;
  std::string command_ = "0: script";
};

void read_lines(int descriptor, Collector& collector) {
  std::FILE* pipe = ::fdopen(descriptor, "r");
  char* line = nullptr;
  size_t capacity = 0;
  for (ssize_t size; (size = ::getline(&line, &capacity, pipe)) > 0;) {
    // A last line without its end is from a child that was killed while it wrote.
    if (line[size - 1] == '\n') collector.line({line, static_cast<size_t>(size - 1)});
  }
  std::free(line);
  std::fclose(pipe);
}

}  // namespace

void run_isolated(const Script& script, Report& report,
                  const std::function<void(Verdicts&)>& body) {
  report.begin(script.source);
  Collector collector(script, report);
  int ends[2];
  if (::pipe(ends) != 0) return collector.fail("no pipe for a process");
  std::fflush(stdout);
  const pid_t child = ::fork();
  if (child < 0) return collector.fail("no process");
  if (child == 0) {
    ::close(ends[0]);
    ::alarm(kMaxSeconds);
    std::FILE* pipe = ::fdopen(ends[1], "w");
    PipeVerdicts verdicts(pipe);
    body(verdicts);
    std::fclose(pipe);
    std::exit(0);  // not _exit: a sanitizer looks for leaks now
  }
  ::close(ends[1]);
  read_lines(ends[0], collector);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    collector.fail(signal == SIGALRM ? "did not end within two minutes"
                                     : std::string("the runner crashed: ") + ::strsignal(signal));
  } else if (WEXITSTATUS(status) != 0) {
    collector.fail("the runner ended with status " + std::to_string(WEXITSTATUS(status)));
  }
}

}  // namespace wisp::spec
