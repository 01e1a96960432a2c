#include "tests/oracle/child.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "platform/check.h"

namespace wisp::oracle {
namespace {

std::string read_all(int descriptor) {
  std::string text;
  char buffer[4096];
  for (ssize_t size; (size = ::read(descriptor, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(size));
  }
  return text;
}

std::string failure_of(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    return signal == SIGALRM ? "does not end" : std::string("ended by ") + ::strsignal(signal);
  }
  if (WEXITSTATUS(status) == 0) return "";
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

ChildResult run_in_child(unsigned max_seconds, const std::function<void(std::FILE*)>& work) {
  int ends[2];
  WISP_CHECK(::pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  WISP_CHECK(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    ::alarm(max_seconds);
    std::FILE* out = ::fdopen(ends[1], "w");
    work(out);
    std::fclose(out);
    ::_exit(0);
  }
  ::close(ends[1]);
  ChildResult result;
  result.output = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  result.failure = failure_of(status);
  return result;
}

}  // namespace wisp::oracle
