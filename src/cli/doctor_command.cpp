#include "cli/doctor_command.h"

#include <cstdio>

#include "cli/report.h"

namespace wisp::cli {

int doctor_command() {
  const std::string report = system_report();
  return std::fputs(report.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? 0 : kExitFailure;
}

}  // namespace wisp::cli
