// The program: parses the options once, dispatches to a command, maps its outcome to an exit
// status.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "cli/doctor_command.h"
#include "cli/file_commands.h"
#include "cli/help_text.h"
#include "cli/report.h"
#include "cli/run_command.h"

namespace {

int dispatch(const wisp::cli::Options& options) {
  switch (options.command) {
    case wisp::cli::Command::kHelp:
      std::fputs(wisp::cli::kHelpText, stdout);
      return 0;
    case wisp::cli::Command::kVersion:
      std::printf("wisp %s\n", wisp_version());
      return 0;
    case wisp::cli::Command::kDoctor:
      return wisp::cli::doctor_command();
    case wisp::cli::Command::kValidate:
      return wisp::cli::validate_command(options);
    case wisp::cli::Command::kWit:
      return wisp::cli::wit_command(options);
    case wisp::cli::Command::kInspect:
      return wisp::cli::inspect_command(options);
    case wisp::cli::Command::kRun:
      return wisp::cli::run_command(options);
  }
  return wisp::cli::kExitFailure;
}

// A number of 0 to 2 that is free would go to the next file that is opened, and what is printed
// there would be written into that: /dev/null takes it first.
bool hold_standard_descriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
    if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    if (open("/dev/null", O_RDWR) != descriptor) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (!hold_standard_descriptors()) return wisp::cli::kExitFailure;
  // A closed pipe is an error of the write that meets it (EPIPE), which the guest sees; it does not
  // end the program.
  std::signal(SIGPIPE, SIG_IGN);
  // The same for a write past the host's limit on the size of files (EFBIG).
  std::signal(SIGXFSZ, SIG_IGN);
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  const auto parsed = wisp::cli::parse_options(arguments);
  if (const auto* error = std::get_if<wisp::cli::UsageError>(&parsed)) {
    wisp::cli::report_usage(error->message);
    return wisp::cli::kExitUsage;
  }
  return dispatch(std::get<wisp::cli::Options>(parsed));
}
